import {setImmediate as nextTurn} from 'node:timers/promises';
import type {DeclaredMetrics} from '../analysis/metric-table.ts';
import {MINUTE_MS, Minutes} from '../analysis/windows/minutes.ts';
import {decodeTally, KEEP_MINUTES_MS, mergeTallies, type Tally} from '../analysis/windows/roll-up.ts';

/** Where the minutes lie; the store's port fits as it is. */
export interface MinuteShelf {
  read(
    kind: 'minutes',
    sinceMs: number,
    take: (slice: {t: number; body: string}[]) => Promise<void>,
  ): Promise<unknown>;
}

export interface MinuteReading {
  shelf: MinuteShelf;
  declared: DeclaredMetrics;
  /** How far back minutes are needed now, milliseconds; 0: not at all. */
  longestMs(): number;
  /** How long a stretch is of which that much is kept, milliseconds; absent: a minute. */
  slotMsFor?(keptMs: number): number;
  /** The release whose gray counts; absent or null: gray of every release. */
  release?(): string | null;
  /** The store's clock, milliseconds since 1970. */
  now(): number;
}

const EVERY_MS = 20_000;
/** A minute may be written again within this time: batches come late. */
const REWRITTEN_MS = 6 * MINUTE_MS;
/** Kept beyond the longest window, milliseconds: for looks at an earlier moment. */
const MORE_MS = 30 * MINUTE_MS;
/** Decoded in one go before others have their turn. */
const AT_ONCE = 50;

/**
 * Keeps the minutes at hand that long windows or charts need, as they lie in the store: those before at once, each new one
 * soon after it was written. Reads nothing while none are needed.
 */
export class MinuteReader {
  readonly #reading: MinuteReading;
  readonly #timer: NodeJS.Timeout;
  #minutes: Minutes | null = null;
  /** The release whose gray is in the minutes. */
  #release: string | null = null;
  /** From where on to read next, milliseconds since 1970. */
  #from = 0;
  #catching: Promise<void> | null = null;

  constructor(reading: MinuteReading) {
    this.#reading = reading;
    this.#timer = setInterval(() => void this.catchUp(), EVERY_MS);
    this.#timer.unref();
  }

  /** Null: none are needed, or nothing could be read yet. */
  get minutes(): Minutes | null {
    return this.#minutes;
  }

  /** Reads what is new; a store that is away is tried again later. Callers in the meantime wait for the same reading. */
  catchUp(): Promise<void> {
    this.#catching ??= this.#read()
      .catch(() => undefined)
      .finally(() => {
        this.#catching = null;
      });
    return this.#catching;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #read(): Promise<void> {
    const {shelf, longestMs, now} = this.#reading;
    const wantedMs = Math.min(longestMs(), KEEP_MINUTES_MS);
    if (wantedMs <= 0) return;
    const release = this.#reading.release?.() ?? null;
    const old = this.#minutes;
    const isFirst = old === null || old.keptMs < wantedMs || release !== this.#release;
    const minutes = isFirst ? this.#emptyFor(wantedMs + MORE_MS) : old;
    const at = now();
    const since = isFirst ? at - minutes.keptMs : startOf(this.#from, minutes.slotMs);
    let stretch: Tally[] = [];
    const put = (): void => {
      const [first] = stretch;
      if (first !== undefined) minutes.restore(asOne(stretch, first, minutes.slotMs), release);
      stretch = [];
    };
    await shelf.read('minutes', since, async slice => {
      for (const [index, {t, body}] of slice.entries()) {
        // A minute from the future is none: it would push out all that is known.
        const tally = t <= at ? decodeTally(t, body) : null;
        if (tally?.ms === MINUTE_MS) {
          const [first] = stretch;
          const isNext =
            first !== undefined && startOf(first.t, minutes.slotMs) !== startOf(t, minutes.slotMs);
          if (isNext) put();
          stretch.push(tally);
        }
        if (index % AT_ONCE === AT_ONCE - 1) await nextTurn();
      }
    });
    put();
    this.#minutes = minutes;
    this.#release = release;
    this.#from = at - REWRITTEN_MS;
  }

  #emptyFor(keptMs: number): Minutes {
    const {declared, slotMsFor} = this.#reading;
    const slotMs = slotMsFor?.(keptMs) ?? MINUTE_MS;
    return new Minutes(Math.ceil(keptMs / slotMs), declared, slotMs);
  }
}

function startOf(at: number, slotMs: number): number {
  return Math.floor(at / slotMs) * slotMs;
}

/** The minutes of one stretch. Most stretches are a single minute, which is taken as it is. */
function asOne(minutes: readonly Tally[], first: Tally, slotMs: number): Tally {
  return slotMs === MINUTE_MS ? first : mergeTallies(startOf(first.t, slotMs), slotMs, minutes);
}
