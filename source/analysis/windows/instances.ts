import {SIDES, type Side} from '../numbers.ts';

/** What the instance with the most requests of a side makes up of them. */
export interface Loudest {
  instance: string;
  /** Of the requests whose sender is known, 0–1. */
  share: number;
  requests: number;
  /** How many instances were heard, this one included. */
  instances: number;
  /** It outshouts the rest: what this side seems to be is what one instance says. */
  isAlone: boolean;
}

const BUCKET_MS = 10_000;
/** A minute of the past. */
const BUCKETS = 6;
/** Names remembered in a bucket; those who come later are not told apart. */
const MOST_NAMES = 4096;
/** Of two instances one may well do most; of three or more behind one balancer none does. */
const FEWEST_INSTANCES = 3;
/** So many times what the next one says, and more than half of all. */
const TIMES_NEXT = 10;
const HALF = 0.5;
/** Fewer requests than this are no shouting. */
const FEWEST_REQUESTS = 100;

interface Bucket {
  at: number;
  counts: Map<string, number>;
}

/** Who sends how many requests of a side, over the last minute: one sender alone is no service. */
export class Instances {
  readonly #sides: Record<Side, Bucket[]> = {prod: [], gray: []};
  /** Asked for each second, and another only when a stretch is over. */
  readonly #known: Record<Side, {last: number; loudest: Loudest | null} | null> = {prod: null, gray: null};

  /** @param time when they happened, milliseconds since 1970 */
  count(side: Side, instance: string, requests: number, time: number): void {
    const at = Math.floor(time / BUCKET_MS);
    const buckets = this.#sides[side];
    let bucket = buckets.find(one => one.at === at);
    if (bucket === undefined) {
      const oldest = buckets.length >= BUCKETS + 1 ? buckets.shift() : undefined;
      // What is older than all that is kept is no news.
      if (oldest !== undefined && oldest.at > at) return void buckets.unshift(oldest);
      bucket = {at, counts: new Map()};
      buckets.push(bucket);
      buckets.sort((one, other) => one.at - other.at);
    }
    const {counts} = bucket;
    if (counts.size < MOST_NAMES || counts.has(instance))
      counts.set(instance, (counts.get(instance) ?? 0) + requests);
  }

  /** Forgets everything: another split has begun. */
  clear(): void {
    for (const side of SIDES) {
      this.#sides[side] = [];
      this.#known[side] = null;
    }
  }

  /** Over the last minute of whole stretches before `at`; null if no sample names an instance. */
  loudest(side: Side, at: number): Loudest | null {
    const last = Math.floor(at / BUCKET_MS) - 1;
    const known = this.#known[side];
    if (known?.last === last) return known.loudest;
    const loudest = this.#loudestOf(side, last);
    this.#known[side] = {last, loudest};
    return loudest;
  }

  #loudestOf(side: Side, last: number): Loudest | null {
    const sums = new Map<string, number>();
    for (const bucket of this.#sides[side])
      if (bucket.at <= last && bucket.at > last - BUCKETS)
        for (const [name, requests] of bucket.counts) sums.set(name, (sums.get(name) ?? 0) + requests);
    let first = {name: '', requests: -1};
    let second = 0;
    let sum = 0;
    for (const [name, requests] of sums) {
      sum += requests;
      if (requests > first.requests) {
        second = Math.max(0, first.requests);
        first = {name, requests};
      } else second = Math.max(second, requests);
    }
    if (first.requests <= 0) return null;
    const share = first.requests / sum;
    const isMany = sums.size >= FEWEST_INSTANCES && first.requests >= FEWEST_REQUESTS;
    return {
      instance: first.name,
      share,
      requests: sum,
      instances: sums.size,
      isAlone: isMany && share > HALF && first.requests > TIMES_NEXT * second,
    };
  }
}
