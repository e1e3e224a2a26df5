import type {Plan} from '../../release/plan.ts';

/** The longest window that a condition of the plan looks at, milliseconds; 0 without conditions. */
export function longestWindowMs({guardrails, phases}: Plan): number {
  const conditions = [
    ...guardrails.map(({when}) => when),
    ...phases.flatMap(({criteria}) => criteria.map(({condition}) => condition)),
  ];
  return Math.max(0, ...conditions.map(({overMs}) => overMs));
}
