import {Finding} from './finding.ts';
import type {Limits} from './limits.ts';
import type {Counted} from './onset.ts';
import type {PeopleShare} from './share.ts';
import {eventsOf, peopleOf, RANKS, type Stratum} from './stratum.ts';
import type {SideTick} from './tick.ts';

/** The metrics that are compared, in the order in which they are told. */
export const METRICS = ['error_rate', 'conversion_rate', 'response_time'] as const;
const TIMES = 2;
/** Part of the weight of a limit for each rank of a person's answers. */
const RANK_WEIGHTS = [0.65, 0.22, 0.13];

/**
 * Every finding on one footing: errors, conversions, then response times at every limit (by people for each rank).
 *
 * `people`: a hash that knows nothing of what people do deals them to the sides, and each counts once for each finding, in
 * the whole release. If gray is no worse, each who counts is gray's with the probability s of its share, whatever robots,
 * retries and outages of both sides do; if gray is ψ times as bad, with ψs / (1 + (ψ − 1)s). Each finding is a martingale
 * in a filtration of its own: they are neither multiplied nor summed.
 *
 * `requests`: of the events of a stratum gray's are hypergeometric, for any rate the sides have in common (Turner, Ly,
 * Grünwald, arXiv 2106.02693). Requests of one client hang together, so likelihood ratios are tempered and blocks capped.
 * A client that fails for ever cannot be told from a regression by counts alone.
 */
export class Findings {
  readonly #isByPeople: boolean;
  readonly #margin: number;
  readonly all: Finding[] = [];
  /** What `best` found for response times; null: something has changed since. */
  #best: {at: number; logE: number} | null = null;

