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
  /** Mean number of errors that come at once. */
  burst: number;
  /** Seconds over which they come. */
  spread: number;
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

/** Makes the seconds of one side; remembers the bursts that are still going on. */
export class Source {
  #waiting: number[] = [];

  tick(requests: number, truth: Truth, latencies: Latencies, chance: Chance): SideTick {
    return {
      requests,
      errors: this.#errors(requests, truth, chance),
      conversions: chance.binomial(requests, truth.conversions),
      hist: latencies.draw(requests, truth, chance),
    };
  }

  #errors(requests: number, truth: Truth, chance: Chance): number {
    if (truth.burst <= 1) return chance.binomial(requests, truth.errors);
    let now = this.#waiting.shift() ?? 0;
    const bursts = chance.poisson((requests * truth.errors) / truth.burst);
    for (let burst = 0; burst < bursts; burst++) {
      const size = chance.geometric(truth.burst);
      for (let error = 0; error < size; error++) {
        const later = Math.floor(chance.uniform() * truth.spread);
        if (later === 0) now++;
        else this.#waiting[later - 1] = (this.#waiting[later - 1] ?? 0) + 1;
      }
    }
    for (let index = 0; index < this.#waiting.length; index++) this.#waiting[index] ??= 0;
    return Math.min(now, requests);
  }
}
