import {DistinctSketch} from '../analysis/sketches/distinct-sketch.ts';
import {LogHistogram} from '../analysis/sketches/log-histogram.ts';
import {SIDES, type Side, type SideNumbers} from '../analysis/numbers.ts';
import {percentOf, partsOfValues} from '../analysis/windows/reading.ts';
import type {Tally, TallyPart} from '../analysis/windows/roll-up.ts';
import type {ReportSides} from './report.ts';

const STANDARD: ReadonlySet<string> = new Set(['requests', 'errors', 'conversions', 'unavailable']);

/** Sum of one side over tallies, all cohorts. Samples of an earlier split are left out, as on the screen. */
class Sum {
  entries = 0;
  ms = 0;
  readonly counters = new Map<string, number>();
  readonly gauges = new Map<string, {value: number; at: number}>();
  readonly responseTime = new LogHistogram();
  users: DistinctSketch | null = null;

  /** Adds a part. `countsUsers`: whether to merge its users. */
  add({entries, counters, gauges, distributions, users}: TallyPart, countsUsers: boolean): void {
    this.entries += entries;
    this.#count(counters, gauges);
    const times = distributions.get('response_time');
    if (times !== undefined) this.responseTime.merge(times);
    if (users === null || !countsUsers) return;
    this.users ??= new DistinctSketch();
    this.users.merge(users);
  }

  merge({entries, ms, counters, gauges, responseTime, users}: Sum): void {
    this.entries += entries;
    this.ms += ms;
    this.#count(counters, gauges);
    this.responseTime.merge(responseTime);
    if (users === null) return;
    this.users ??= new DistinctSketch();
    this.users.merge(users);
  }

  #count(counters: Sum['counters'], gauges: Sum['gauges']): void {
    for (const [name, count] of counters) this.counters.set(name, (this.counters.get(name) ?? 0) + count);
    for (const [name, gauge] of gauges)
      if (gauge.at >= (this.gauges.get(name)?.at ?? 0)) this.gauges.set(name, gauge);
  }

  numbers(): SideNumbers {
    const requests = this.counters.get('requests') ?? 0;
    const counted = (name: string) => this.counters.get(name) ?? null;
    const rate = (count: number | null) => (count === null ? null : percentOf(count, requests));
    const unavailable = rate(counted('unavailable'));
    return {
      requests,
      requestsPerSecond: this.ms > 0 ? (requests / this.ms) * 1000 : null,
      errors: counted('errors'),
      errorRate: rate(counted('errors')),
      conversions: counted('conversions'),
      conversionRate: rate(counted('conversions')),
      availability: unavailable === null ? null : Math.max(0, 100 - unavailable),
      responseTime: partsOfValues(this.responseTime),
      activeUsers: this.users === null ? null : Math.round(this.users.estimate()),
      counters: Object.fromEntries([...this.counters].filter(([name]) => !STANDARD.has(name))),
      gauges: Object.fromEntries([...this.gauges].map(([name, {value}]) => [name, value])),
    };
  }
}

/** Adds up both sides over tallies. */
export class SidesSum {
  readonly #sums: Record<Side, Sum> = {prod: new Sum(), gray: new Sum()};
  readonly #countsUsers: boolean;

  constructor({countsUsers = true} = {}) {
    this.#countsUsers = countsUsers;
  }

  add({ms, parts}: Tally): void {
    for (const part of parts)
      if (part.place !== 'earlier') this.#sums[part.side].add(part, this.#countsUsers);
    for (const side of SIDES) this.#sums[side].ms += ms;
  }

  merge(other: SidesSum): void {
    for (const side of SIDES) this.#sums[side].merge(other.#sums[side]);
  }

  /** The numbers so far; null for a side without samples. */
  sides(): ReportSides {
    const of = (side: Side) => (this.#sums[side].entries === 0 ? null : this.#sums[side].numbers());
    return {prod: of('prod'), gray: of('gray')};
  }
}
