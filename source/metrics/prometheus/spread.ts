import {LogHistogram} from '../../analysis/sketches/log-histogram.ts';
import type {Measured} from '../encode.ts';
import type {Bucket, Interval} from './scrapes.ts';

/** What is counted beyond requests. */
export interface CountedToo {
  errors: boolean;
  conversions: boolean;
  /** Milliseconds in the unit of the histogram; null: no response times. */
  msPerUnit: number | null;
}

/** What was measured in a second, and a moment of it, milliseconds since 1970. */
export interface MeasuredAt {
  at: number;
  measured: Measured;
}

/**
 * An interval second by second, as if its requests had come evenly. Every count is a whole number, all of them add up to the
 * interval, and no second has more errors or response times than requests.
 */
export function bySeconds(interval: Interval, too: CountedToo): MeasuredAt[] {
  const {side, instance, from, to, requests, errors, conversions} = interval;
  const times = too.msPerUnit === null ? null : new InterleavedTimes(interval.times, requests, too.msPerUnit);
  const found: MeasuredAt[] = [];
  let before = 0;
  for (let second = Math.floor(from / 1000); second * 1000 < to; second++) {
    const end = Math.min((second + 1) * 1000, to);
    const until = Math.round((requests * (end - from)) / (to - from));
    const part = (count: number) =>
      Math.round((count * until) / requests) - Math.round((count * before) / requests);
    if (until > before) {
      const counters: Record<string, number> = {requests: until - before};
      if (too.errors) counters['errors'] = part(errors);
      if (too.conversions) counters['conversions'] = part(conversions);
      const distribution = times?.between(before, until) ?? null;
      found.push({
        at: Math.max(end - 1, second * 1000),
        measured: {
          side,
          ...(instance === null ? {} : {instance}),
          counters,
          ...(distribution === null ? {} : {distributions: {response_time: distribution}}),
        },
      });
    }
    before = until;
  }
  return found;
}

/** Deals the values of a histogram to the requests of an interval, so that each part of them is a sample of all. */
class InterleavedTimes {
  readonly #buckets: readonly Bucket[];
  readonly #msPerUnit: number;
  readonly #requests: number;
  /** Values, and how far apart two that follow each other are in their order by size. */
  readonly #count: number;
  readonly #stride: number;
  /** How many values are dealt: no more than requests. */
  readonly #dealt: number;

  constructor(buckets: readonly Bucket[], requests: number, msPerUnit: number) {
    this.#buckets = buckets;
    this.#requests = requests;
    this.#msPerUnit = msPerUnit;
    this.#count = buckets.reduce((sum, {count}) => sum + count, 0);
    this.#dealt = Math.min(this.#count, requests);
    this.#stride = strideOf(this.#count);
  }

  /** The values of the requests from one to another; null without any. */
  between(from: number, to: number): LogHistogram | null {
    const place = (request: number) => Math.round((this.#dealt * request) / this.#requests);
    const values = new LogHistogram();
    for (let index = place(from); index < place(to); index++)
      values.add(this.#valueAt((index * this.#stride) % this.#count) * this.#msPerUnit);
    return values.count === 0 ? null : values;
  }

  /** The value at a rank by size: those of a bucket lie evenly between its bounds. */
  #valueAt(rank: number): number {
    let below = 0;
    for (const {from, to, count} of this.#buckets) {
      if (rank < below + count) return from + ((to - from) * (rank - below + 0.5)) / count;
      below += count;
    }
    return 0;
  }
}

/** A step that visits each of `count` places once, those next to each other far apart. */
function strideOf(count: number): number {
  let stride = Math.max(1, Math.round(count * 0.618));
  while (common(stride, count) > 1) stride++;
  return stride;
}

function common(one: number, other: number): number {
  return other === 0 ? one : common(other, one % other);
}
