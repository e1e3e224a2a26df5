import {History} from './history.ts';
import type {NumberState} from './fault.ts';

/** One number of one side at the moment. */
export interface NumberReading {
  /** In the metric's unit; null unless `state` is `ok`. */
  value: number | null;
  state: NumberState;
  /** Age of the newest sample behind the last number that was had, milliseconds; null where there was none. */
  ageMs: number | null;
  /** Why it is no number, in a sentence that is fit to be shown; null where it is one. */
  why: string | null;
}

/** What came of asking. `ageMs`: of the newest sample, at that moment; null without a number. */
export interface Asked {
  state: NumberState;
  value: number | null;
  ageMs: number | null;
  why: string | null;
  warnings: readonly string[];
}

/** A number that is asked for again and again: of one side, or of both where they share it. */
export class Slot {
  readonly side: 'prod' | 'gray' | 'service';
  readonly history: History;
  /** What the question depends on; with another key the answers until then are of something else. */
  key: string | null = null;
  /** Whether the past is still to be read. */
  lacksPast = true;
  #asked: Asked | null = null;
  #askedAt = 0;
  /** When the sample behind the last number was taken, as a moment of `performance.now`. */
  #sampleAt: number | null = null;

  constructor(side: Slot['side'], keepMs: () => number) {
    this.side = side;
    this.history = new History(keepMs);
  }

  /** What came of asking last; null before the first answer. */
  get last(): Asked | null {
    return this.#asked;
  }

  /** Forgets what was answered to another question. */
  turnTo(key: string): void {
    if (this.key === key) return;
    this.key = key;
    this.lacksPast = true;
    this.#asked = null;
    this.#sampleAt = null;
    this.history.clear();
  }

  /** @param now a moment of `performance.now` */
  take(asked: Asked, now: number): void {
    this.#asked = asked;
    this.#askedAt = now;
    if (asked.ageMs !== null) this.#sampleAt = now - asked.ageMs;
  }

  /**
   * @param now a moment of `performance.now`
   * @param silentMs an answer older than this says nothing about now
   */
  read(now: number, silentMs: number): NumberReading {
    const ageMs = this.#sampleAt === null ? null : Math.max(0, now - this.#sampleAt);
    if (this.#asked === null) return {value: null, state: 'waiting', ageMs, why: 'not answered yet'};
    const {value, state, why} = this.#asked;
    const silence = now - this.#askedAt;
    if (silence > silentMs) {
      const told = `not asked for ${Math.round(silence / 1000)} s`;
      return {value: null, state: 'lagging', ageMs, why: told};
    }
    return {value: state === 'ok' ? value : null, state, ageMs, why};
  }
}
