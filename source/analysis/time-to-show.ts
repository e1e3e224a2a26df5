import type {Condition} from '../release/plan.ts';
import {LEAST_TOGETHER} from './judge/effective-sample.ts';
import {isRelative, timeToShow, type Part, type Parts} from './judge/proof.ts';
import {shareMetric} from './judge/read-metric.ts';
import {metricRow, valuesBehind} from './metrics.ts';
import {LogHistogram} from './sketches/log-histogram.ts';

/** What a forecast assumes of a release that is well. */
interface Assumed {
  /** Of both sides together. */
  requestsPerSecond: number;
  /** Gray's part of them, above 0, at most 1. */
  share: number;
  /** Prod's error rate, 0–1. */
  errorRate: number;
}

/** Where nothing is said: one request in twenty converts, one in a thousand is not answered. */
const CONVERTS = 0.05;
const UNANSWERED = 0.001;
/** Gray is taken to be better by twice what is asked, its times to be a fifth below their limit. */
const TIMES_ASKED = 2;
const BELOW_LIMIT = 0.8;
/** Response times are taken to be log-normal; standard deviation of their logarithm, and points that stand for them. */
const SPREAD = 0.7;
const POINTS = 399;

/**
 * About how long it takes a release that is well to show that a condition holds, milliseconds; null: it never does, as
 * where prod fails too seldom to be improved on by so much. Undefined: it does not have to, or nothing is known of the metric.
 */
export function timeToShowAt(condition: Condition, assumed: Assumed): number | null | undefined {
  const {requestsPerSecond, share} = assumed;
  if (condition.proof === 'requests' || (isRelative(condition) && share >= 1)) return undefined;
  const [grayPerMs, prodPerMs] = [share, 1 - share].map(part => (requestsPerSecond * part) / 1000);
  const parts = sharesOf(condition, assumed) ?? timesOf(condition);
  if (parts === null) return undefined;
  const gray = {...parts.gray, perMs: grayPerMs ?? 0};
  const prod = parts.prod === null || !isRelative(condition) ? null : {...parts.prod, perMs: prodPerMs ?? 0};
  return timeToShow(condition, {gray, prod}, condition.metric === 'error_rate');
}

/** Sides of a share of the requests. */
function sharesOf(condition: Condition, {errorRate}: Assumed): Parts | null {
  const {metric, op, improvement, threshold} = condition;
  const share = shareMetric(metric);
  if (share === null) return null;
  const usual = metric === 'error_rate' ? errorRate : share.isRest ? UNANSWERED : CONVERTS;
  const part = (events: number): Part => ({
    sampled: {kind: 'share', events: 0, of: 0, isRest: share.isRest},
    together: LEAST_TOGETHER,
    perMs: 0,
    share: Math.min(1, Math.max(0, events)),
  });
  if (improvement) {
    const better = (TIMES_ASKED * ('value' in threshold ? threshold.value : 0)) / 100;
    const isLess = metric === 'error_rate' || share.isRest;
    return {gray: part(usual + (isLess ? -better : better)), prod: part(usual)};
  }
  if ('timesProd' in threshold) {
    // Alike, unless the plan asks for more than that.
    const times = threshold.timesProd;
    const isAlike = op.startsWith('<') ? times > 1 : times < 1;
    return {gray: part(isAlike ? usual : usual * times * (op.startsWith('<') ? 0.5 : 2)), prod: part(usual)};
  }
  const limit = threshold.value / 100;
  if (share.isRest) return {gray: part(0), prod: null};
  // Where prod fails too often for the limit, only a gray without errors can show it soonest.
  if (op.startsWith('<')) return {gray: part(usual < limit ? usual : 0), prod: null};
  return {gray: part(Math.min((1 + limit) / 2, TIMES_ASKED * limit)), prod: null};
}

/** Sides of response times. */
function timesOf({metric, threshold}: Condition): Parts | null {
  const known =
    metricRow(metric)?.read.by === 'values'
      ? valuesBehind(metric).find(({distribution}) => distribution === 'response_time')
      : undefined;
  if (known === undefined) return null;
  const {quantile} = known;
  const usual = times(1);
  const now = (quantile === null ? usual.mean() : usual.quantile(quantile)) ?? 1;
  const part = (values: LogHistogram): Part => ({
    sampled: {kind: 'values', values, of: 0, quantile},
    together: LEAST_TOGETHER,
    perMs: 0,
    share: 0,
  });
  if ('value' in threshold) return {gray: part(times((BELOW_LIMIT * threshold.value) / now)), prod: null};
  return {
    gray: part(times(threshold.timesProd > 1 ? 1 : BELOW_LIMIT * threshold.timesProd)),
    prod: part(usual),
  };
}

/** Log-normal times around a median, milliseconds, by their quantiles: those of the logistic distribution of the same spread. */
function times(median: number): LogHistogram {
  const values = new LogHistogram();
  for (let point = 1; point <= POINTS; point++) {
    const place = point / (POINTS + 1);
    const normal = (Math.log(place / (1 - place)) * Math.sqrt(3)) / Math.PI;
    values.add(median * Math.exp(SPREAD * normal));
  }
  return values;
}
