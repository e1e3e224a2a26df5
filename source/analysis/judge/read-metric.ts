import {metricRow, valuesBehind} from '../metrics.ts';
import type {Side} from '../numbers.ts';
import type {LogHistogram} from '../sketches/log-histogram.ts';
import type {WindowReader} from './window-reader.ts';

/**
 * How it stands with a value that comes from elsewhere. `no-data`: answered with nothing; `not-a-number`: NaN or
 * infinite; `many-series`: more than one row where one was asked for; `stale`: older than its source promises;
 * `away`: the source did not answer, or answered with an error.
 */
export type ExternalState = 'ok' | 'no-data' | 'not-a-number' | 'many-series' | 'stale' | 'away';

/** What a source beyond the samples, as Prometheus, says of one metric at the moment of a look. */
export interface ExternalReading {
  /** In the metric's unit. Null where it is unknown, or where the metric is not measured by side. */
  prod: number | null;
  gray: number | null;
  /** How old the older of the values is, milliseconds; null without a value. */
  ageMs: number | null;
  state: ExternalState;
  /** Who says so: `prometheus`, `feedback`. */
  source: string;
  /** What each is made of, where a condition may ask for a fewest: ratings, reports. Absent: that is not known. */
  samples?: Record<Side, number>;
  /** How many measurements gray's is the mean of; absent: that is not known. */
  values?: number;
  /** How much of the window it speaks of, milliseconds; absent: since the split began. */
  coveredMs?: number;
}

/** Values of other sources by the name of the metric. */
export interface ExternalNumbers {
  /** Null: this metric is not measured there. @param overMs the window the condition asks for */
  read(metric: string, overMs: number): ExternalReading | null;
}

/** Several sources as one: the first that measures a metric speaks for it. */
export function together(...sources: readonly (ExternalNumbers | null)[]): ExternalNumbers {
  return {
    read(metric, overMs) {
      for (const source of sources) {
        const reading = source?.read(metric, overMs) ?? null;
        if (reading !== null) return reading;
      }
      return null;
    },
  };
}

/** Nothing but samples. */
export const NO_EXTERNAL: ExternalNumbers = {read: () => null};

/** A metric of one side over a window. */
export interface MetricReading {
  /** In the metric's unit; null when no sample reports it. */
  value: number | null;
  /** Requests or values it is made of; null when of neither. */
  samples: number | null;
}

/** A metric that is a share of the requests, and the counter it is made of. */
export interface ShareMetric {
  counter: string;
  /** The metric is what the counter leaves: availability of what was not answered. */
  isRest: boolean;
}

const USE = 'feature_use_rate.';

/** The share of the requests that a metric is, by the name conditions use; null when it is none. */
export function shareMetric(name: string): ShareMetric | null {
  if (name.startsWith(USE)) return {counter: `uses.${name.slice(USE.length)}`, isRest: false};
  const read = metricRow(name)?.read;
  return read?.by === 'share' ? {counter: read.counter, isRest: read.isRest === true} : null;
}

/** Reads any metric that samples can carry, by the name that conditions use; once for each look, side and window. */
export function readMetric(look: WindowReader, side: Side, name: string, overMs: number): MetricReading {
  return look.reading(side, name, overMs, () => read(look, side, name, overMs));
}

function read(look: WindowReader, side: Side, name: string, overMs: number): MetricReading {
  const {requests, entries} = look.arrivals(side, overMs);
  const ofRequests = (value: number | null): MetricReading => ({value, samples: requests});
  const perSecond = (count: number) => {
    const seconds = look.coveredSeconds(overMs);
    return seconds > 0 ? count / seconds : null;
  };
  const share = shareMetric(name);
  if (share !== null) {
    const percent = percentOf(look.counted(side, share.counter, overMs), requests);
    return ofRequests(percent === null || !share.isRest ? percent : Math.max(0, 100 - percent));
  }
  const by = metricRow(name)?.read.by;
  if (by === 'rate') return ofRequests(entries > 0 ? perSecond(requests) : null);
  if (by === 'distinct') return ofRequests(look.users(side, overMs));
  for (const {distribution, quantile} of valuesBehind(name)) {
    const values = look.distribution(side, distribution, overMs);
    if (values !== null) return {value: valueAt(values, quantile), samples: values.count};
  }
  const gauge = look.gauge(side, name, overMs);
  if (gauge !== null) return {value: gauge, samples: null};
  const count = look.counted(side, name, overMs);
  return count === null ? {value: null, samples: null} : ofRequests(perSecond(count));
}

function valueAt(values: LogHistogram, quantile: number | null): number | null {
  return quantile === null ? values.mean() : values.quantile(quantile);
}

function percentOf(part: number | null, whole: number): number | null {
  return part === null || whole <= 0 ? null : (part / whole) * 100;
}
