import type {RedisClient} from './client.ts';

/** How often the store's clock is compared with ours, in milliseconds. */
const COMPARE_EVERY_MS = 30_000;
/** An answer that took longer says too little, in milliseconds. */
const LONGEST_TRIP_MS = 1000;
/** One that took this long may have waited for the connection, all of it on the way there. */
const DOUBTFUL_TRIP_MS = 3;

/** A step of the wall clock against the steady one that tells of a machine that slept, in milliseconds. */
const JUMP_MS = 2000;

/** The store's clock, read without asking: our steady clock and how far the store's is from it. */
export class StoreClock {
  readonly #client: RedisClient;
  readonly #timer: NodeJS.Timeout;
  /** Before the first comparison: our own wall clock. */
  #offset = Date.now() - performance.now();
  /** How far the wall clock was from the steady one when the store was asked last. */
  #wall = this.#offset;

  constructor(client: RedisClient) {
    this.#client = client;
    this.#timer = setInterval(() => void this.compare().catch(() => undefined), COMPARE_EVERY_MS);
    this.#timer.unref();
  }

  /** Milliseconds since 1970. */
  now(): number {
    const wall = Date.now() - performance.now();
    // The steady clock stands still while a machine sleeps: the reading may be hours old.
    if (Math.abs(wall - this.#wall) > JUMP_MS) {
      this.#wall = wall;
      void this.compare().catch(() => undefined);
    }
    return Math.round(performance.now() + this.#offset);
  }

  /** Compares with the store. @throws StoreFault */
  async compare(): Promise<void> {
    const first = await this.#ask();
    const second = first.tripMs > DOUBTFUL_TRIP_MS ? await this.#ask().catch(() => first) : first;
    const {tripMs, offset} = second.tripMs < first.tripMs ? second : first;
    if (tripMs <= LONGEST_TRIP_MS) this.#offset = offset;
  }

  async #ask(): Promise<{tripMs: number; offset: number}> {
    const before = performance.now();
    const [seconds, micros] = (await this.#client.call(['TIME'], {key: null, reads: true})) as [
      string,
      string,
    ];
    const after = performance.now();
    const at = Number(seconds) * 1000 + Number(micros) / 1000;
    return {tripMs: after - before, offset: at - (before + after) / 2};
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
