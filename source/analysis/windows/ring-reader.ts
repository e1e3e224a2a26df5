import type {InstanceTick, PeopleTick} from '../evidence/tick.ts';
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
import type {PeopleSums} from '../people/column.ts';
import type {SecondRing, Seconds} from './second-ring.ts';

/** One second of one side and cohort, for who judges second by second. */
export interface SecondCounts {
  requests: number;
  errors: number;
  conversions: number;
  unavailable: number;
  /** Null without values. */
  responseTime: LogHistogram | null;
  /** What is new about people of the eligible cohort; null where the requests of the side hardly ever name one. */
  people: PeopleTick | null;
  /** What each host did, of the eligible cohort; absent where none is named, or it is too long ago. */
  instances?: InstanceTick[];
}

/** How many people were found over a stretch of time. */
export type PeopleCounts = Pick<PeopleSums, 'seen' | 'failed' | 'converted'>;

/** How many people that is; null where the requests hardly ever name one, or there are none. */
export function countsOf({requests, named, seen, failed, converted}: PeopleSums): PeopleCounts | null {
  return named > 0 && named >= LEAST_NAMED * requests ? {seen, failed, converted} : null;
}

/** Requests that must name a person, as a part of all, for people to be known. */
const LEAST_NAMED = 0.95;
/** Over so many seconds, or more where there are fewer requests than these in them. */
const NAMED_SECONDS = 60;
const NAMED_REQUESTS = 20;
const MOST_NAMED_SECONDS = 600;

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

  /** Sum of a counter; null if no sample reports it on that side, or it is no counter. */
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

  /** Different users of a side, estimated; null if no sample counts them. */
  users(side: Side, cohort: Cohort | null, range: Seconds): number | null {
    const {lanes, seconds} = this.#at(side, cohort, range);
    return usersOf(lanes, seconds, this.#ring);
  }

  /** Adds the users of a side. */
  mergeUsers(into: DistinctSketch, side: Side, cohort: Cohort | null, range: Seconds): void {
    const {lanes, seconds} = this.#at(side, cohort, range);
    for (const lane of lanes) lane.users?.mergeInto(into, seconds.first, seconds.end, this.#ring);
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

  /**
   * All that evidence wants of one place of the ring; null when it is not kept. `everything`: earlier splits, too.
   * @param begun the second in which the release began: applications need not name people before it
   */
  place(side: Side, which: Cohort | 'everything', first: number, begun: number): SecondCounts | null {
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
      people: which === 'eligible' ? this.#newPeople(side, first, begun) : null,
    };
  }

  /** What was found of the people of a side, of the eligible cohort. */
  people(side: Side, range: Seconds): PeopleSums {
    const lane = this.#ring.peek(side, 'eligible');
    const seconds = this.#ring.clip(range);
    const {slots} = this.#ring;
    const requests = lane === undefined ? 0 : sumOf([lane], REQUESTS, seconds, slots);
    const sums = {requests, named: 0, seen: 0, failed: 0, converted: 0};
    if (lane?.people !== undefined)
      for (let second = seconds.first; second < seconds.end; second++)
        lane.people.addTo(sums, second % slots);
    return sums;
  }

  /** What is new about people in a second; null where the requests until then hardly ever name one. */
  #newPeople(side: Side, second: number, begun: number): PeopleTick | null {
    const lane = this.#ring.peek(side, 'eligible');
    if (lane?.people === undefined) return null;
    const {slots} = this.#ring;
    const {first} = this.#ring.clip({
      first: Math.max(second - MOST_NAMED_SECONDS + 1, second < begun ? 0 : begun),
      end: second + 1,
    });
    let requests = 0;
    let named = 0;
    for (let at = second; at >= first; at--) {
      if (second - at >= NAMED_SECONDS && requests >= NAMED_REQUESTS) break;
      requests += lane.counters[REQUESTS]?.[at % slots] ?? 0;
      named += lane.people.namedAt(at % slots);
    }
    if (named === 0 || named < LEAST_NAMED * requests) return null;
    return lane.people.tick(second % slots) ?? {requests: 0};
  }

  #at(side: Side, cohort: Cohort | null, range: Seconds): {lanes: Lane[]; seconds: Seconds; slots: number} {
    return {
      lanes: this.#ring.lanes(side, cohort ?? 'cohorts'),
      seconds: this.#ring.clip(range),
      slots: this.#ring.slots,
    };
  }
}
