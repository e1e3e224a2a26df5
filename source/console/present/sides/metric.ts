import type {MetricName, SideNumbers, Span} from '../../../analysis/numbers.ts';
import {counterOfShare, ERROR_RATE_OF, USE_RATE} from '../../../analysis/shown-names.ts';
import {count, milliseconds, percent, threeDigits, UNKNOWN} from '../format.ts';
import {own} from '../../../release/own.ts';

/** How a metric is read, written and compared. */
export interface Metric {
  name: string;
  kind: 'rate' | 'percent' | 'ms' | 'people' | 'number';
  /** Which direction is bad; null: neither, it is only shown. */
  worse: 'higher' | 'lower' | null;
  /** Whether two sides are compared by their ratio or by their difference in points. */
  compared: 'ratio' | 'points' | null;
  /** Told by another source than the samples: how many requests there are says nothing of how sure it is. */
  isElsewhere?: true;
}

const KNOWN: Record<MetricName, Omit<Metric, 'name'>> = {
  throughput: {kind: 'rate', worse: null, compared: null},
  error_rate: {kind: 'percent', worse: 'higher', compared: 'ratio'},
  response_time_p50: {kind: 'ms', worse: 'higher', compared: 'ratio'},
  response_time_p95: {kind: 'ms', worse: 'higher', compared: 'ratio'},
  response_time_p99: {kind: 'ms', worse: 'higher', compared: 'ratio'},
  response_time: {kind: 'ms', worse: 'higher', compared: 'ratio'},
  availability: {kind: 'percent', worse: 'lower', compared: 'points'},
  conversion_rate: {kind: 'percent', worse: 'lower', compared: 'points'},
  active_users: {kind: 'people', worse: null, compared: null},
};
const OTHER: Omit<Metric, 'name'> = {kind: 'number', worse: null, compared: null};
const USE: Omit<Metric, 'name'> = {kind: 'percent', worse: null, compared: null};
const KIND_OF_ERROR: Omit<Metric, 'name'> = {kind: 'percent', worse: 'higher', compared: 'ratio'};

export function isKnown(name: string): name is MetricName {
  return Object.hasOwn(KNOWN, name);
}

export function metricOf(name: string): Metric {
  if (isKnown(name)) return {name, ...KNOWN[name]};
  if (name.startsWith(ERROR_RATE_OF)) return {name, ...KIND_OF_ERROR};
  return {name, ...(name.startsWith(USE_RATE) ? USE : OTHER)};
}

/** The metric's value on a side, in its own unit; a counter beyond the standard ones is told per second. */
export function valueOf(name: string, numbers: SideNumbers, window: Span): number | null {
  switch (name) {
    case 'throughput':
      return numbers.requestsPerSecond;
    case 'error_rate':
      return numbers.errorRate;
    case 'response_time_p50':
      return numbers.responseTime.p50;
    case 'response_time_p95':
      return numbers.responseTime.p95;
    case 'response_time_p99':
      return numbers.responseTime.p99;
    case 'response_time':
      return numbers.responseTime.mean;
    case 'availability':
      return numbers.availability;
    case 'conversion_rate':
      return numbers.conversionRate;
    case 'active_users':
      return numbers.activeUsers;
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

function shareOf(part: number | undefined, requests: number): number | null {
  return part === undefined || requests <= 0 ? null : (part / requests) * 100;
}

/** Whether `name` is a counter beyond the standard ones: then it is told per second. */
export function isCounter(name: string, sides: readonly SideNumbers[]): boolean {
  return sides.some(numbers => own(numbers.counters, name) !== undefined);
}

/** Number and unit; `—` where it is not known. */
export function written(metric: Metric, value: number | null, perSecond = false): string {
  if (value === null) return UNKNOWN;
  switch (metric.kind) {
    case 'rate':
      return `${threeDigits(value)} /s`;
    case 'percent':
      return percent(value);
    case 'ms':
      return milliseconds(value);
    case 'people':
      return count(value);
    case 'number':
      if (metric.isElsewhere === true && Number.isInteger(value)) return count(value);
      return perSecond ? `${threeDigits(value)} /s` : threeDigits(value);
  }
}
