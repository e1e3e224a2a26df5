import type {RedisClient} from './client.ts';

/** Time between two comparisons of the store's clock with this process's clock, in milliseconds. */
const COMPARE_EVERY_MS = 30_000;
/** An answer that took longer is too inexact, in milliseconds. */
const LONGEST_TRIP_MS = 1000;
/** An answer that took longer may have waited for the connection, so the clock is asked again, in milliseconds. */
const DOUBTFUL_TRIP_MS = 3;

/** If the wall clock steps so far against the monotonic clock, the machine has slept, in milliseconds. */
const JUMP_MS = 2000;

/** Reads the store's clock without a request: the monotonic clock of this process and its distance to the store's clock. */
export class StoreClock {
  readonly #client: RedisClient;
  readonly #timer: NodeJS.Timeout;
  /** Before the first comparison: the wall clock of this process. */
  #offset = Date.now() - performance.now();
  /** Distance of the wall clock from the monotonic clock at the last comparison, in milliseconds. */
  #wall = this.#offset;

  constructor(client: RedisClient) {
    this.#client = client;
    this.#timer = setInterval(() => void this.compare().catch(() => undefined), COMPARE_EVERY_MS);
    this.#timer.unref();
  }

  /** Milliseconds since 1970. */
  now(): number {
    const wall = Date.now() - performance.now();
    // The monotonic clock stops while a machine sleeps: the last comparison may be hours old.
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
