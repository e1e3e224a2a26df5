import {NOISE_LEVELS} from './noise-laws.ts';
import {lnPair} from './pair.ts';
import type {Tape} from './tape.ts';

/** Calm, unless prod shows otherwise. */
const PRIOR = [0.97, 0.0075, 0.0075, 0.0066, 0.0051, 0.0024, 0.00075, 0.00012, 0.00003];
const SECONDS = 60;
/** Neighbouring pairs share a minute: together they say about two thirds of what they seem to. */
const PAIR = 0.7;
/** What was learned counts a little less every minute. */
const KEEP = 0.985;
/** The most that one pair may say, nats. */
const MOST = 12;
/** Events from which on the law of a pair is as good as normal. */
const MANY = 20;

/** Gauss and Hermite's rule of seven points for the standard normal law (Abramowitz, Stegun 25.4.46, scaled). */
const POINTS = [
  -3.750439717725742, -2.366759410734541, -1.154405394739968, 0, 1.154405394739968, 2.366759410734541,
  3.750439717725742,
];
const MASSES = [
  5.48268855972218e-4, 3.07571239675865e-2, 0.240123178605013, 0.457142857142857, 0.240123178605013,
  3.07571239675865e-2, 5.48268855972218e-4,
];

/**
 * How much the rate of one side changes from minute to minute though nothing was released: hosts differ, caches warm
 * up. Learned from prod: each minute is compared with the one before. What both sides have in common is counted as
 * noise, too, for prod alone cannot tell; drift over many minutes is not.
 */
export class MinuteNoise {
  /** Belief in each of `NOISE_LEVELS`. */
  readonly weights = Float64Array.from(PRIOR);
  readonly #logs = new Float64Array(PRIOR.length);
  #minute = Number.NEGATIVE_INFINITY;
  #events = 0;
  #requests = 0;
  #eventsBefore = 0;
  #requestsBefore = 0;

  /** Root of the mean square of the levels. */
  get level(): number {
    let sum = 0;
    for (let k = 0; k < PRIOR.length; k++) sum += (this.weights[k] ?? 0) * (NOISE_LEVELS[k] ?? 0) ** 2;
    return Math.sqrt(sum);
  }

  /**
   * A second of prod.
   * @param dispersion variance over mean of a minute's count, without noise
   * @returns true when it began another minute, and something was learned from the two before
   */
  learn(t: number, events: number, requests: number, dispersion: number): boolean {
    const minute = Math.floor((t - 1) / SECONDS);
    let hasLearned = false;
    if (minute !== this.#minute) {
      if (this.#requests > 0 && this.#requestsBefore > 0) {
        this.#compare(Math.max(0, dispersion - 1));
        hasLearned = true;
      }
      // After a gap the minutes are no neighbours.
      const isNext = minute <= this.#minute + 2;
      this.#eventsBefore = this.#events;
      this.#requestsBefore = isNext ? this.#requests : 0;
      this.#minute = minute;
      this.#events = 0;
      this.#requests = 0;
    }
    this.#events += events;
    this.#requests += requests;
    return hasLearned;
  }

  /** What is counted changes its meaning: the minutes so far are no neighbours of those that follow. */
  forget(): void {
    this.#requests = 0;
    this.#events = 0;
    this.#requestsBefore = 0;
  }

  #compare(over: number): void {
    const x = this.#events;
    const y = this.#eventsBefore;
    const m = x + y;
    if (m === 0) return;
    const share = this.#requests / (this.#requests + this.#requestsBefore);
    let best = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < PRIOR.length; k++) {
      const sigma = Math.SQRT2 * (NOISE_LEVELS[k] ?? 0);
      const said = m > MANY * (1 + over) ? many(x, y, share, over, sigma) : few(x, m, share, over, sigma);
      const log = (this.#logs[k] ?? 0) * KEEP + PAIR * Math.max(-MOST, said);
      this.#logs[k] = log;
      if (log > best) best = log;
    }
    let sum = 0;
    for (let k = 0; k < PRIOR.length; k++) {
      this.#logs[k] = (this.#logs[k] ?? 0) - best;
      this.weights[k] = (PRIOR[k] ?? 0) * Math.exp(this.#logs[k] ?? 0);
      sum += this.weights[k] ?? 0;
    }
    for (let k = 0; k < PRIOR.length; k++) this.weights[k] = (this.weights[k] ?? 0) / sum;
  }

  save(tape: Tape): void {
    tape.putAll(this.weights);
    tape.putAll(this.#logs);
    tape.put(this.#minute, this.#events, this.#requests, this.#eventsBefore, this.#requestsBefore);
  }

  load(tape: Tape): void {
    tape.takeAll(this.weights);
    tape.takeAll(this.#logs);
    this.#minute = tape.take();
    this.#events = tape.take();
    this.#requests = tape.take();
    this.#eventsBefore = tape.take();
    this.#requestsBefore = tape.take();
  }
}

/** Log likelihood of two minutes by the normal law of the log of their ratio. */
function many(x: number, y: number, share: number, over: number, sigma: number): number {
  const difference = Math.log((x + 0.25) / (y + 0.25)) - Math.log(share / (1 - share));
  const counted = ((x + y) * share * (1 - share)) / (1 + over);
  const variance = sigma * sigma + 1 / counted;
  return (-0.5 * difference * difference) / variance - 0.5 * Math.log(variance);
}

function few(x: number, m: number, share: number, over: number, sigma: number): number {
  if (sigma === 0) return lnPair(x, m, share, 0, over);
  let sum = 0;
  for (let q = 0; q < POINTS.length; q++)
    sum += (MASSES[q] ?? 0) * Math.exp(lnPair(x, m, share, Math.expm1(sigma * (POINTS[q] ?? 0)), over));
  return Math.log(sum);
}
