import {METRIC_NAMES, METRICS, type MetricName, type MetricDefinition} from '../../../analysis/metrics.ts';
import type {Unit} from '../../../release/plan.ts';
import {ERROR_RATE_OF, USE_RATE} from '../../../analysis/metric-value.ts';
import {count, milliseconds, percent, threeDigits, UNKNOWN} from '../../../text/format.ts';

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

/** How values of a unit are written. */
export const KINDS: Readonly<Record<Unit, Metric['kind']>> = {
  percent: 'percent',
  ms: 'ms',
  'per-second': 'rate',
  points: 'percent',
  count: 'number',
};
const OTHER: Omit<Metric, 'name'> = {kind: 'number', worse: null, compared: null};
const USE: Omit<Metric, 'name'> = {kind: 'percent', worse: null, compared: null};
const KIND_OF_ERROR: Omit<Metric, 'name'> = {kind: 'percent', worse: 'higher', compared: 'ratio'};

/** Whether samples carry the metric. */
export function isKnown(name: string): name is MetricName {
  return (METRIC_NAMES as readonly string[]).includes(name);
}

export function metricOf(name: string): Metric {
  if (isKnown(name)) return {name, ...shownAs(METRICS[name])};
  if (name.startsWith(ERROR_RATE_OF)) return {name, ...KIND_OF_ERROR};
  return {name, ...(name.startsWith(USE_RATE) ? USE : OTHER)};
}

/** Shares of which more is better are compared by their difference, everything else by its ratio. */
function shownAs({unit, better, read}: MetricDefinition): Omit<Metric, 'name'> {
  const kind = read.by === 'distinct' ? 'people' : KINDS[unit];
  if (better === null) return {kind, worse: null, compared: null};
  return better === 'lower'
    ? {kind, worse: 'higher', compared: 'ratio'}
    : {kind, worse: 'lower', compared: 'points'};
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
