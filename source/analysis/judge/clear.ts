import type {Condition} from '../../release/plan.ts';
import {judgeCondition} from './judge-condition.ts';
import type {JudgedCondition, Outcome} from './outcome.ts';
import type {WindowReader} from './window-reader.ts';

/** Gray this many times as bad as prod is not the same sickness any more. */
const ALIKE = 2;

/**
 * Whether prod is as sick as gray by a limit of its own: it breaks the same limit, and gray is at most twice as bad.
 * A rollback would not help then.
 */
export function isProdSickToo({minRequests}: Condition, outcome: Outcome): boolean {
  const {kind, op, unit, value, prod, threshold, timesProd, improvement, prodSamples} = outcome;
  if (kind !== 'holds' || timesProd !== null || improvement) return false;
  if (value === null || prod === null || threshold === null) return false;
  if (prodSamples !== null && prodSamples < minRequests) return false;
  if (op.startsWith('>')) return isBeyond(prod, threshold, op === '>=') && value <= ALIKE * prod;
  if (!isBeyond(-prod, -threshold, op === '<=')) return false;
  // Of a high share, what is missing is what is bad.
  return unit === 'percent' && threshold > 50 ? 100 - value <= ALIKE * (100 - prod) : prod <= ALIKE * value;
}

function isBeyond(value: number, limit: number, isLimitIn: boolean): boolean {
  return isLimitIn ? value >= limit : value > limit;
}

/** Kullback-Leibler divergence of two Bernoulli variables, in nats; infinite where `q` rules out what `p` shows. */
export function divergence(p: number, q: number): number {
  return Math.max(0, term(p, q) + term(1 - p, 1 - q));
}

function term(p: number, q: number): number {
  if (p <= 0) return 0;
  return q <= 0 ? Number.POSITIVE_INFINITY : p * Math.log(p / q);
}

/** How far beyond its limit a value must be before a condition surely does not hold: this part of the limit. */
const BAND = 0.1;
/** Windows in which it is asked whether something is over already, milliseconds. */
const RECENT_MS = [2000, 5000, 10_000, 30_000] as const;
/** Fewest requests that say something of such a window. */
const FEWEST = 20;
const SURE = Math.log(100);

/**
 * Whether a value that does not meet its condition is clear of the limit: by a tenth of it, or for shares near 100 %
 * by a tenth of what is missing there. Between the limit and this, what held is neither over nor going on.
 */
export function isClear({op, value, threshold, unit, improvement}: JudgedCondition): boolean {
  if (value === null || threshold === null) return false;
  const isHighShare = unit === 'percent' && !improvement && threshold > 50;
  const band = BAND * (isHighShare ? Math.max(0, 100 - threshold) : Math.abs(threshold));
  return op.startsWith('>') ? value <= threshold - band : value >= threshold + band;
}

/**
 * Whether what a guardrail was held for is over by now, though its window still remembers it: one of the last
 * stretches of time is clear of the limit.
 */
export function isOver(condition: Condition, look: WindowReader): boolean {
  return RECENT_MS.some(overMs => {
    if (overMs >= condition.overMs) return false;
    const outcome = judgeCondition({...condition, overMs, minRequests: FEWEST}, look);
    if (outcome.kind !== 'fails' || !isClear(outcome)) return false;
    return outcome.source === 'samples' ? isSure(outcome) : isSeenTwice(condition, overMs, look);
  });
}

/** One measurement may be a slip. */
function isSeenTwice({metric}: Condition, overMs: number, {frame}: WindowReader): boolean {
  return (frame.external.read(metric, overMs)?.values ?? 0) >= 2;
}

/**
 * For shares, whether so few (or many) of n requests would be seen by chance in one of a hundred cases at most, were
 * the share at its limit: n KL(share ‖ limit) ≥ ln 100 (Chernoff 1952; Hoeffding, JASA 58, 1963, theorem 1).
 */
function isSure({unit, improvement, value, threshold, samples}: JudgedCondition): boolean {
  if (unit !== 'percent' || improvement || samples === null || value === null || threshold === null)
    return true;
  return samples * divergence(value / 100, threshold / 100) >= SURE;
}
