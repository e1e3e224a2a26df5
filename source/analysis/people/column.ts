import type {Histogram, PeopleTick} from '../evidence/tick.ts';
import {bucketOfLevel} from './person.ts';
import {CONVERTED, FAILED, SEEN} from './wire.ts';

/** A change of one of the three histograms: a person's answer rose from one level to another; 0: there was none. */
export interface Rise {
  from: number;
  to: number;
}

/** What was found of people over a stretch of time. */
export interface PeopleSums {
  /** Requests, and those among them that named a person. */
  requests: number;
  named: number;
  /** People first seen on this side since the split changed. */
  seen: number;
  /** People who failed, or converted, on this side for the first time in the release. */
  failed: number;
  converted: number;
}

/** Places of a packed second: four counts, the lengths of three histograms, then their buckets and changes. */
const COUNTS = 4;
const NAMES = ['slowest', 'third', 'tenth'] as const;

/** What is new about people, to be added to. */
class Sum {
  /** Requests that named a person. */
  named = 0;
  seen = 0;
  failed = 0;
  converted = 0;
  readonly slowest = new Map<number, number>();
  readonly third = new Map<number, number>();
  readonly tenth = new Map<number, number>();

  put({requests = 0, seen = 0, failed = 0, converted = 0, ...histograms}: PeopleTick): void {
    this.named += requests;
    this.seen += seen;
    this.failed += failed;
    this.converted += converted;
    for (const name of NAMES)
      for (const [bucket, change] of histograms[name] ?? []) shift(this[name], bucket, change);
  }

  tick(): PeopleTick {
    return {
      requests: this.named,
      seen: this.seen,
      failed: this.failed,
      converted: this.converted,
      slowest: sparse(this.slowest),
      third: sparse(this.third),
      tenth: sparse(this.tenth),
    };
  }

  pack(): Float64Array {
    const {named, seen, failed, converted, slowest, third, tenth} = this;
    const sizes = [slowest.size, third.size, tenth.size];
    const pairs = [slowest, third, tenth].flatMap(histogram => [...histogram].flat());
    return Float64Array.from([named, seen, failed, converted, ...sizes, ...pairs]);
  }
}

/**
 * What is new about people in each place of a ring, of one side and cohort. Places that are closed are packed: some
 * hundred bytes each.
 */
export class PeopleColumn {
  readonly #open: (Sum | undefined)[];
  readonly #packed: (Float64Array | undefined)[];

  constructor(slots: number) {
    this.#open = Array.from({length: slots});
    this.#packed = Array.from({length: slots});
  }

  /** Counts requests that named a person. */
  named(slot: number, requests: number): void {
    this.#at(slot).named += requests;
  }

  /** Counts what is new about one person. @param marks bits of `wire.ts`; levels are told by `rises` */
  find(slot: number, marks: number, rises: {slowest: Rise; third: Rise; tenth: Rise}): void {
    const sum = this.#at(slot);
    if ((marks & SEEN) !== 0) sum.seen++;
    if ((marks & FAILED) !== 0) sum.failed++;
    if ((marks & CONVERTED) !== 0) sum.converted++;
    for (const name of NAMES) rise(sum[name], rises[name]);
  }

  /** Adds what another count of the same place says. */
  put(slot: number, tick: PeopleTick): void {
    this.#at(slot).put(tick);
  }

  /** What is new in a place; null: nothing was told of people there. */
  tick(slot: number): PeopleTick | null {
    const packed = this.#packed[slot];
    return packed === undefined ? (this.#open[slot]?.tick() ?? null) : unpack(packed);
  }

  /** Requests of a place that named a person. */
  namedAt(slot: number): number {
    return this.#packed[slot]?.[0] ?? this.#open[slot]?.named ?? 0;
  }

  /** Adds what was found in a place. */
  addTo(sums: PeopleSums, slot: number): void {
    const packed = this.#packed[slot];
    const {named, seen, failed, converted} = this.#open[slot] ?? NOTHING;
    sums.named += packed?.[0] ?? named;
    sums.seen += packed?.[1] ?? seen;
    sums.failed += packed?.[2] ?? failed;
    sums.converted += packed?.[3] ?? converted;
  }

  /** What was found in a place, without the requests that named a person. */
  findings(slot: number): PeopleTick | null {
    const tick = this.tick(slot);
    return tick === null ? null : {...tick, requests: 0};
  }

  /** Adds what another column has in a place. */
  take(other: PeopleColumn, slot: number): void {
    const tick = other.tick(slot);
    if (tick !== null) this.put(slot, tick);
  }

  clear(slot: number): void {
    this.#open[slot] = undefined;
    this.#packed[slot] = undefined;
  }

  /** Closes a place: it stays, and takes less room. */
  pack(slot: number): void {
    const sum = this.#open[slot];
    if (sum === undefined) return;
    this.#packed[slot] = sum.pack();
    this.#open[slot] = undefined;
  }

  #at(slot: number): Sum {
    const open = this.#open[slot];
    if (open !== undefined) return open;
    const sum = new Sum();
    const packed = this.#packed[slot];
    if (packed !== undefined) sum.put(unpack(packed));
    this.#packed[slot] = undefined;
    this.#open[slot] = sum;
    return sum;
  }
}

const NOTHING = {named: 0, seen: 0, failed: 0, converted: 0};

function unpack(packed: Float64Array): PeopleTick {
  const [requests = 0, seen = 0, failed = 0, converted = 0] = packed;
  let at = COUNTS + NAMES.length;
  const [slowest = [], third = [], tenth = []] = NAMES.map((_, which) => {
    const pairs: [number, number][] = [];
    for (let left = packed[COUNTS + which] ?? 0; left > 0; left--, at += 2)
      pairs.push([packed[at] ?? 0, packed[at + 1] ?? 0]);
    return pairs.toSorted(([one], [other]) => one - other);
  });
  return {requests, seen, failed, converted, slowest, third, tenth};
}

/** What is new in several stretches of time together. */
export function mergePeople(ticks: readonly PeopleTick[]): PeopleTick {
  const sum = new Sum();
  for (const tick of ticks) sum.put(tick);
  return sum.tick();
}

function rise(histogram: Map<number, number>, {from, to}: Rise): void {
  if (to <= from) return;
  if (from > 0) shift(histogram, bucketOfLevel(from), -1);
  shift(histogram, bucketOfLevel(to), 1);
}

function shift(histogram: Map<number, number>, bucket: number, change: number): void {
  const count = (histogram.get(bucket) ?? 0) + change;
  if (count === 0) histogram.delete(bucket);
  else histogram.set(bucket, count);
}

function sparse(histogram: ReadonlyMap<number, number>): Histogram {
  return [...histogram].toSorted(([one], [other]) => one - other);
}
