import type {SideNumbers, Span} from './numbers.ts';
import {METRIC_NAMES, metricRow, METRICS, partOf, type MetricDefinition} from './metrics.ts';
import {counterOfShare} from './shown-names.ts';
import {own} from '../release/name.ts';

/** Shares that the numbers of a side hold, by their counter. */
const SHARES = {errors: 'errorRate', conversions: 'conversionRate', unavailable: 'availability'} as const;

/** Value of a metric on a side, in the metric's unit; null where it is unknown. Other counters are per second of the window. */
export function valueOf(name: string, numbers: SideNumbers, window: Span): number | null {
  const read = metricRow(name)?.read;
  switch (read?.by) {
    case 'rate':
      return numbers.requestsPerSecond;
    case 'distinct':
      return numbers.activeUsers;
    case 'values':
      return numbers.responseTime[partOf(read.quantile)] ?? null;
    case 'share': {
      const field = own(SHARES, read.counter);
      if (field !== undefined) return numbers[field];
      const percent = shareOf(own(numbers.counters, read.counter), numbers.requests);
      return percent === null || read.isRest !== true ? percent : Math.max(0, 100 - percent);
    }
    default: {
      const part = counterOfShare(name);
      if (part !== null) return shareOf(own(numbers.counters, part), numbers.requests);
      const gauge = own(numbers.gauges, name);
      if (gauge !== undefined) return gauge;
      const counter = own(numbers.counters, name);
      const seconds = (window.to - window.from) / 1000;
      return counter === undefined || seconds <= 0 ? null : counter / seconds;
    }
  }
}

/** The numbers with what `found` knows of the metrics that no sample speaks of. */
export function withFound(numbers: SideNumbers, found: ReadonlyMap<string, number>): SideNumbers {
  const filled = {...numbers, responseTime: {...numbers.responseTime}};
  for (const name of METRIC_NAMES) {
    const value = found.get(name);
    const {read} = METRICS[name] as MetricDefinition;
    if (value === undefined) continue;
    if (read.by === 'rate') filled.requestsPerSecond ??= value;
    else if (read.by === 'distinct') filled.activeUsers ??= value;
    else if (read.by === 'values') filled.responseTime[partOf(read.quantile)] ??= value;
    else {
      const field = read.by === 'share' ? own(SHARES, read.counter) : undefined;
      if (field !== undefined) filled[field] ??= value;
    }
  }
  return filled;
}

function shareOf(part: number | undefined, requests: number): number | null {
  return part === undefined || requests <= 0 ? null : (part / requests) * 100;
}

/** Whether `name` is a counter beyond the standard ones; its value is then per second. */
export function isCounter(name: string, sides: readonly SideNumbers[]): boolean {
  return sides.some(numbers => own(numbers.counters, name) !== undefined);
}
