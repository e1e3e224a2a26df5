import type {MetricName} from '../../../analysis/numbers.ts';
import {ERROR_RATE_OF, USE_RATE} from '../../../analysis/shown-names.ts';
import {count, milliseconds, percent, threeDigits, UNKNOWN} from '../format.ts';

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
