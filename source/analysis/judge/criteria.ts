import type {Criterion, Plan} from '../../release/plan.ts';
import type {Release} from '../../release/state.ts';
import {judgeForRaise} from './judge-raise.ts';
import type {WindowReader} from './window-reader.ts';
import {isMet, type Outcome} from './outcome.ts';

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
