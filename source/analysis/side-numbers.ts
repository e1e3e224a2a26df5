import {LogHistogram} from './sketches/log-histogram.ts';
import type {Lane} from './windows/lane.ts';
import {CONVERSIONS, ERRORS, REQUESTS, RESPONSE_TIME, UNAVAILABLE, type MetricTable} from './metric-table.ts';
import type {Cohort, Side, SideNumbers} from './numbers.ts';
import * as reading from './windows/reading.ts';
import type {SecondRing, Seconds} from './windows/second-ring.ts';

const merged = new LogHistogram();

/** Whole seconds, of which the first and the last may be there in part: from and to, milliseconds since 1970. */
interface Stretch extends Seconds {
  from: number;
  to: number;
}

/** Numbers of a side over a stretch of time. */
export function readNumbers(
  ring: SecondRing,
  table: MetricTable,
  side: Side,
  which: Cohort | 'cohorts',
  span: Stretch,
): SideNumbers {
  const {slots} = ring;
  const seconds = ring.clip(span);
  const lanes = ring.lanes(side, which);
  const everything = ring.lanes(side, 'everything');
  const requests = reading.sumOf(lanes, REQUESTS, seconds, slots);
  /** Null unless a sample of this side reports it: an unreported number is unknown, not 0. */
  const counted = (metric: number): number | null =>
    everything.some(lane => lane.counters[metric] !== undefined)
      ? reading.sumOf(lanes, metric, seconds, slots)
      : null;
  const percent = (part: number | null) => (part === null ? null : reading.percentOf(part, requests));
  const errors = counted(ERRORS);
  const conversions = counted(CONVERSIONS);
  const unavailable = percent(counted(UNAVAILABLE));
  const covered = span.to / 1000 - Math.max(span.from / 1000, ring.earliest);
  const heard = reading.entriesOf(lanes, seconds, slots) > 0;
  merged.clear();
  reading.mergeDistribution(merged, lanes, RESPONSE_TIME, seconds, ring);
  return {
    requests,
    requestsPerSecond: heard && covered > 0 ? requests / covered : null,
    errors,
    errorRate: percent(errors),
    conversions,
    conversionRate: percent(conversions),
    availability: unavailable === null ? null : Math.max(0, 100 - unavailable),
    responseTime: reading.partsOfValues(merged),
    activeUsers: reading.usersOf(lanes, seconds, ring),
    counters: otherCounters(table, lanes, seconds, slots),
    gauges: otherGauges(table, lanes, seconds, slots),
  };
}

function otherCounters(
  table: MetricTable,
  lanes: readonly Lane[],
  seconds: Seconds,
  slots: number,
): Record<string, number> {
  const counted = table.all.filter(
    metric => table.isOther(metric) && lanes.some(lane => lane.counters[metric.index] !== undefined),
  );
  return Object.fromEntries(
    counted.map(({name, index}) => [name, reading.sumOf(lanes, index, seconds, slots)]),
  );
}

function otherGauges(
  table: MetricTable,
  lanes: readonly Lane[],
  seconds: Seconds,
  slots: number,
): Record<string, number> {
  return Object.fromEntries(
    table.all.flatMap(({name, kind, index}) => {
      const newest = kind === 'gauge' ? reading.gaugeOf(lanes, index, seconds, slots) : null;
      return newest === null ? [] : [[name, newest.value]];
    }),
  );
}
