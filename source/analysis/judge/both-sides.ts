import type {Condition} from '../../release/plan.ts';
import type {Outcome} from './outcome.ts';

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
