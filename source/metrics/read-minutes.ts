import {setImmediate as nextTurn} from 'node:timers/promises';
import {BY_SECONDS_MS} from '../analysis/windows/long-windows.ts';
import type {DeclaredMetrics} from '../analysis/metric-table.ts';
import {MINUTE_MS, Minutes} from '../analysis/windows/minutes.ts';
import {decodeTally} from '../analysis/windows/roll-up.ts';

/** Where the minutes lie; the store's port fits as it is. */
export interface MinuteShelf {
  read(kind: 'minutes', sinceMs: number): Promise<{t: number; body: string}[]>;
}

export interface MinuteReading {
  shelf: MinuteShelf;
  declared: DeclaredMetrics;
  /** The longest window that anybody looks at now, milliseconds. */
  longestMs(): number;
  /** The store's clock, milliseconds since 1970. */
  now(): number;
}

const EVERY_MS = 20_000;
/** A minute may be written again within this time: batches come late. */
const REWRITTEN_MS = 6 * MINUTE_MS;
/** Kept beyond the longest window, for looks at an earlier moment. */
const MORE_MINUTES = 30;
/** Decoded in one go before others have their turn. */
const AT_ONCE = 50;
/** Roll-ups are not kept any longer. */
const MOST_MS = 30 * 24 * 60 * MINUTE_MS;

/**
 * Keeps the minutes at hand that long windows need, as they lie in the store: those before at once, each new one soon after
 * it was written. Reads nothing while every window is short.
 */
export class MinuteReader {
  readonly #reading: MinuteReading;
  readonly #timer: NodeJS.Timeout;
  #minutes: Minutes | null = null;
  /** From where on to read next, milliseconds since 1970. */
  #from = 0;
  #catching: Promise<void> | null = null;

  constructor(reading: MinuteReading) {
    this.#reading = reading;
    this.#timer = setInterval(() => void this.catchUp(), EVERY_MS);
    this.#timer.unref();
  }

  /** Null: no window is long enough, or nothing could be read yet. */
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
    const {shelf, declared, longestMs, now} = this.#reading;
    const wantedMs = Math.min(longestMs(), MOST_MS);
    if (wantedMs <= BY_SECONDS_MS) return;
    const isFirst = this.#minutes === null || this.#minutes.keptMs < wantedMs;
    const count = Math.ceil(wantedMs / MINUTE_MS) + MORE_MINUTES;
    const minutes = isFirst ? new Minutes(count, declared) : this.#minutes;
    if (minutes === null) return;
    const at = now();
    const since = isFirst ? at - count * MINUTE_MS : this.#from;
    const read = await shelf.read('minutes', since);
    for (const [index, {t, body}] of read.entries()) {
      // A minute from the future is none: it would push out all that is known.
      const tally = t <= at ? decodeTally(t, body) : null;
      if (tally !== null) minutes.restore(tally);
      if (index % AT_ONCE === AT_ONCE - 1) await nextTurn();
    }
    this.#minutes = minutes;
    this.#from = at - REWRITTEN_MS;
  }
}
