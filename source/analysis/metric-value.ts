import {own} from '../release/name.ts';
import {METRICS, METRIC_NAMES, type MetricDefinition, metricRow, partOf} from './metrics.ts';
import type {SideNumbers, Span} from './numbers.ts';

/** Counters of what was used, and of errors by their fingerprint; shown as parts of the requests. */
const USES = 'uses.';
const ERRORS = 'errors.';
export const USE_RATE = 'feature_use_rate.';
export const ERROR_RATE_OF = 'error_rate.';

/** Errors of different kinds that are worth a row. */
const MOST_ERRORS = 3;

/**
 * Names of metrics beyond the standard ones as they are shown: what was used as `feature_use_rate.NAME`, and of errors
 * the most frequent of either side as `error_rate.NAME`, the worst of gray first.
 */
export function shownNames(
  names: readonly string[],
  {prod, gray}: {prod: Pick<SideNumbers, 'counters'> | null; gray: Pick<SideNumbers, 'counters'> | null},
  mostErrors = MOST_ERRORS,
): string[] {
  const countOf = (name: string) => [own(gray?.counters, name) ?? 0, own(prod?.counters, name) ?? 0] as const;
  const errors = names
    .filter(name => name.startsWith(ERRORS))
    .map(name => ({name, counts: countOf(name)}))
    .filter(({counts: [onGray, onProd]}) => onGray + onProd > 0)
    .toSorted((a, b) => b.counts[0] - a.counts[0] || b.counts[1] - a.counts[1])
    .slice(0, mostErrors)
    .map(({name}) => `${ERROR_RATE_OF}${name.slice(ERRORS.length)}`);
  const others = names
    .filter(name => !name.startsWith(ERRORS))
    .map(name => (name.startsWith(USES) ? `${USE_RATE}${name.slice(USES.length)}` : name));
  return [...others, ...errors];
}

/** The counter behind a name that is shown as a part of the requests; null for any other. */
export function counterOfShare(name: string): string | null {
  if (name.startsWith(USE_RATE)) return `${USES}${name.slice(USE_RATE.length)}`;
  return name.startsWith(ERROR_RATE_OF) ? `${ERRORS}${name.slice(ERROR_RATE_OF.length)}` : null;
}

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
