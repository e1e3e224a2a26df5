import {Capital} from './capital.ts';
import {beyond, Times} from './limits.ts';
import type {EvidenceTick, SideTick} from './tick.ts';

/** Seconds without a request of prod from which on its past stands in for it, and requests that a past takes. */
const SILENT_SECONDS = 10;
const ENOUGH = 100;
/** Design effect of requests. */
const CLUSTERS = 2.5;
/** Gray is grossly worse only beyond so many times prod's past, and so much of all requests more. */
const TIMES = 3;
const MORE = 0.05;
/** Slow is twice as slow as all but this part of prod's past; grossly slower, if more than so many are. */
const SLOWEST = 0.05;
const TWICE = 8;
const SLOW = 0.25;
/** Where gray is held to be: parts of the way from what is tolerated to all. */
const PARTS = [0.15, 0.4, 0.8];
const GROSS = {logs: [], excesses: [], stakes: PARTS.map(() => 1 / PARTS.length)};
const FACTORS = new Float64Array(PARTS.length);

/** One kind of events of gray, held against the rate that is tolerated. */
class Gross {
  readonly capital = new Capital(GROSS, 0);
  since = Number.NaN;
  /** Since then. */
  events = 0;
  requests = 0;

  observe(t: number, x: number, n: number, tolerated: number): void {
    if (tolerated >= 1 || n <= 0) return;
    if (Number.isNaN(this.since) && x > tolerated * n) this.since = t;
    this.events += x;
    this.requests += n;
    for (const [k, part] of PARTS.entries()) {
      const held = tolerated + part * (1 - tolerated);
      const log = x * Math.log(held / tolerated) + (n - x) * Math.log((1 - held) / (1 - tolerated));
      FACTORS[k] = Math.exp(log / CLUSTERS);
    }
    this.capital.grow(t, 1, FACTORS, x);
    if (Number.isNaN(this.since) || this.capital.total < 1) this.#forget();
  }

  startAgain(): void {
    this.capital.startAgain();
    this.#forget();
  }

  #forget(): void {
    this.since = Number.NaN;
    this.events = 0;
    this.requests = 0;
  }
}

/**
 * Where prod has no traffic, its past is the other side, for a gross change alone: rates change in time as well, and
 * nothing here tells a bad gray from bad times. So it may pause, not roll back.
 */
export class PastEvidence {
  readonly times = new Times();
  requests = 0;
  errors = 0;
  heardAt = Number.NaN;
  readonly failing = new Gross();
  readonly slow = new Gross();

  /** Whether prod is silent and there is a past to hold gray against. */
  isSpeaking(t: number): boolean {
    return t - this.heardAt >= SILENT_SECONDS && this.requests >= ENOUGH;
  }

  /** What stands against gray by the place of the metric in `METRICS`; null: nothing can. */
  of(metric: number): Gross | null {
    return metric === 0 ? this.failing : metric === 2 ? this.slow : null;
  }

  learn(t: number, prod: SideTick): void {
    if (prod.requests <= 0) return;
    this.heardAt = t;
    this.requests += prod.requests;
    this.errors += prod.errors;
    this.times.learn(prod.hist);
  }

  observe({t, gray}: EvidenceTick): void {
    if (!this.isSpeaking(t)) {
      this.failing.startAgain();
      this.slow.startAgain();
      return;
    }
    this.failing.observe(t, gray.errors, gray.requests, Math.max(TIMES * this.rate, this.rate + MORE));
    const slow = this.slowFrom;
    const all = beyond(gray.hist, Number.NEGATIVE_INFINITY);
    if (slow !== null) this.slow.observe(t, beyond(gray.hist, slow), all, SLOW);
  }

  /** Prod's error rate in the past, 0–1, on the careful side. */
  get rate(): number {
    return (this.errors + 2) / (this.requests + 4);
  }

  /** The lowest bucket of what counts as slow; null without values. */
  get slowFrom(): number | null {
    const quantile = this.times.total < ENOUGH ? null : this.times.quantile(SLOWEST);
    return quantile === null ? null : quantile + 1 + TWICE;
  }
}
