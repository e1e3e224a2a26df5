import {combined, PROOF, SUSPICION, type Certainty, type Estimate} from '../bounds.ts';
import type {Side} from '../numbers.ts';
import type {Condition, Operator} from '../../release/plan.ts';
import {effectiveSample} from './effective-sample.ts';
import type {WindowReader} from './window-reader.ts';
import {estimateOf, readSampled, type Sampled} from './sampled.ts';

/** How sure it is that a condition holds. */
export interface Proof {
  isShown: boolean;
  /** How far the value can be on the side of the limit, in the unit of the value; null: nowhere near. */
  bound: number | null;
  /** Gray's samples of the phase, and how many it takes; null: it is shown, or never will be. */
  have: number;
  need: number | null;
  /** Milliseconds until it is shown if traffic and value stay as they are; null: it is shown, or never will be. */
  forecastMs: number | null;
}

/** A side over the phase, and what comes to it. */
export interface Part {
  sampled: Sampled;
  /** Requests that count as one. */
  together: number;
  /** New samples a millisecond, and the share of events among them. */
  perMs: number;
  share: number;
}

export interface Parts {
  gray: Part;
  /** Null: the limit is absolute. */
  prod: Part | null;
}

/** Longest forecast, milliseconds: beyond it the answer is never. */
const LONGEST_MS = 30 * 86_400_000;
/** Percent below which both sides are alike where neither has had an event: no multiple of nothing can be shown. */
const CLEAN = 0.1;

/** Whether the sides of a condition are compared with each other. */
export function isRelative({improvement, threshold}: Condition): boolean {
  return improvement || 'timesProd' in threshold;
}

/**
 * Whether the phase has shown that a condition holds, by a one-sided bound of 90 %. Null where the metric has no samples
 * to make a bound of.
 */
export function prove(condition: Condition, look: WindowReader): Proof | null {
  const gray = partOf(look, 'gray', condition);
  const prod = isRelative(condition) ? partOf(look, 'prod', condition) : null;
  if (gray === null || (prod === null && isRelative(condition))) return null;
  const parts = {gray, prod};
  const isBetterLower = look.frame.traits(condition.metric)?.better === 'lower';
  const have = gray.sampled.of;
  if (isShown(condition, parts, 0, isBetterLower)) {
    return {
      isShown: true,
      bound: boundOf(condition, parts, isBetterLower),
      have,
      need: null,
      forecastMs: null,
    };
  }
  const forecastMs = timeToShow(condition, parts, isBetterLower);
  const need = forecastMs === null ? null : Math.ceil(have + gray.perMs * forecastMs);
  return {isShown: false, bound: boundOf(condition, parts, isBetterLower), have, need, forecastMs};
}

/**
 * Milliseconds until a condition is shown by what comes to both sides; null: never.
 * @param isBetterLower whether less of the metric is better
 */
export function timeToShow(condition: Condition, parts: Parts, isBetterLower: boolean): number | null {
  return firstMoment(ms => isShown(condition, parts, ms, isBetterLower));
}

/**
 * Whether gray is told from prod beyond chance, in the direction of a condition that compares them: a limit that is passed
 * by a few unlucky requests raises no alarm. Certainty 95 %, over the window of the condition. Null where the metric has no samples.
 */
export function isBeyondChance(condition: Condition, look: WindowReader): boolean | null {
  const {metric, overMs, op, threshold} = condition;
  const sides = (['gray', 'prod'] as const).map(side => readSampled(look, side, metric, overMs));
  const [gray = null, prod = null] = sides;
  if (gray === null || prod === null) return null;
  const estimate = (side: Side, sampled: Sampled) =>
    estimateOf(sampled, effectiveSample(look, side, metric, sampled.of), SUSPICION);
  const [ofGray, ofProd] = [estimate('gray', gray), estimate('prod', prod)];
  const isAbove = op.startsWith('>');
  // Being alike is no reason for alarm, unless the plan asks for more than that.
  if ('timesProd' in threshold) {
    const times = isAbove ? Math.min(1, threshold.timesProd) : Math.max(1, threshold.timesProd);
    const apart = combined([
      {weight: 1, of: ofGray},
      {weight: -times, of: ofProd},
    ]);
    return isAbove ? apart.low > 0 : apart.high < 0;
  }
  const better = look.frame.traits(metric)?.better === 'lower' ? -1 : 1;
  const points = combined([
    {weight: better, of: ofGray},
    {weight: -better, of: ofProd},
  ]);
  return isAbove ? points.low > Math.min(0, threshold.value) : points.high < Math.max(0, threshold.value);
}

