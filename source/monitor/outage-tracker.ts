import {elapsed, type Clock, type Moment} from './clock.ts';

/** A stretch of time, the store's clock, milliseconds since 1970. */
export interface Outage {
  from: number;
  until: number;
}

/** Without an answer for this long the store was away, milliseconds: as long as a lease. */
const AWAY_MS = 5000;
/** This process wakes twice a second; a longer pause was its own sleep. */
const BEAT_MS = 500;
const SLEPT_MS = 2000;

/**
 * When the store was away, as far as this process was awake to see it. A sleep of one's own is no outage: others went
 * on writing, and what they wrote can be read.
 */
export class OutageTracker {
  readonly #clock: Clock;
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;
  #beat: Moment;
  #answered: {at: Moment; now: number} | null = null;
  #outage: Outage | null = null;

  /** @param now the store's clock */
  constructor(clock: Clock, now: () => number) {
    this.#clock = clock;
    this.#now = now;
    this.#beat = clock();
    this.#timer = setInterval(() => this.beat(), BEAT_MS);
    this.#timer.unref();
  }

  /** The last time the store was away; null: it was not. */
  get outage(): Outage | null {
    return this.#outage;
  }

  /** The store has answered. */
  answered(): void {
    this.beat();
    const now = this.#now();
    const last = this.#answered;
    const moment = this.#clock();
    if (last !== null && elapsed(last.at, moment) >= AWAY_MS) this.#outage = {from: last.now, until: now};
    this.#answered = {at: moment, now};
  }

  /** Time passes, and this process is awake. */
  beat(): void {
    const moment = this.#clock();
    const pauseMs = elapsed(this.#beat, moment);
    this.#beat = moment;
    if (pauseMs < SLEPT_MS || this.#answered === null) return;
    const {at, now} = this.#answered;
    const shifted = {steady: at.steady + pauseMs, wall: at.wall + pauseMs};
    this.#answered = {at: shifted, now: now + pauseMs};
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
