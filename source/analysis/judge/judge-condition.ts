import type {Condition, Operator} from '../../release/plan.ts';
import type {Side} from '../numbers.ts';
import {type ExternalReading, type MetricReading, readMetric} from './read-metric.ts';
import type {JudgedCondition, Outcome, WhyUnmeasured} from './outcome.ts';
import type {WindowReader} from './window-reader.ts';

/** Data older than this are not judged any more, milliseconds. Senders that batch do so by the minute at most. */
const STALE_AFTER_MS = 60_000;
/** By chance alone no pause is this many times the mean one: e^-8 of them are, with steady traffic. */
const MEAN_PAUSES = 8;

/** From which age on the data of a side are stale: a minute, or where traffic is thin a pause it would hardly make. */
export function staleAfterMs(look: WindowReader, side: Side, overMs: number): number {
  const {requests} = look.arrivals(side, overMs);
  // What comes by the scrape is always so old.
  const least = STALE_AFTER_MS + (look.frame.measured.pace?.lagMs ?? 0);
  if (requests === 0) return least;
  return Math.max(least, (MEAN_PAUSES * look.coveredSeconds(overMs) * 1000) / requests);
}

/** What is known of both sides before anything is compared. */
interface Found {
  gray: MetricReading;
  prod: MetricReading;
  source: string;
  ageMs: number | null;
  /** How much of the window it speaks of, milliseconds. */
  coveredMs: number;
  /** Why nothing can be made of it; null where something can. */
  why: WhyUnmeasured | null;
}

const SIGNS: Readonly<Record<Operator, (value: number, limit: number) => boolean>> = {
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};

/** What comes of a condition at a look. Never throws; every number of the outcome that is not known is null. */
export function judgeCondition(condition: Condition, look: WindowReader): Outcome {
  const {metric, improvement, op, threshold, text} = condition;
  const traits = look.frame.traits(metric);
  const timesProd = 'timesProd' in threshold ? threshold.timesProd : null;
  const isRelative = improvement || timesProd !== null;
  const found = find(condition, look);
  const judged: JudgedCondition = {
    text,
    metric,
    improvement,
    op,
    unit: 'unit' in threshold ? threshold.unit : (traits?.unit ?? 'count'),
    value: improvement ? null : finite(found.gray.value),
    prod: finite(found.prod.value),
    threshold: 'value' in threshold ? threshold.value : null,
    timesProd,
    samples: found.gray.samples,
    prodSamples: found.prod.samples,
    windowSeconds: Math.round(found.coveredMs / 1000),
    source: found.source,
    ageMs: found.ageMs,
  };
  if (isRelative && look.alone !== null) return {...judged, kind: 'not-applicable', why: look.alone};
  const gray = found.gray.value;
  if (found.why !== null || gray === null)
    return {...judged, kind: 'cannot-measure', why: found.why ?? 'no-data'};
  const few = fewOf(condition, found.gray, found.coveredMs);
  if (few !== null) return {...judged, kind: 'undecided', why: 'few-requests', ...few};
  if (!Number.isFinite(gray)) return {...judged, kind: 'cannot-measure', why: 'not-a-number'};
  if (!isRelative) return compared(judged, gray, 'value' in threshold ? threshold.value : 0);

  const prod = found.prod.value;
  if (prod === null) return {...judged, kind: 'cannot-measure', why: 'no-prod'};
  if (!Number.isFinite(prod)) return {...judged, kind: 'cannot-measure', why: 'not-a-number'};
  const fewProd = fewOf(condition, found.prod, found.coveredMs);
  if (fewProd !== null) return {...judged, kind: 'undecided', why: 'few-prod-requests', ...fewProd};
  if (timesProd === null) {
    const points = traits?.better === 'lower' ? prod - gray : gray - prod;
    return compared(judged, points, 'value' in threshold ? threshold.value : 0);
  }
  if (prod > 0) return compared(judged, gray, timesProd * prod);
  // Alike on both sides: once prod's, whatever that is.
  if (gray === 0) return {...judged, kind: SIGNS[op](1, timesProd) ? 'holds' : 'fails', threshold: 0};
  const least = leastOf(found.prod, judged.unit);
  if (least !== null) return compared(judged, gray, timesProd * least);
  return {...judged, kind: 'undecided', why: 'prod-zero', have: 0, need: 0, forecastMs: null};
}

function compared(judged: JudgedCondition, value: number, threshold: number): Outcome {
  if (!Number.isFinite(value) || !Number.isFinite(threshold))
    return {...judged, kind: 'cannot-measure', why: 'not-a-number'};
  // In binary, 100 - 0.5 - 99 is a hair off one half: what people write as equal is equal.
  const isEqual = Math.abs(value - threshold) <= 1e-9 * Math.max(Math.abs(value), Math.abs(threshold));
  const holds = isEqual ? judged.op.endsWith('=') : SIGNS[judged.op](value, threshold);
  return {...judged, value, threshold, kind: holds ? 'holds' : 'fails'};
}

/** Nothing seen in n requests is not never: it is taken as less than once. */
function leastOf({samples}: MetricReading, unit: JudgedCondition['unit']): number | null {
  return unit === 'percent' && samples !== null && samples > 0 ? 100 / samples : null;
}

function find({metric, overMs}: Condition, look: WindowReader): Found {
  const gray = readMetric(look, 'gray', metric, overMs);
  const prod = readMetric(look, 'prod', metric, overMs);
  // What samples say of a metric counts; what they do not speak of at all is looked for elsewhere.
  const elsewhere = gray.value === null ? look.frame.external.read(metric, overMs) : null;
  const coveredMs = look.coveredSeconds(overMs) * 1000;
  if (elsewhere !== null) return foundElsewhere(elsewhere, coveredMs);
  const heardAt = look.heardAt('gray', overMs);
  const ageMs = heardAt === null ? null : Math.max(0, look.frame.at - heardAt);
  const isStale = ageMs !== null && ageMs > staleAfterMs(look, 'gray', overMs);
  const why = ageMs === null ? 'no-data' : isStale ? 'stale' : null;
  return {gray, prod, source: 'samples', ageMs, coveredMs, why};
}

function foundElsewhere(
  {prod, gray, ageMs, state, source, samples, coveredMs}: ExternalReading,
  sinceSplitMs: number,
): Found {
  return {
    gray: {value: gray, samples: samples?.gray ?? null},
    prod: {value: prod, samples: samples?.prod ?? null},
    source,
    ageMs,
    coveredMs: coveredMs ?? sinceSplitMs,
    why: state === 'ok' ? (gray === null ? 'no-data' : null) : state,
  };
}

/** How many samples are missing, and when they will be there; null when there are enough. */
function fewOf(
  {minRequests, overMs}: Condition,
  {samples}: MetricReading,
  coveredMs: number,
): {have: number; need: number; forecastMs: number | null} | null {
  if (samples === null || samples >= minRequests) return null;
  const perMs = samples / coveredMs;
  // A window that would never hold as many is no matter of waiting.
  const isEver = perMs * overMs >= minRequests;
  const forecastMs = isEver ? Math.ceil((minRequests - samples) / perMs) : null;
  return {have: samples, need: minRequests, forecastMs};
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}
