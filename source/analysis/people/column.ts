import type {Histogram, PeopleTick} from '../evidence/tick.ts';
import {bucketOfLevel} from './person.ts';
import {CONVERTED, FAILED, SEEN} from './wire.ts';

/** A change of one of the three histograms: a person's answer rose from one level to another; 0: there was none. */
export interface Rise {
  from: number;
  to: number;
}

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

  add(other: Sum): void {
    this.named += other.named;
    this.seen += other.seen;
    this.failed += other.failed;
    this.converted += other.converted;
    for (const name of ['slowest', 'third', 'tenth'] as const)
      for (const [bucket, change] of other[name]) shift(this[name], bucket, change);
  }

  put({requests = 0, seen = 0, failed = 0, converted = 0, slowest, third, tenth}: PeopleTick): void {
    this.named += requests;
    this.seen += seen;
    this.failed += failed;
    this.converted += converted;
    for (const [bucket, change] of slowest ?? []) shift(this.slowest, bucket, change);
    for (const [bucket, change] of third ?? []) shift(this.third, bucket, change);
    for (const [bucket, change] of tenth ?? []) shift(this.tenth, bucket, change);
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
}

/** What is new about people in each place of a ring, of one side and cohort. */
export class PeopleColumn {
  readonly #sums: (Sum | undefined)[];

  constructor(slots: number) {
    this.#sums = Array.from({length: slots});
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
    rise(sum.slowest, rises.slowest);
    rise(sum.third, rises.third);
    rise(sum.tenth, rises.tenth);
  }

  /** Adds what another count of the same place says. */
  put(slot: number, tick: PeopleTick): void {
    this.#at(slot).put(tick);
  }

  /** What is new in a place; null: nothing was told of people there. */
  tick(slot: number): PeopleTick | null {
    return this.#sums[slot]?.tick() ?? null;
  }

  /** Requests of a place that named a person. */
  namedAt(slot: number): number {
    return this.#sums[slot]?.named ?? 0;
  }

  /** Adds how many were seen, failed and converted in a place. */
  addCounts(slot: number, counts: {seen: number; failed: number; converted: number}): void {
    const sum = this.#sums[slot];
    if (sum === undefined) return;
    counts.seen += sum.seen;
    counts.failed += sum.failed;
    counts.converted += sum.converted;
  }

  /** What was found in a place, without the requests that named somebody. */
  findings(slot: number): PeopleTick | null {
    const tick = this.tick(slot);
    return tick === null ? null : {...tick, requests: 0};
  }

  take(other: PeopleColumn, slot: number): void {
    const sum = other.#sums[slot];
    if (sum !== undefined) this.#at(slot).add(sum);
  }

  clear(slot: number): void {
    this.#sums[slot] = undefined;
  }

  #at(slot: number): Sum {
    return (this.#sums[slot] ??= new Sum());
  }
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
