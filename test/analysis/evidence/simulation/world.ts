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

/** Events of a second, and people whose first they are. */
interface Events {
  count: number;
  people: number;
}

/** Events that come in bursts, each of one person; those of the seconds to come are waiting. */
class Bursts {
  #waiting: Events[] = [];

  draw(requests: number, rate: number, mean: number, {spread, isSticky}: Truth, chance: Chance): Events {
    const now = this.#waiting.shift() ?? {count: 0, people: 0};
    for (let left = chance.poisson((requests * rate) / mean); left > 0; left--) {
      const lasts = isSticky ? -spread * Math.log(1 - chance.uniform()) : spread;
      const size = isSticky ? chance.poisson((mean * lasts) / spread) : chance.geometric(mean);
      let first = Number.POSITIVE_INFINITY;
      for (let event = 0; event < size; event++) {
        const later = Math.floor(chance.uniform() * lasts);
        this.#at(now, later).count++;
        first = Math.min(first, later);
      }
      if (size > 0) this.#at(now, first).people++;
    }
    return {count: Math.min(now.count, requests), people: Math.min(now.people, requests)};
  }

  #at(now: Events, later: number): Events {
    if (later === 0) return now;
    while (this.#waiting.length < later) this.#waiting.push({count: 0, people: 0});
    return this.#waiting[later - 1] ?? now;
  }
}

/** A machine: factor on its error rate, log2 of that on its response times. */
export interface Host {
  id: string;
  errors: number;
  slower: number;
}

/** Makes the seconds of one side; remembers the bursts that are still going on. */
export class Source {
  readonly #errors = new Bursts();
  readonly #conversions = new Bursts();
  readonly #withPeople: boolean;
  readonly #hosts: readonly Host[] | undefined;

  /**
   * @param withPeople whether it says who asked: every request another person, but for those of a burst
   * @param hosts that share the requests
   */
  constructor(withPeople: boolean, hosts?: readonly Host[]) {
    this.#withPeople = withPeople;
    this.#hosts = hosts;
  }

  tick(requests: number, truth: Truth, latencies: Latencies, chance: Chance): SideTick {
    const hosts = this.#hosts;
    if (hosts === undefined) return this.#tick(requests, truth, latencies, chance);
    let left = requests;
    const parts = hosts.map(({id, errors, slower}, at) => {
      const own = chance.binomial(left, 1 / (hosts.length - at));
      left -= own;
      const here = {...truth, errors: Math.min(0.95, truth.errors * errors), slower: truth.slower + slower};
      return {id, side: this.#tick(own, here, latencies, chance)};
    });
    return {
      ...parts.map(({side}) => side).reduce(together),
      instances: parts.map(({id, side}) => ({
        id,
        requests: side.requests,
        errors: side.errors,
        timeSum: side.hist.reduce((sum, [bucket, count]) => sum + count * 2 ** ((bucket + 0.5) / 8), 0),
      })),
    };
  }

  #tick(requests: number, truth: Truth, latencies: Latencies, chance: Chance): SideTick {
    const {errors, conversions} = this.warm(requests, truth, chance);
    const hist = latencies.draw(requests, truth, chance);
    const people = {seen: requests, failed: errors.people, converted: conversions.people, slowest: hist};
    return {
      requests,
      errors: errors.count,
      conversions: conversions.count,
      hist,
      ...(this.#withPeople ? {people} : {}),
    };
  }

  /** A second that is not shown to a judge. */
  warm(requests: number, truth: Truth, chance: Chance): {errors: Events; conversions: Events} {
    const {errors, conversions, burst, conversionBurst} = truth;
    const single = (rate: number): Events => {
      const count = chance.binomial(requests, rate);
      return {count, people: count};
    };
    return {
      errors: burst > 1 ? this.#errors.draw(requests, errors, burst, truth, chance) : single(errors),
      conversions:
        conversionBurst > 1
          ? this.#conversions.draw(requests, conversions, conversionBurst, truth, chance)
          : single(conversions),
    };
  }
}

/** What two hosts did. */
function together(a: SideTick, b: SideTick): SideTick {
  const hist = new Map(a.hist);
  for (const [bucket, count] of b.hist) hist.set(bucket, (hist.get(bucket) ?? 0) + count);
  const sum = (x = 0, y = 0) => x + y;
  const all = [...hist].sort(([x], [y]) => x - y);
  const people = {
    seen: sum(a.people?.seen, b.people?.seen),
    failed: sum(a.people?.failed, b.people?.failed),
    converted: sum(a.people?.converted, b.people?.converted),
    slowest: all,
  };
  return {
    requests: a.requests + b.requests,
    errors: a.errors + b.errors,
    conversions: a.conversions + b.conversions,
    hist: all,
    ...(a.people === undefined ? {} : {people}),
  };
}
