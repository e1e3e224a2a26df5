import type {Condition} from '../../release/plan.ts';
import {judgeCondition} from './judge-condition.ts';
import type {WindowReader} from './window-reader.ts';
import type {Outcome} from './outcome.ts';
import {isBeyondChance, isRelative, prove} from './proof.ts';

/**
 * What comes of a condition that lets a release go up: it holds once the value over its own window is on the right side and
 * the phase has shown it by a bound. Where the plan says `min N requests`, so many and the value do; a number without
 * samples, as a gauge or one of Prometheus, is taken as it is. The outcome says which of the three it was.
 */
export function judgeForRaise(condition: Condition, look: WindowReader): Outcome {
  const asWritten = judgeCondition(condition, look);
  if (condition.proof === 'requests')
    return asWritten.kind === 'holds' ? {...asWritten, proof: 'requests'} : asWritten;
  const isFew = asWritten.kind === 'undecided' && asWritten.why !== 'prod-zero';
  // The bound knows how few they are; what they say must not be against it all the same.
  const outcome = isFew ? judgeCondition({...condition, minRequests: 0}, look) : asWritten;
  if (outcome.kind !== 'holds') return asWritten;
  const proof = outcome.source === 'samples' ? prove(condition, look) : null;
  if (proof === null) return asWritten.kind === 'holds' ? {...asWritten, proof: 'value'} : asWritten;
  const {isShown, bound, have, need, forecastMs} = proof;
  return isShown
    ? {...outcome, proof: 'bound', bound}
    : {...outcome, kind: 'undecided', why: 'not-shown', bound, have, need, forecastMs};
}

/**
 * What comes of a condition that compares gray with prod and alerts or pauses: a handful of requests on the wrong side of
 * the limit is undecided until gray is told from prod beyond chance, or the plan's own `min N requests` are there.
 */
export function judgeForAlarm(condition: Condition, look: WindowReader): Outcome {
  const outcome = judgeCondition(condition, look);
  const isSure = condition.proof === 'requests' || !isRelative(condition) || outcome.kind !== 'holds';
  if (isSure || outcome.source !== 'samples' || isBeyondChance(condition, look) !== false) return outcome;
  const have = outcome.samples ?? 0;
  return {...outcome, kind: 'undecided', why: 'within-chance', have, need: null, forecastMs: null};
}
