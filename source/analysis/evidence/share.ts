import type {Worse} from './reading.ts';
import type {Stratum} from './stratum.ts';
import type {EvidenceTick} from './tick.ts';

/** The share asked for is trusted like the share of so many people seen. */
const TRUSTED = 60;
/** Design effect of requests, and standard deviations from which on a stratum's own share counts. */
const CLUSTERS = 2.5;
const ASTRAY = 4;
const FEW = 3;
/** A share this many times the one before is a raise, and the least seconds between two that count as such. */
const RAISE = 1.1;
const APART = 120;
/** After a raise those who move meet cold caches: so many seconds say nothing about response times. */
const COLD_SECONDS = 60;

/**
 * Gray's share of people. What the split asks for need not be what people get: the share of the people seen since the
 * split changed counts as well, whichever is worse for the evidence. Where requests of a stratum say that a side was
 * hardly there (a router or a side that is down), so does theirs.
 */
export class PeopleShare {
  /** NaN: unknown. */
  asked = Number.NaN;
  gray = 0;
  prod = 0;
  raisedAt = Number.NEGATIVE_INFINITY;

  isCold(t: number): boolean {
    return t - this.raisedAt < COLD_SECONDS;
  }

  observe({t, grayShare, gray, prod}: EvidenceTick): void {
    const asked = grayShare ?? Number.NaN;
    if (!Object.is(asked, this.asked)) {
      if (this.asked > 0 && asked > this.asked * RAISE && t - this.raisedAt >= APART) this.raisedAt = t;
      this.asked = asked;
      this.gray = 0;
      this.prod = 0;
    }
    this.gray += gray.people?.seen ?? 0;
    this.prod += prod.people?.seen ?? 0;
  }

  /**
   * Gray's share of those who count in a stratum, 0–1; NaN if it is unknown.
   */
  of(worse: Worse, grayRequests: number, prodRequests: number): number {
    const seen = this.gray + this.prod;
    const asked = Number.isNaN(this.asked) ? this.gray / seen : this.asked;
    if (!(asked > 0 && asked < 1)) return Number.NaN;
    const shown = (this.gray + TRUSTED * asked) / (seen + TRUSTED);
    const requests = grayRequests + prodRequests;
    const spread = Math.sqrt(CLUSTERS * requests * asked * (1 - asked));
    const isAstray = Math.abs(grayRequests - requests * asked) > ASTRAY * spread + FEW;
    const here = isAstray ? grayRequests / requests : asked;
    return worse === 'more' ? Math.max(asked, shown, here) : Math.min(asked, shown, here);
  }
}

/** Seconds over which requests beyond a share are summed up, and over which a share that was not asked for is believed. */
const SURPLUS_SECONDS = 300;
const BELIEF_SECONDS = 600;
/** Standard deviations of independent requests that are no surplus. */
const CHANCE = 2;

/**
 * Gray's requests beyond its share. One client may have sent all of them. Where no person is known, nothing else tells a
 * slow client with many requests on gray from a slow version, so none of the surplus counts as slow.
 *
 * For failures this would be wrong: people try again after a failure, and then the surplus is what gray's fault brought
 * about.
 */
export class Surplus {
  asked = Number.NaN;
  /** Gray's share of the requests that is believed, 0–1; NaN: unknown. */
  share = Number.NaN;
  /** Of late: requests beyond that share, the variance that chance gives them, and how many were taken out. */
  beyond = 0;
  variance = 0;
  taken = 0;

  /** @returns requests of gray to take out of this stratum, from 0 on */
  observe(asked: number, {gray, prod, seconds}: Stratum): number {
    if (!Object.is(asked, this.asked)) {
      this.asked = asked;
      this.share = asked;
    }
    const all = gray.requests + prod.requests;
    const shown = gray.requests / all;
    if (!(this.share > 0 && this.share < 1)) this.share = shown;
    const keep = Math.exp(-seconds / SURPLUS_SECONDS);
    this.beyond = this.beyond * keep + gray.requests - all * this.share;
    this.variance = this.variance * keep + all * this.share * (1 - this.share);
    this.taken *= keep;
    const fresh = Math.max(0, this.beyond - CHANCE * Math.sqrt(this.variance) - this.taken);
    this.taken += fresh;
    this.share += (shown - this.share) * (1 - Math.exp(-seconds / BELIEF_SECONDS));
    return fresh;
  }
}
