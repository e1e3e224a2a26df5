import type {SideTick} from '../../../../source/analysis/evidence/tick.ts';
import type {Chance} from './chance.ts';

/** The truth about one side in one second. */
export interface Truth {
  /** Probability that a request fails, converts. */
  errors: number;
  conversions: number;
  /** Log2 of the factor on every response time. */
  slower: number;
  /** Response times above this quantile of the base are multiplied by 2^tailBy. */
  tailFrom: number;
  tailBy: number;
  /** Mean number of errors that come at once, and of conversions. */
  burst: number;
  conversionBurst: number;
  /** Seconds over which they come. */
  spread: number;
  /** They come as one user's who fails again and again: for an exponential time with a mean of `spread`, or as chance has it. */
  isSticky: boolean;
}

/** Base distribution of response times as log2 of milliseconds at equal steps of probability. */
export class Latencies {
  static readonly STEPS = 1 << 15;
  readonly #log2 = new Float32Array(Latencies.STEPS);

  /** Lognormal with a part `heavy` of the requests following a Pareto law from the median on. */
  constructor(chance: Chance, median: number, sigma: number, heavy: number) {
    const values: number[] = [];
    for (let step = 0; step < Latencies.STEPS; step++) {
      const pareto = chance.uniform() < heavy;
      const value = pareto
        ? Math.log2(median) - Math.log2(1 - chance.uniform()) / 1.5
        : Math.log2(median) + (sigma * chance.normal()) / Math.LN2;
      values.push(Math.min(17.9, Math.max(0, value)));
    }
    this.#log2.set(values.sort((a, b) => a - b));
  }

  draw(n: number, truth: Truth, chance: Chance): [number, number][] {
    const counts = new Map<number, number>();
    const cells = COUNTS.fill(0);
    const from = truth.tailFrom * Latencies.STEPS;
    for (let index = 0; index < n; index++) {
      const step = Math.floor(chance.uniform() * Latencies.STEPS);
      const log2 = (this.#log2[step] ?? 0) + truth.slower + (step >= from ? truth.tailBy : 0);
      const cell = Math.min(143, Math.max(0, Math.floor(8 * log2)));
      cells[cell] = (cells[cell] ?? 0) + 1;
    }
    for (let cell = 0; cell < 144; cell++) if ((cells[cell] ?? 0) > 0) counts.set(cell, cells[cell] ?? 0);
    return [...counts];
  }

  /** Probability that a response time of this truth lies in bucket `bucket` or above. */
  above(bucket: number, truth: Truth): number {
    const from = truth.tailFrom * Latencies.STEPS;
    let count = 0;
    for (let step = 0; step < Latencies.STEPS; step++)
      if ((this.#log2[step] ?? 0) + truth.slower + (step >= from ? truth.tailBy : 0) >= bucket / 8) count++;
    return count / Latencies.STEPS;
  }
}
const COUNTS = new Int32Array(144);

/** Events that come in bursts; those of the seconds to come are waiting. */
class Bursts {
  #waiting: number[] = [];

  draw(requests: number, rate: number, mean: number, {spread, isSticky}: Truth, chance: Chance): number {
    let now = this.#waiting.shift() ?? 0;
    for (let left = chance.poisson((requests * rate) / mean); left > 0; left--) {
      const lasts = isSticky ? -spread * Math.log(1 - chance.uniform()) : spread;
      const size = isSticky ? chance.poisson((mean * lasts) / spread) : chance.geometric(mean);
      for (let event = 0; event < size; event++) {
        const later = Math.floor(chance.uniform() * lasts);
        if (later === 0) now++;
        else this.#waiting[later - 1] = (this.#waiting[later - 1] ?? 0) + 1;
      }
    }
    for (let index = 0; index < this.#waiting.length; index++) this.#waiting[index] ??= 0;
    return Math.min(now, requests);
  }
}

/** Makes the seconds of one side; remembers the bursts that are still going on. */
export class Source {
  readonly #errors = new Bursts();
  readonly #conversions = new Bursts();

  tick(requests: number, truth: Truth, latencies: Latencies, chance: Chance): SideTick {
    return {
      requests,
      ...this.warm(requests, truth, chance),
      hist: latencies.draw(requests, truth, chance),
    };
  }

  /** A second that nobody sees. */
  warm(requests: number, truth: Truth, chance: Chance): {errors: number; conversions: number} {
    const {errors, conversions, burst, conversionBurst} = truth;
    return {
      errors:
        burst > 1
          ? this.#errors.draw(requests, errors, burst, truth, chance)
          : chance.binomial(requests, errors),
      conversions:
        conversionBurst > 1
          ? this.#conversions.draw(requests, conversions, conversionBurst, truth, chance)
          : chance.binomial(requests, conversions),
    };
  }
}