function partOf(look: WindowReader, side: Side, {metric, overMs}: Condition): Part | null {
  const recent = readSampled(look, side, metric, overMs);
  if (recent === null) return null;
  const sampled = readSampled(look, side, metric, look.phaseMs) ?? {...recent, of: 0};
  const coveredMs = look.coveredSeconds(overMs) * 1000;
  return {
    sampled,
    together: recent.of / effectiveSample(look, side, metric, recent.of),
    perMs: coveredMs > 0 ? recent.of / coveredMs : 0,
    share: recent.kind === 'share' ? recent.events / recent.of : 0,
  };
}

/** The side as it would be after so many milliseconds more. */
function estimateAfter({sampled, together, perMs, share}: Part, ms: number, certainty: Certainty): Estimate {
  const news = perMs * ms;
  const of = sampled.of + news;
  if (of <= 0) return {value: Number.NaN, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY};
  const then = sampled.kind === 'share' ? {...sampled, events: sampled.events + news * share, of} : sampled;
  return estimateOf(then, of / together, certainty);
}

/** What is compared with which limit: gray itself, gray less so many times prod, or points of improvement. */
function compared(
  {threshold, improvement}: Condition,
  {gray, prod}: Parts,
  ms: number,
  isBetterLower: boolean,
) {
  const ofGray = estimateAfter(gray, ms, PROOF);
  if (prod === null) return {apart: ofGray, limit: 'value' in threshold ? threshold.value : 0, from: 0};
  const ofProd = estimateAfter(prod, ms, PROOF);
  if (improvement || !('timesProd' in threshold)) {
    const better = isBetterLower ? -1 : 1;
    const apart = combined([
      {weight: better, of: ofGray},
      {weight: -better, of: ofProd},
    ]);
    return {apart, limit: 'value' in threshold ? threshold.value : 0, from: 0};
  }
  const {timesProd} = threshold;
  const apart = combined([
    {weight: 1, of: ofGray},
    {weight: -timesProd, of: ofProd},
  ]);
  return {apart, limit: 0, from: timesProd * ofProd.value};
}

function isShown(condition: Condition, parts: Parts, ms: number, isBetterLower: boolean): boolean {
  const {op, threshold} = condition;
  if ('timesProd' in threshold && hasNoEvents(parts)) {
    return [parts.gray, parts.prod].every(
      part => part !== null && estimateAfter(part, ms, PROOF).high < CLEAN,
    );
  }
  const {apart, limit} = compared(condition, parts, ms, isBetterLower);
  return isBeyond(op, apart, limit);
}

function hasNoEvents({gray, prod}: Parts): boolean {
  return [gray, prod].every(
    part =>
      part?.sampled.kind === 'share' && !part.sampled.isRest && part.sampled.events === 0 && part.share === 0,
  );
}

function isBeyond(op: Operator, {low, high}: Estimate, limit: number): boolean {
  switch (op) {
    case '<':
      return high < limit;
    case '<=':
      return high <= limit;
    case '>':
      return low > limit;
    case '>=':
      return low >= limit;
  }
}

function boundOf(condition: Condition, parts: Parts, isBetterLower: boolean): number | null {
  const {apart, from} = compared(condition, parts, 0, isBetterLower);
  const bound = from + (condition.op.startsWith('<') ? apart.high : apart.low);
  return Number.isFinite(bound) ? bound : null;
}

/** The first moment at which something is so that stays so, to a few percent; null: not within thirty days. */
function firstMoment(isSo: (ms: number) => boolean): number | null {
  let high = 1000;
  while (!isSo(high)) {
    if (high >= LONGEST_MS) return null;
    high = Math.min(LONGEST_MS, high * 4);
  }
  let low = high === 1000 ? 0 : high / 4;
  for (let turn = 0; turn < 8; turn++) {
    const middle = (low + high) / 2;
    if (isSo(middle)) high = middle;
    else low = middle;
  }
  return rounded(high);
}

/** In whole seconds, from two minutes on in whole minutes, from three hours on in tens of minutes: up. */
function rounded(ms: number): number {
  const step = ms < 120_000 ? 1000 : ms < 10_800_000 ? 60_000 : 600_000;
  return Math.ceil(ms / step) * step;
}
