import type {DistinctSketch} from '../sketches/distinct-sketch.ts';
import type {Lane} from './lane.ts';
import {LogHistogram} from '../sketches/log-histogram.ts';
import {
  CONVERSIONS,
  ERRORS,
  REQUESTS,
  RESPONSE_TIME,
  UNAVAILABLE,
  type MetricTable,
} from '../metric-table.ts';
import type {Cohort, Side} from '../numbers.ts';
import {entriesOf, gaugeOf, mergeDistribution, sumOf, usersOf} from './reading.ts';
import type {SecondRing, Seconds} from './second-ring.ts';

/** One second of one side and cohort, for who judges second by second. */
export interface SecondCounts {
  requests: number;
  errors: number;
  conversions: number;
  unavailable: number;
  /** Null without values. */
  responseTime: LogHistogram | null;
}

/** What conditions read off a ring, by side, cohort (null: all of them) and place in the ring. */
export class RingReader {
  readonly #ring: SecondRing;
  readonly #table: MetricTable;

  constructor(ring: SecondRing, table: MetricTable) {
    this.#ring = ring;
    this.#table = table;
  }

  arrivals(side: Side, cohort: Cohort | null, range: Seconds): {requests: number; entries: number} {
    const {lanes, seconds, slots} = this.#at(side, cohort, range);
    return {requests: sumOf(lanes, REQUESTS, seconds, slots), entries: entriesOf(lanes, seconds, slots)};
  }

  /** Sum of a counter; null where nobody reports it on that side, or it is no counter. */
  counted(side: Side, cohort: Cohort | null, name: string, range: Seconds): number | null {
    const metric = this.#table.get(name);
    if (metric?.kind !== 'counter') return null;
    const everything = this.#ring.lanes(side, 'everything');
    if (!everything.some(lane => lane.counters[metric.index] !== undefined)) return null;
    const {lanes, seconds, slots} = this.#at(side, cohort, range);
    return sumOf(lanes, metric.index, seconds, slots);
  }

  /** Newest value of a gauge; null without any. */
  gauge(side: Side, cohort: Cohort | null, name: string, range: Seconds): number | null {
    const metric = this.#table.get(name);
    if (metric?.kind !== 'gauge') return null;
    const {lanes, seconds, slots} = this.#at(side, cohort, range);
    return gaugeOf(lanes, metric.index, seconds, slots)?.value ?? null;
  }

  /** Different users of a side, estimated; null where nobody counts them. */
  users(side: Side, cohort: Cohort | null, range: Seconds): number | null {
    const {lanes, seconds} = this.#at(side, cohort, range);
    return usersOf(lanes, seconds, this.#ring);
  }

  /** Adds the users of a side. */
  mergeUsers(into: DistinctSketch, side: Side, cohort: Cohort | null, range: Seconds): void {
    const {lanes, seconds} = this.#at(side, cohort, range);
    for (const lane of lanes)
      lane.users?.mergeInto(into, seconds.first, seconds.end, this.#ring.blockChanges);
  }

  /** Adds the values of a distribution, where the name is one of a distribution. */
  mergeValues(into: LogHistogram, side: Side, cohort: Cohort | null, name: string, range: Seconds): void {
    const metric = this.#table.get(name);
    if (metric?.kind !== 'distribution') return;
    const {lanes, seconds} = this.#at(side, cohort, range);
    mergeDistribution(into, lanes, metric.index, seconds, this.#ring);
  }

  /** The newest place in which something of a side arrived; null without any. */
  heardIn(side: Side, cohort: Cohort | null, range: Seconds): number | null {
    const {lanes, seconds, slots} = this.#at(side, cohort, range);
    for (let second = seconds.end - 1; second >= seconds.first; second--)
      if (lanes.some(lane => (lane.entries[second % slots] ?? 0) > 0)) return second;
    return null;
  }

  /** All that evidence wants of one place of the ring; null when it is not kept. `everything`: earlier splits, too. */
  place(side: Side, which: Cohort | 'everything', first: number): SecondCounts | null {
    const seconds = this.#ring.clip({first, end: first + 1});
    if (seconds.first !== first || seconds.end !== first + 1) return null;
    const lanes = this.#ring.lanes(side, which);
    const sum = (metric: number) => sumOf(lanes, metric, seconds, this.#ring.slots);
    const responseTime = new LogHistogram();
    mergeDistribution(responseTime, lanes, RESPONSE_TIME, seconds, this.#ring);
    return {
      requests: sum(REQUESTS),
      errors: sum(ERRORS),
      conversions: sum(CONVERSIONS),
      unavailable: sum(UNAVAILABLE),
      responseTime: responseTime.count === 0 ? null : responseTime,
    };
  }

  #at(side: Side, cohort: Cohort | null, range: Seconds): {lanes: Lane[]; seconds: Seconds; slots: number} {
    return {
      lanes: this.#ring.lanes(side, cohort ?? 'cohorts'),
      seconds: this.#ring.clip(range),
      slots: this.#ring.slots,
    };
  }
}
