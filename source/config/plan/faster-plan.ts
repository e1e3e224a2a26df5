import type {Condition, Plan} from '../../release/plan.ts';

/** Windows hold whole seconds: a condition looks back on one at least. */
const SHORTEST_WINDOW_MS = 1000;

/**
 * The same plan with all its times divided by `speed`: durations of phases, the steps of a ramp, windows of conditions, how
 * long guardrails must hold. For rehearsals. Its name says so; what steps and rollbacks may take stays as it is. Traffic is
 * no faster and would show nothing in so short a phase: in a rehearsal the value and the fewest requests let it go up.
 * @param speed 1 or more
 */
export function fasterPlan(plan: Plan, speed: number): Plan {
  const shorter = (ms: number) => Math.round(ms / speed);
  const faster = (condition: Condition): Condition => ({
    ...condition,
    overMs: Math.max(Math.min(condition.overMs, SHORTEST_WINDOW_MS), shorter(condition.overMs)),
  });
  const rehearsed = (condition: Condition): Condition => ({...faster(condition), proof: 'requests'});
  return {
    ...plan,
    name: `${plan.name}, ${speed} times as fast`,
    phases: plan.phases.map(phase => ({
      ...phase,
      durationMs: phase.durationMs === null ? null : shorter(phase.durationMs),
      criteria: phase.criteria.map(one => ({...one, condition: rehearsed(one.condition)})),
    })),
    ramp: plan.ramp === null ? null : {...plan.ramp, everyMs: shorter(plan.ramp.everyMs)},
    guardrails: plan.guardrails.map(one => ({
      ...one,
      when: one.then === 'advance' ? rehearsed(one.when) : faster(one.when),
      forMs: shorter(one.forMs),
    })),
  };
}
