import {meanOf, proportion, quantileRanks, type Certainty, type Estimate} from '../bounds.ts';
import type {Side} from '../numbers.ts';
import type {LogHistogram} from '../sketches/log-histogram.ts';
import type {WindowReader} from './window-reader.ts';
import {valuesBehind} from '../metrics.ts';
import {shareMetric} from './read-metric.ts';

/** What a metric of one side is made of, where it is made of samples. */
export type Sampled =
  | {kind: 'share'; events: number; of: number; isRest: boolean}
  | {kind: 'values'; values: LogHistogram; of: number; quantile: number | null};

/** Null: the metric is a number without samples, as a gauge is, or nothing was measured. */
export function readSampled(look: WindowReader, side: Side, metric: string, overMs: number): Sampled | null {
  const share = shareMetric(metric);
  if (share !== null) {
    const of = look.arrivals(side, overMs).requests;
    const events = look.counted(side, share.counter, overMs);
    // Of what may happen several times a request there is no share.
    return events === null || of <= 0 || events > of
      ? null
      : {kind: 'share', events, of, isRest: share.isRest};
  }
  for (const {distribution, quantile} of valuesBehind(metric)) {
    const values = look.distribution(side, distribution, overMs);
    if (values !== null) return {kind: 'values', values, of: values.count, quantile};
  }
  return null;
}

/**
 * The metric with its limits, in its unit: percent, or that of the distribution.
 * @param size independent samples that it is worth
 */
export function estimateOf(sampled: Sampled, size: number, certainty: Certainty): Estimate {
  if (sampled.kind === 'share') {
    const {events, of, isRest} = sampled;
    const {value, low, high} = proportion((events / of) * size, size, certainty);
    return isRest
      ? {value: 100 - 100 * value, low: 100 - 100 * high, high: 100 - 100 * low}
      : {value: 100 * value, low: 100 * low, high: 100 * high};
  }
  const {values, quantile} = sampled;
  if (quantile === null) return meanOf({mean: values.mean() ?? 0, ...values.spread()}, size, certainty);
  const {low, high} = quantileRanks(quantile, size, certainty);
  return {
    value: values.quantile(quantile) ?? 0,
    low: low === null ? 0 : (values.quantile(low) ?? 0),
    high: high === null ? Number.POSITIVE_INFINITY : (values.quantile(high) ?? Number.POSITIVE_INFINITY),
  };
}
