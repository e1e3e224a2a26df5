import type {HookName, Plan} from './plan.ts';
import type {Release, RunName, Step, StepName} from './state.ts';

/**
 * Output of a step that is too long for the log: the end of a hook's output, or the rollback snapshot as
 * JSON.
 */
export interface StepOutput {
  release: string;
  /** For example `deploy.backup`. */
  step: string;
  /** Number of the attempt, from 1. */
  attempt: number;
  /** Its output, or the end of it. */
  text: string;
  /** Its standard output alone, for the step that undoes it; null if no step needs it. */
  result: string | null;
}

/** An output as the store keeps it. */
export interface KeptOutput extends StepOutput {
  /** The store's clock when it was written, milliseconds since 1970. */
  at: number;
}

/** Longest deadline of a step, milliseconds. */
export const DEADLINE_AT_MOST_MS = 24 * 3600_000;

/** The steps of each run, in order, and the hook that does each. Graydeck does the `own` steps. */
const RUNS: Record<Exclude<RunName, 'phase'>, readonly {name: StepName; hook: HookName | 'own'}[]> = {
  deploy: [
    {name: 'backup', hook: 'backup'},
    {name: 'deploy', hook: 'deploy'},
  ],
  promotion: [
    {name: 'traffic', hook: 'own'},
    {name: 'promote', hook: 'promote'},
    {name: 'verify', hook: 'verify'},
    {name: 'traffic-to-prod', hook: 'own'},
    {name: 'cleanup', hook: 'cleanup'},
  ],
  rollback: [
    {name: 'traffic', hook: 'own'},
    {name: 'demote', hook: 'demote'},
    {name: 'stop', hook: 'stop'},
    {name: 'restore', hook: 'restore'},
    {name: 'notify', hook: 'own'},
    {name: 'snapshot', hook: 'own'},
  ],
};

/** The steps of a run under a plan. A step without a hook is `skipped` from the start, never `done`. */
export function stepsOf(
  run: Exclude<RunName, 'phase'>,
  plan: Plan,
  at: number,
  without: ReadonlySet<StepName> = new Set(),
): Step[] {
  const steps = RUNS[run].map(({name, hook}) => {
    const isDone = hook === 'own' || (plan.hooks[hook] !== undefined && !without.has(name));
    const step = newStep({id: `${run}.${name}`, run, name});
    return isDone ? step : skipped(step, at);
  });
  // Deployment leads into the first phase.
  const hasBefore = run === 'deploy' && plan.phases[0]?.before !== undefined;
  return hasBefore ? [...steps, newStep({id: 'deploy.before', run, name: 'before'})] : steps;
}

/** Returns a step that has not begun. */
export function newStep(about: Pick<Step, 'id' | 'run' | 'name'>): Step {
  return {
    ...about,
    state: 'pending',
    attempts: 0,
    startedAt: null,
    deadline: null,
    endedAt: null,
    by: null,
    error: null,
    facts: {},
  };
}

export function skipped(step: Step, at: number): Step {
  return {...step, state: 'skipped', endedAt: at};
}

export function hasEnded(step: Step): boolean {
  return step.state === 'done' || step.state === 'failed' || step.state === 'skipped';
}

/** The run of steps in this state of the release; null if no steps are due. */
export function currentRun(release: Release): RunName | null {
  switch (release.state) {
    case 'deploying':
      return 'deploy';
    case 'promoting':
      return 'promotion';
    case 'rolling_back':
      return 'rollback';
    case 'rolling':
      return release.opening === null ? null : 'phase';
    case 'paused':
    case 'completed':
    case 'rolled_back':
    case 'failed':
      return null;
  }
}

/** Whether a step belongs to the current run, and not to one that was overtaken. */
export function isCurrent(release: Release, {id, run}: Step): boolean {
  if (run !== currentRun(release)) return false;
  return run !== 'phase' || release.opening?.steps.includes(id) === true;
}

/** The steps of the current run that have not ended, in order. */
export function stepsLeft(release: Release): Step[] {
  return release.steps.filter(step => isCurrent(release, step) && !hasEnded(step));
}

/** The next step: the first of the current run that has not ended; null if none is left. */
export function stepDue(release: Release): Step | null {
  return stepsLeft(release)[0] ?? null;
}

/**
 * Steps that may still be running although a rollback, a pause or another move has overtaken them. The next
 * step waits for them, because it may touch what they change. Traffic steps wait for none, and no step waits
 * for a gate.
 */
export function overtakenSteps(release: Release, due: Step): Step[] {
  if (isTraffic(due)) return [];
  return release.steps.filter(one => one.id !== due.id && one.state === 'running' && !onlyLooks(one));
}

/** Whether a step only waits for routers or asks a gate, and changes nothing. */
function onlyLooks(step: Step): boolean {
  return isTraffic(step) || step.name === 'confirm';
}

function isTraffic({name}: Step): boolean {
  return name === 'traffic' || name === 'traffic-to-prod';
}

/**
 * Whether a failure of this step stops its run. A rollback continues after any failure, and a failed clean-up
 * undoes nothing.
 */
export function stopsRun(step: Step): boolean {
  return step.run !== 'rollback' && step.name !== 'cleanup';
}

/** The step that a retry repeats: the last one that failed. */
export function failedStep(release: Release, id?: string): Step | null {
  return (
    release.steps.findLast(step => step.state === 'failed' && (id === undefined || step.id === id)) ?? null
  );
}
