import {changeOrTime, type WorkingLog} from '../controller/working-log.ts';
import type {Command, Intent, StepOutcome} from '../release/command.ts';
import type {Release, Step} from '../release/state.ts';
import {DEADLINE_AT_MOST_MS, overtakenSteps, stepDue} from '../release/step.ts';

/** Outcome of a step. `facts` are stored with it, for example routers confirmed and milliseconds taken. */
export interface Performed {
  /** `left`: not finished; it continues when it is begun again. */
  outcome: StepOutcome | 'left';
  error?: string;
  facts?: Record<string, number>;
}

export interface StepContext {
  release: Release;
  signal: AbortSignal;
}

/** Does one step, at least once: a successor may run it again after its deadline. */
export interface Performer {
  /** Most time that the step may take, milliseconds. After it a successor may take over. */
  deadlineMs: number | (() => Promise<number>);
  perform(step: Step, context: StepContext): Promise<Performed>;
}

export interface StepRunner {
  log: WorkingLog;
  /** Chooses the performer of a step; null fails the step. */
  performerOf(step: Step, release: Release): Performer | null;
  /** This process's name in the log. */
  actor: Command['by']['name'];
}

/** This process may not begin the due step, now or later. */
export class StepRefused extends Error {
  override readonly name = 'StepRefused';

  constructor(step: string, why = 'the log refused it') {
    super(`${step} cannot run here: ${why}`);
  }
}

/** Pause after a conflict or an unreachable store, milliseconds. */
const TRY_AGAIN_MS = 500;
/** Milliseconds for which an outcome is written again. */
const WRITE_FOR_MS = 30_000;

/**
 * Runs the due steps of a release until none is due or the signal aborts. Each step is journaled as intent
 * and outcome. A step that another process runs is waited for, and taken over after its deadline.
 * @throws StepRefused if this process may not begin the due step, and the errors of the log
 */
export async function runSteps(runner: StepRunner, releaseId: string, signal: AbortSignal): Promise<void> {
  const {log} = runner;
  while (!signal.aborted) {
    const {release} = log.state();
    if (release === null || release.id !== releaseId) return;
    const step = stepDue(release);
    if (step === null) return;
    const leftMs = leftOf(runner, release, step);
    if (leftMs > 0) {
      await changeOrTime(log, leftMs, signal);
      continue;
    }
    await runStep(runner, release, step, signal);
  }
}

/**
 * Milliseconds that another process may still be running this step, or one that a rollback has overtaken; 0
 * if none is.
 */
export function leftOf(
  {log, actor}: Pick<StepRunner, 'log' | 'actor'>,
  release: Release,
  step: Step,
): number {
  const busy = [step, ...overtakenSteps(release, step)].filter(
    one => one.state === 'running' && one.by !== actor,
  );
  return Math.max(0, ...busy.map(one => (one.deadline ?? 0) - log.now()));
}

async function runStep(runner: StepRunner, release: Release, step: Step, signal: AbortSignal): Promise<void> {
  const {log, performerOf} = runner;
  const before = log.state();
  const performer = performerOf(step, release);
  const deadlineMs = Math.min(await deadlineOf(performer), DEADLINE_AT_MOST_MS);
  const begun = await log.execute({type: 'begin-step', release: release.id, step: step.id, deadlineMs});
  if (begun.kind !== 'done') {
    // Another process was first, or the release has moved on.
    if (log.state() !== before) return;
    if (begun.kind === 'refused') throw new StepRefused(step.id, begun.refusal?.message);
    return changeOrTime(log, TRY_AGAIN_MS, signal);
  }
  const performed =
    performer === null
      ? withoutPerformer(step)
      : await untilOvertaken(performer, step, {release, signal}, runner);
  // A stopped runner leaves the step to a successor, because its outcome is unknown.
  const {outcome} = performed;
  const about = {release: release.id, step: step.id};
  if (outcome === 'left' || (signal.aborted && outcome !== 'done'))
    await write(runner, {type: 'leave-step', ...about}, signal);
  else await write(runner, {type: 'end-step', ...performed, ...about, outcome}, signal);
}

async function deadlineOf(performer: Performer | null): Promise<number> {
  if (performer === null) return 1000;
  const {deadlineMs} = performer;
  return typeof deadlineMs === 'number' ? deadlineMs : await deadlineMs();
}

/**
 * Writes the outcome of a step. A conflict or an outage of the store must not lead to a second run, so it is
 * written again as long as no other process has begun the step.
 */
async function write(
  {log, actor}: StepRunner,
  intent: Extract<Intent, {type: 'leave-step' | 'end-step'}>,
  signal: AbortSignal,
): Promise<void> {
  const until = performance.now() + WRITE_FOR_MS;
  const isOurs = () => {
    const step = log.state().release?.steps.find(({id}) => id === intent.step);
    return step?.state === 'running' && step.by === actor;
  };
  for (;;) {
    const isLast = signal.aborted || performance.now() > until;
    try {
      const {kind} = await log.execute(intent);
      if (kind !== 'conflict' || isLast) return;
    } catch (error) {
      if (isLast || !isOurs()) throw error;
    }
    await changeOrTime(log, TRY_AGAIN_MS, signal);
  }
}

/**
 * Runs a step, and stops it once a rollback, a pause or a takeover is seen. The effect must end before it is
 * undone. A log that is being read again from its start stops nothing.
 */
async function untilOvertaken(
  performer: Performer,
  step: Step,
  {release, signal}: StepContext,
  {log, actor}: StepRunner,
): Promise<Performed> {
  const overtaken = new AbortController();
  const look = () => {
    const now = log.state().release;
    if (now?.id !== release.id) return;
    const seen = now.steps.find(({id}) => id === step.id);
    const isLost = seen?.state === 'running' && (seen.by !== actor || stepDue(now)?.id !== step.id);
    if (isLost || seen?.state === 'skipped') overtaken.abort();
  };
  const unsubscribe = log.subscribe(look);
  look();
  try {
    return await attempt(performer, step, {release, signal: AbortSignal.any([signal, overtaken.signal])});
  } finally {
    unsubscribe();
  }
}

function withoutPerformer(step: Step): Performed {
  // Without a channel, a notification is no failure.
  if (step.name === 'notify') return {outcome: 'skipped'};
  return {outcome: 'failed', error: `this version of graydeck does not know the step ${step.name}`};
}

async function attempt(performer: Performer, step: Step, context: StepContext): Promise<Performed> {
  try {
    return await performer.perform(step, context);
  } catch (error) {
    return {outcome: 'failed', error: error instanceof Error ? error.message : String(error)};
  }
}
