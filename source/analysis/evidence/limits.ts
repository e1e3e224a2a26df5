import type {Histogram} from './tick.ts';

/** Parts of the requests of both sides beyond a limit, from the many to the few, and the weight of each at first. */
const PARTS = [
  {part: 0.4, weight: 0.07},
  {part: 0.12, weight: 0.2},
  {part: 0.04, weight: 0.27},
  {part: 0.012, weight: 0.24},
  {part: 0.003, weight: 0.15},
  {part: 0.0007, weight: 0.07},
];
/** Limits lie at every fourth bucket: half an octave apart. */
const STEP = 4;
/** Buckets from 2^-10 ms to 2^40 ms; what lies outside counts in the first or last. */
const LOWEST = -80;
const CELLS = 400;
/** Values before limits may be set. */
const ENOUGH = 200;
/** Seconds between two reviews, and the part of what was learned that outlives one: half of it a minute. */
const REVIEW_SECONDS = 30;
const KEPT = Math.SQRT1_2;
/** Part of the weight that the limits of the first review share; each later limit gets a part of the rest. */
const AT_FIRST = 0.8;

/** Counts of response times by bucket. */
export class Times {
  readonly counts: number[] = Array.from({length: CELLS}, () => 0);
  total = 0;

  learn(histogram: Histogram): void {
    for (let i = 0; i < histogram.length; i++) {
      const pair = histogram[i];
      if (pair === undefined) continue;
      const cell = Math.min(CELLS - 1, Math.max(0, pair[0] - LOWEST));
      this.counts[cell] = (this.counts[cell] ?? 0) + pair[1];
      this.total += pair[1];
    }
  }

  fade(keep: number): void {
    for (let cell = 0; cell < CELLS; cell++) this.counts[cell] = (this.counts[cell] ?? 0) * keep;
    this.total *= keep;
  }

  /** The highest bucket with more than this part, 0–1, in it and beyond; null without so many. */
  quantile(part: number): number | null {
    let above = 0;
    for (let cell = CELLS - 1; cell >= 0; cell--) {
      above += this.counts[cell] ?? 0;
      if (above > part * this.total) return cell + LOWEST;
    }
    return null;
  }
}

/**
 * The limits at which response times are compared: quantiles of what both sides showed of late, on a grid of half
 * octaves. Each is chosen by the past alone. Quantiles of prod alone would depend on who happens to have prod. A limit is
 * never moved: following the quantiles would count people again. A new place is a new limit, with capital of its own.
 */
export class Limits {
  readonly times = new Times();
  reviewedAt = Number.NaN;
  /** In the order in which they were opened: the lowest bucket beyond each, and its part of all weight there will ever be. */
  readonly buckets: number[] = [];
  readonly weights: number[] = [];
  /** How many were opened after the first review. */
  late = 0;

  /** From here on bets are made: the limits that are of use now get their weight. */
  begin(t: number): void {
    this.weights.fill(0);
    this.late = 0;
    this.reviewedAt = Number.NaN;
    this.#review(t, true);
  }

  /** Opens limits where the quantiles have gone. */
  review(t: number): void {
    if (!(t - this.reviewedAt < REVIEW_SECONDS)) this.#review(t, this.buckets.length === 0);
  }

  #review(t: number, isFirst: boolean): void {
    if (this.times.total < ENOUGH) return;
    this.reviewedAt = t;
    for (const {part, weight} of PARTS) {
      const quantile = this.times.quantile(part);
      if (quantile !== null)
        this.#open(STEP * Math.ceil(quantile / STEP), isFirst ? AT_FIRST * weight : null);
    }
    // Where traffic is thin, what was learned is kept until there is enough to replace it.
    this.times.fade(Math.min(1, Math.max(KEPT, (2 * ENOUGH) / this.times.total)));
  }

  /** @param weight null for a limit opened later */
  #open(bucket: number, weight: number | null): void {
    const at = this.buckets.indexOf(bucket);
    if (at >= 0) {
      this.weights[at] = (this.weights[at] ?? 0) + (weight ?? 0);
      return;
    }
    this.buckets.push(bucket);
    if (weight === null) this.late++;
    this.weights.push(weight ?? (1 - AT_FIRST) * (1 / this.late - 1 / (this.late + 1)));
  }
}

/** Values of a histogram in a bucket and beyond. */
export function beyond(histogram: Histogram, bucket: number): number {
  let sum = 0;
  for (let i = 0; i < histogram.length; i++) {
    const pair = histogram[i];
    if (pair !== undefined && pair[0] >= bucket) sum += pair[1];
  }
  return sum;
}
