import type {SampleEntry} from '../port.ts';

/** How far our reading of the store's clock may be off, generously, in milliseconds. */
const CLOCK_ERROR_MS = 1000;

/**
 * How far a stream has been read. Ids come from the store's clock, so after a stream was deleted and begun anew its
 * ids are greater than the last one read, unless that one lay ahead of the clock: then nothing new would ever be seen.
 */
export class Cursor {
  readonly #now: () => number;
  #id: string;
  /** The newest id read that did not lie ahead of the clock; null before the first. */
  #sound: string | null = null;
  /** The store's clock when the stream was last seen to go on from here. */
  #checkedAt: number;

  constructor(id: string, now: () => number) {
    this.#id = id;
    this.#now = now;
    this.#checkedAt = now();
  }

  get id(): string {
    return this.#id;
  }

  /** What lies before `id` cannot be read. */
  skipTo(id: string): void {
    this.#id = id;
  }

  moveTo(entries: readonly SampleEntry[]): void {
    const now = this.#now();
    this.#id = entries.at(-1)?.id ?? this.#id;
    this.#sound = entries.findLast(({at}) => at <= now + CLOCK_ERROR_MS)?.id ?? this.#sound;
    this.#checkedAt = now;
  }

  /** Nothing came. `last`: the last id the stream has given; null: there is no stream, and what comes is all new. */
  checkAgainst(last: string | null): void {
    const now = this.#now();
    if (last === null) this.#id = '0-0';
    else if (isBefore(last, this.#id) && timeOf(this.#id) > now) {
      // Entries up to the last sound one were read; what came after it had ids that are gone.
      const isBehind = this.#sound !== null && timeOf(this.#sound) <= now + CLOCK_ERROR_MS;
      this.#id = isBehind
        ? (this.#sound ?? '0-0')
        : `${Math.max(0, Math.floor(this.#checkedAt - CLOCK_ERROR_MS))}-0`;
    }
    this.#checkedAt = now;
  }
}

/** The milliseconds in an id. */
export function timeOf(id: string): number {
  return Number.parseInt(id, 10);
}

function isBefore(a: string, b: string): boolean {
  const [timeA, timeB] = [timeOf(a), timeOf(b)];
  if (timeA !== timeB) return timeA < timeB;
  return BigInt(a.split('-')[1] ?? 0) < BigInt(b.split('-')[1] ?? 0);
}
