import type {SampleEntry} from '../port.ts';

/** Largest error of the store's clock as this process reads it, in milliseconds. */
const CLOCK_ERROR_MS = 1000;

/**
 * The position of a reader in a stream. Ids come from the store's clock: if a stream is deleted and begins again, its ids are
 * greater than the last one read, unless that one was ahead of the clock. Then the reader would never see new entries.
 */
export class Cursor {
  readonly #now: () => number;
  #id: string;
  /** The newest id read that was not ahead of the clock; null before the first. */
  #sound: string | null = null;
  /** The store's clock at the last check that the stream goes on from here. */
  #checkedAt: number;

  constructor(id: string, now: () => number) {
    this.#id = id;
    this.#now = now;
    this.#checkedAt = now();
  }

  get id(): string {
    return this.#id;
  }

  /** Passes over the entries before `id`, which cannot be read. */
  skipTo(id: string): void {
    this.#id = id;
  }

  moveTo(entries: readonly SampleEntry[]): void {
    const now = this.#now();
    this.#id = entries.at(-1)?.id ?? this.#id;
    this.#sound = entries.findLast(({at}) => at <= now + CLOCK_ERROR_MS)?.id ?? this.#sound;
    this.#checkedAt = now;
  }

  /** Checks the position after a read without entries. `last`: the last id of the stream; null: there is no stream. */
  checkAgainst(last: string | null): void {
    const now = this.#now();
    if (last === null) this.#id = '0-0';
    else if (isBefore(last, this.#id) && timeOf(this.#id) > now) {
      // The entries after the last sound one were removed, so reading goes on from there.
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
