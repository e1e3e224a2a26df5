import type {Condition, Plan} from '../release/plan.ts';

/** A limit of the plan that can be drawn: beyond it the metric is bad. */
export interface Limit {
  /** In the metric's unit. */
  value: number;
  /** On which side of the value it is bad. */
  bad: 'above' | 'below';
  /** What happens then; a criterion only keeps the next phase closed. */
  then: 'rollback' | 'pause' | 'alert' | 'wait';
  /** It moves with what prod does: a multiple of it. */
  isRelative?: true;
}

const SEVERITY = {rollback: 3, pause: 2, alert: 1, wait: 0} as const;

/** Plans may say `response_time_avg` for the mean. */
function sameMetric(condition: Condition, name: string): boolean {
  return condition.metric === name || (condition.metric === 'response_time_avg' && name === 'response_time');
}

function limitOf(condition: Condition, then: Limit['then'], prod: number | null): Limit | null {
  if (condition.improvement) return null;
  const {threshold} = condition;
  const value = 'value' in threshold ? threshold.value : prod === null ? null : threshold.timesProd * prod;
  if (value === null) return null;
  const isUpward = condition.op === '>' || condition.op === '>=';
  // A guardrail names what is bad, a criterion what is good.
  const bad = isUpward === (then !== 'wait') ? 'above' : 'below';
  return {value, bad, then, ...('value' in threshold ? {} : {isRelative: true})};
}

/** Conditions of the plan on a metric in a phase, the most severe first. */
function conditionsOn(
  plan: Plan,
  phase: number,
  name: string,
): {condition: Condition; then: Limit['then']}[] {
  const guardrails = plan.guardrails.flatMap(({when, then}) =>
    then !== 'advance' && sameMetric(when, name) ? [{condition: when, then}] : [],
  );
  const criteria = (plan.phases[phase]?.criteria ?? [])
    .filter(({condition, dryRun}) => !dryRun && sameMetric(condition, name))
    .map(({condition}) => ({condition, then: 'wait'}) as const);
  return [...guardrails, ...criteria].sort((a, b) => SEVERITY[b.then] - SEVERITY[a.then]);
}

/** All limits the plan sets for a metric in a phase, the most severe first. `prod` is prod's value now. */
export function limitsOf(plan: Plan, phase: number, name: string, prod: number | null): Limit[] {
  return conditionsOn(plan, phase, name).flatMap(({condition, then}) => limitOf(condition, then, prod) ?? []);
}

/** Window that the most severe condition on a metric looks at, milliseconds; null: the plan has no condition on it. */
export function windowOfMetric(plan: Plan, phase: number, name: string): number | null {
  return (
    conditionsOn(plan, phase, name).find(({condition}) => !condition.improvement)?.condition.overMs ?? null
  );
}

/** Whether a value lies on the bad side. */
export function breaks(limit: Limit, value: number): boolean {
  return limit.bad === 'above' ? value > limit.value : value < limit.value;
}

/** Whether the guard acts on a broken limit; an alert only reports one. */
export function isActedOn({broken}: {broken: Limit | null}): boolean {
  return broken !== null && broken.then !== 'alert';
}
