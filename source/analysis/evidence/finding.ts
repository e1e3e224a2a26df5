import {BLOCK_SECONDS, Capital, EFFECTS, type Effects} from './capital.ts';
import {Onset, type Counted} from './onset.ts';
import type {Worse} from './reading.ts';
import {Scatter} from './scatter.ts';

/** Seconds over which events are held to share the same noise. */
const NOISE_SECONDS = 60;

const LOGS = new Float64Array(16);
const FACTORS = new Float64Array(16);

/** Where in time a stratum lies. */
export interface Span {
  from: number;
  t: number;
}

/**
 * One finding: events of one kind, held against chance. Of m that count, x are gray's; if gray is no worse, each is with
 * the probability `share`. The likelihood ratio of a regression ψ is ψ^x / E ψ^x.
 *
 * By people the capital is one bet. By requests it is two with blocks shifted by half a block, of which the smaller counts,
 * as no cluster lies at a border of both; the likelihood ratio is taken to the power of one over the design effect. A power
 * below 1 of an e-value is one still (Jensen).
 */
export class Finding {
  readonly #worse: Worse;
  readonly #effects: Effects;
  readonly #isByPeople: boolean;
  readonly bets: Capital[];
  readonly onset: Onset;
  readonly scatter = new Scatter();
  /** How many counted within about a minute. */
  late = 0;

  constructor(worse: Worse, isByPeople: boolean) {
    this.#worse = worse;
    this.#effects = EFFECTS[worse];
    this.#isByPeople = isByPeople;
    const offsets = isByPeople ? [null] : [0, BLOCK_SECONDS / 2];
    this.bets = offsets.map(offset => new Capital(this.#effects, offset));
    this.onset = new Onset(this.#effects.logs.length);
  }

  get worse(): Worse {
    return this.#worse;
  }

  get logE(): number {
    let least = Number.POSITIVE_INFINITY;
    for (const {total} of this.bets) if (total < least) least = total;
    return Math.log(least);
  }

  /**
   * @param x gray's, of `m`
   * @param share of those who count that is gray's if it is no worse, above 0 and below 1
   * @param noise variance of the log of a side's rate
   * @param design effect of events that hang together, 1 or more
   */
  observe(
    {from, t}: Span,
    {x, m, share, noise, design}: {x: number; m: number; share: number; noise: number; design: number},
    counted: Counted,
  ): void {
    const {logs, excesses} = this.#effects;
    this.late = this.late * Math.max(0, 1 - counted.seconds / NOISE_SECONDS) + m;
    const power = 1 / Math.max(design, 1 + 2 * noise * this.late * share * (1 - share));
    const trials = this.#isByPeople ? Number.POSITIVE_INFINITY : counted.gray;
    for (let k = 0; k < logs.length; k++) {
      const log = m === 0 ? 0 : power * (x * (logs[k] ?? 0) - lnMean(excesses[k] ?? 0, m, share, trials));
      LOGS[k] = log;
      FACTORS[k] = m === 0 ? 1 : Math.exp(log);
    }
    // Of good events a cluster is what prod has and gray lacks.
    const cluster = this.#worse === 'more' ? x : Math.max(0, m * share - x);
    for (const bet of this.bets) bet.grow(t, counted.seconds, FACTORS, cluster);
    this.onset.observe(from, LOGS, counted);
  }

  startAgain(): void {
    for (const bet of this.bets) bet.startAgain();
    this.onset.startAgain();
  }
}

/**
 * Log of at least E ψ^X: X is binomial by people, hypergeometric by requests, which is m events dealt to gray's requests or
 * gray's requests dealt to events. Without replacement is never more than with it (Hoeffding, JASA 58, 1963, theorem 4).
 */
function lnMean(excess: number, m: number, share: number, trials: number): number {
  const dealt = m * Math.log1p(excess * share);
  if (m * share >= trials || trials === Number.POSITIVE_INFINITY) return dealt;
  return Math.min(dealt, trials * Math.log1p((excess * m * share) / trials));
}
