import type {Plan} from '../../release/plan.ts';
import type {Release} from '../../release/state.ts';
import {PHASE_AT_MOST_MS} from './window-reader.ts';

/**
 * How far back anything of a release is looked at now, milliseconds: the longest window of its plan, or its phase, where
 * that has to show something. A phase counts in powers of two, so that what is kept grows seldom.
 * @param now the store's clock, milliseconds since 1970
 */
export function longestLookMs({plan, phaseEnteredAt, startedAt}: LookedAt, now: number): number {
  const longest = longestWindowMs(plan);
  if (!hasToShow(plan)) return longest;
  const ranMs = Math.max(1, now - (phaseEnteredAt ?? startedAt));
  return Math.max(longest, Math.min(PHASE_AT_MOST_MS, 2 ** Math.ceil(Math.log2(ranMs))));
}

/** Whether a release goes up by what its phase has shown. */
export function hasToShow({guardrails, phases}: Pick<Plan, 'guardrails' | 'phases'>): boolean {
  return guardrails.some(({then}) => then === 'advance') || phases.some(({criteria}) => criteria.length > 0);
}

type LookedAt = Pick<Release, 'plan' | 'phaseEnteredAt' | 'startedAt'>;

/** The longest window that a condition of the plan looks at, milliseconds; 0 without conditions. */
export function longestWindowMs({guardrails, phases}: Plan): number {
  const conditions = [
    ...guardrails.map(({when}) => when),
    ...phases.flatMap(({criteria}) => criteria.map(({condition}) => condition)),
  ];
  return Math.max(0, ...conditions.map(({overMs}) => overMs));
}
