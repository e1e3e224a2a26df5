import type {Condition, Criterion, Plan} from '../../release/plan.ts';
import type {Release} from '../../release/state.ts';
import {judgeCondition} from './judge-condition.ts';
import {type Outcome, isMet} from './outcome.ts';
import {isBeyondChance, isRelative, prove} from './proof.ts';
import type {WindowReader} from './window-reader.ts';

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

/** A criterion of the phase, and what came of it. */
export interface CriterionReading {
  criterion: Criterion;
  outcome: Outcome;
}

export function judgeCriteria(criteria: readonly Criterion[], look: WindowReader): CriterionReading[] {
  return criteria.map(criterion => ({criterion, outcome: judgeForRaise(criterion.condition, look)}));
}

/** Those that keep the phase: dry runs never do. */
export function unmet(readings: readonly CriterionReading[]): CriterionReading[] {
  return readings.filter(({criterion, outcome}) => !criterion.dryRun && !isMet(outcome));
}

/**
 * Milliseconds until the last of the criteria that are not shown yet will be, at this traffic; null: none of them waits
 * for more, or one will never be.
 */
export function forecastOf(readings: readonly CriterionReading[]): number | null {
  const waits = unmet(readings).map(({outcome}) =>
    outcome.kind === 'undecided' ? outcome.forecastMs : null,
  );
  return waits.length === 0 || waits.includes(null) ? null : Math.max(...waits.map(ms => ms ?? 0));
}

/** As the log keeps it of a phase that is left: `next` carries it. What does not apply is written as held. */
export function criteriaLeft(readings: readonly CriterionReading[]): {text: string; outcome: string}[] {
  return readings.map(({criterion, outcome}) => ({
    text: criterion.condition.text,
    outcome: isMet(outcome) ? 'holds' : outcome.kind,
  }));
}

/** Earlier criteria that were not seen to hold when their phase was left; the entry gate of a later one asks. */
export function earlierUnmet(plan: Plan, phase: number, left: Release['left']): string[] {
  return plan.phases.slice(0, phase).flatMap(({criteria}, index) => {
    const seen = left.findLast(one => one.phase === index)?.criteria ?? [];
    return criteria
      .filter(({dryRun}) => !dryRun)
      .map(({condition}) => condition.text)
      .filter(text => !seen.some(one => one.text === text && one.outcome === 'holds'));
  });
}