  /** @param margin relative difference that does not matter */
  constructor(footing: 'people' | 'requests', margin: number) {
    this.#isByPeople = footing === 'people';
    this.#margin = margin;
    this.all.push(new Finding('more', this.#isByPeople), new Finding('less', this.#isByPeople));
  }

  /** Makes room for every limit that is open; to be called when one was opened. */
  grow(limits: Limits): void {
    this.#best = null;
    const wanted = TIMES + limits.buckets.length * (this.#isByPeople ? RANKS.length : 1);
    while (this.all.length < wanted) this.all.push(new Finding('more', this.#isByPeople));
  }

  /** A second of prod, before the release or in it: teaches how its events scatter. */
  learn(t: number, prod: SideTick, limits: Limits): void {
    if (this.#isByPeople && prod.people === undefined) return;
    const events = this.#isByPeople ? peopleOf(prod, limits) : eventsOf(prod, limits);
    for (let at = 0; at < this.all.length; at++)
      this.all[at]?.scatter.learn(t, events[at] ?? 0, prod.requests);
  }

  /**
   * A stratum that ends at `t`.
   * @param surplus requests of gray beyond its share: none of them counts as slow (by people 0)
   */
  observe(t: number, stratum: Stratum, limits: Limits, peopleShare: PeopleShare, surplus: number): void {
    this.#best = null;
    const {gray, prod, seconds, from} = stratum;
    const name = this.#isByPeople ? 'people' : 'events';
    const until = peopleShare.isCold(t) ? TIMES : this.all.length;
    for (let at = 0; at < until; at++) {
      const finding = this.all[at];
      if (finding === undefined) continue;
      const x = Math.max(0, (gray[name][at] ?? 0) - (at < TIMES ? 0 : surplus));
      const y = prod[name][at] ?? 0;
      const share = this.#isByPeople
        ? peopleShare.of(finding.worse, gray.requests, prod.requests)
        : gray.requests / (gray.requests + prod.requests);
      if (Number.isNaN(share)) continue;
      const event = this.#isByPeople ? eventAt(at) : at;
      const counted: Counted = {
        seconds,
        gray: gray.requests,
        grayEvents: gray.events[event] ?? 0,
        grayPeople: this.#isByPeople ? x : 0,
        prod: prod.requests,
        prodEvents: prod.events[event] ?? 0,
        prodPeople: this.#isByPeople ? y : 0,
      };
      const ratio = finding.worse === 'more' ? 1 + this.#margin : 1 / (1 + this.#margin);
      const noise = at < TIMES ? finding.scatter.noise : this.#noiseAt(at, limits);
      const design = this.#isByPeople ? 1 : this.#designAt(at);
      if (Number.isNaN(design)) continue;
      finding.observe({from, t}, {x, m: x + y, share: tilted(share, ratio), noise, design}, counted);
    }
  }

  /**
   * Of a metric, by its place in `METRICS`, the finding that speaks most, and the log of the e-value of the metric, in which
   * findings have their weights. By requests that is their sum: given all requests of a stratum, chance deals these to the
   * sides, the same for every finding. By people findings have no filtration in common, so the greatest counts.
   */
  best(metric: number, limits: Limits): {at: number; logE: number} {
    if (metric < TIMES || this.all.length <= TIMES) return {at: metric, logE: this.all[metric]?.logE ?? 0};
    if (this.#best !== null) return this.#best;
    let best = {at: TIMES, logE: Number.NEGATIVE_INFINITY};
    let sum = 0;
    for (let at = TIMES; at < this.all.length; at++) {
      const rank = this.#isByPeople ? (RANK_WEIGHTS[(at - TIMES) % RANKS.length] ?? 0) : 1;
      const weight = (limits.weights[this.limitAt(at)] ?? 0) * rank;
      const logE = Math.log(weight) + (this.all[at]?.logE ?? 0);
      if (logE > best.logE) best = {at, logE};
      sum += Math.exp(logE);
    }
    return (this.#best = this.#isByPeople ? best : {at: best.at, logE: Math.log(sum)});
  }

  /** Index of the limit that a finding on response times is about. */
  limitAt(at: number): number {
    return this.#isByPeople ? Math.floor((at - TIMES) / RANKS.length) : at - TIMES;
  }

  startAgain(metric: number): void {
    this.#best = null;
    for (const [at, finding] of this.all.entries()) if (Math.min(at, TIMES) === metric) finding.startAgain();
  }

  /**
   * How much requests hang together. Response times of one client are much alike, so nothing is bet on them before prod has
   * shown how much (NaN); a limit that is new is held to be as clustered as any.
   */
  #designAt(at: number): number {
    const own = this.all[at]?.scatter;
    if (own === undefined || at < TIMES || own.hasWindows) return own?.design ?? Number.NaN;
    const known = this.all.slice(TIMES).filter(({scatter}) => scatter.hasWindows);
    return known.length === 0 ? Number.NaN : Math.max(...known.map(({scatter}) => scatter.design));
  }

  /** A limit further out is at least as restless as a nearer one, and one that is new may be as restless as any. */
  #noiseAt(at: number, limits: Limits): number {
    const isKnown = this.all[at]?.scatter.isKnown === true;
    const own = isKnown ? (limits.buckets[this.limitAt(at)] ?? 0) : Number.POSITIVE_INFINITY;
    const step = this.#isByPeople ? RANKS.length : 1;
    let most = 0;
    for (let other = TIMES + ((at - TIMES) % step); other < this.all.length; other += step)
      if ((limits.buckets[this.limitAt(other)] ?? 0) <= own)
        most = Math.max(most, this.all[other]?.scatter.noise ?? 0);
    return most;
  }
}

/** Which of `eventsOf` shows a finding by people. */
function eventAt(at: number): number {
  return at < TIMES ? at : TIMES + Math.floor((at - TIMES) / RANKS.length);
}

/** Gray's share of those who count if its rate is `ratio` times prod's: the edge of what is no worse. */
function tilted(share: number, ratio: number): number {
  return (ratio * share) / (1 + (ratio - 1) * share);
}
