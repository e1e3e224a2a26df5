import {lnPair} from './pair.ts';
import type {Tape} from './tape.ts';

/** Variance over mean of the counts of ten seconds. */
const LEVELS = [1, 1.7, 3, 5.5, 10];
const PRIOR = [0.92, 0.032, 0.024, 0.016, 0.008];
const SECONDS = 10;
/** As in `MinuteNoise`. */
const PAIR = 0.7;
const MOST = 4;
const FLOOR = 0.001;
/** Less than this is no scatter. */
const LEAST = 1.05;

/**
 * How much more events scatter over ten seconds than within one: a user who tries again and again, a host that is away for
 * some seconds. Learned from prod, each ten seconds compared with those before. Likelihoods are taken to the power of
 * its inverse (quasi-likelihood: Wedderburn, Biometrika 61(3), 1974): where there is no such scatter after all, an
 * e-value to a power below 1 is one still, by Jensen's inequality.
 */
export class Scatter {
  readonly #weights = Float64Array.from(PRIOR);
  #block = Number.NEGATIVE_INFINITY;
  #events = 0;
  #requests = 0;
  #eventsBefore = 0;
  #requestsBefore = 0;
  #excess = 1;
  #level = 1;

  /** Dispersion over ten seconds. */
  get level(): number {
    return this.#level;
  }

  /** The same as a multiple of what is known already; 1 when there is no more. */
  get excess(): number {
    return this.#excess;
  }

  /**
   * A second of prod.
   * @param dispersion variance over mean that is known already
   */
  learn(t: number, events: number, requests: number, dispersion: number): void {
    const block = Math.floor((t - 1) / SECONDS);
    if (block !== this.#block) {
      if (this.#requests > 0 && this.#requestsBefore > 0) this.#compare(dispersion);
      this.#eventsBefore = this.#events;
      this.#requestsBefore = block === this.#block + 1 ? this.#requests : 0;
      this.#block = block;
      this.#events = 0;
      this.#requests = 0;
    }
    this.#events += events;
    this.#requests += requests;
  }

  #compare(dispersion: number): void {
    const m = this.#events + this.#eventsBefore;
    if (m < 2) return;
    const share = this.#requests / (this.#requests + this.#requestsBefore);
    const weights = this.#weights;
    let most = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < LEVELS.length; k++) {
      const log = lnPair(this.#events, m, share, 0, (LEVELS[k] ?? 1) - 1);
      LOGS[k] = log;
      if (log > most) most = log;
    }
    let sum = 0;
    for (let k = 0; k < LEVELS.length; k++) {
      const weight = (weights[k] ?? 0) * Math.exp(PAIR * Math.max(-MOST, (LOGS[k] ?? 0) - most));
      weights[k] = weight;
      sum += weight;
    }
    let mean = 0;
    for (let k = 0; k < LEVELS.length; k++) {
      const weight = (1 - FLOOR) * ((weights[k] ?? 0) / sum) + FLOOR * (PRIOR[k] ?? 0);
      weights[k] = weight;
      mean += weight * (LEVELS[k] ?? 1);
    }
    this.#level = mean;
    const excess = mean / dispersion;
    this.#excess = excess > LEAST ? excess : 1;
  }

  save(tape: Tape): void {
    tape.putAll(this.#weights);
    tape.put(
      this.#block,
      this.#events,
      this.#requests,
      this.#eventsBefore,
      this.#requestsBefore,
      this.#excess,
      this.#level,
    );
  }

  load(tape: Tape): void {
    tape.takeAll(this.#weights);
    this.#block = tape.take();
    this.#events = tape.take();
    this.#requests = tape.take();
    this.#eventsBefore = tape.take();
    this.#requestsBefore = tape.take();
    this.#excess = tape.take();
    this.#level = tape.take();
  }
}

const LOGS = new Float64Array(LEVELS.length);
