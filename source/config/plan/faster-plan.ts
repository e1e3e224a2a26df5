import type {Condition, Plan} from '../../release/plan.ts';

/** No window of a rehearsal is shorter, milliseconds, unless the plan's own is: in less, chance decides. */
const SHORTEST_WINDOW_MS = 10_000;
/** Requests a second, both sides together, that a window is made for: ordinary traffic. */
const ORDINARY_TRAFFIC = 200;
/** A window is so many times as long as the fewest requests take to come, so that a quiet moment does not empty it. */
const ROOM = 2;

/**
 * The same plan with all its times divided by `speed`: durations of phases, the steps of a ramp, windows of conditions, how
 * long guardrails must hold. For rehearsals. Its name says so; what steps and rollbacks may take stays as it is. The fewest
 * requests of a condition stay as they are, so its window stays long enough to hold them in the smallest phase at
 * ordinary traffic: else nothing could ever be judged, and nothing would go up. Traffic is no
 * faster and would show nothing in so short a phase: in a rehearsal the value and the fewest requests let it go up.
 * @param speed 1 or more
 */
export function fasterPlan(plan: Plan, speed: number): Plan {
  const shorter = (ms: number) => Math.round(ms / speed);
  const percents = plan.phases.map(({percent}) => percent).filter(percent => percent > 0);
  const everywhere = Math.min(100, ...percents);
  const faster = (condition: Condition, percent: number): Condition => ({
    ...condition,
    overMs: Math.max(Math.min(condition.overMs, neededMs(condition, percent)), shorter(condition.overMs)),
  });
  const rehearsed = (condition: Condition, percent: number): Condition => ({
    ...faster(condition, percent),
    proof: 'requests',
  });
  return {
    ...plan,
    name: `${plan.name}, ${speed} times as fast`,
    phases: plan.phases.map(phase => ({
      ...phase,
      durationMs: phase.durationMs === null ? null : shorter(phase.durationMs),
      criteria: phase.criteria.map(one => ({
        ...one,
        condition: rehearsed(one.condition, phase.percent > 0 ? phase.percent : everywhere),
      })),
    })),
    ramp: plan.ramp === null ? null : {...plan.ramp, everyMs: shorter(plan.ramp.everyMs)},
    guardrails: plan.guardrails.map(one => ({
      ...one,
      when: one.then === 'advance' ? rehearsed(one.when, everywhere) : faster(one.when, everywhere),
      forMs: shorter(one.forMs),
    })),
  };
}

/** How long a window must be to be judged at ordinary traffic, milliseconds. @param percent of it that gray gets */
function neededMs({minRequests}: Condition, percent: number): number {
  const perMs = (ORDINARY_TRAFFIC * percent) / 100_000;
  return Math.max(SHORTEST_WINDOW_MS, Math.ceil((ROOM * minRequests) / perMs / 1000) * 1000);
}
