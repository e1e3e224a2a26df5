import {changeOrTime, type WorkingLog} from '../controller/working-log.ts';
import type {Command, Intent, StepOutcome} from '../release/command.ts';
import type {Release, Step} from '../release/state.ts';
import {DEADLINE_AT_MOST_MS, overtakenSteps, stepDue} from '../release/step.ts';

/** What came of a step. Numbers in `facts` are kept with it: routers confirmed, milliseconds taken. */
export interface Performed {
  /** `left`: it is not over, and goes on when it is begun again. */
  outcome: StepOutcome | 'left';
  error?: string;
  facts?: Record<string, number>;
}

export interface StepContext {
  release: Release;
  signal: AbortSignal;
}

/** Does one step. Runs at least once: a successor may run it again after its deadline. */
export interface Performer {
  /** How long it may take, perhaps to be found out first; after that a successor may take it over. Milliseconds. */
  deadlineMs: number | (() => Promise<number>);
  perform(step: Step, context: StepContext): Promise<Performed>;
}

export interface StepRunner {
  log: WorkingLog;
  /** Who is asked to do a step; a step for which there is nobody fails by that name. */
  performerOf(step: Step, release: Release): Performer | null;
  /** This process's name in the log, as its commands carry it. */
  actor: Command['by']['name'];
}

/** The step that is due may not be begun by this process, now or later. */
export class StepRefused extends Error {
  override readonly name = 'StepRefused';

  constructor(step: string, why = 'it was refused') {
    super(`${step} cannot be run here: ${why}`);
  }
}

/** Between two tries to write what others, or a store that is away, kept from being written; milliseconds. */
const TRY_AGAIN_MS = 500;
/** So long it is tried to tell what has come of a step, in milliseconds. */
const TELL_FOR_MS = 30_000;

/**
 * Runs the due steps of a release, each journaled as intent and outcome, until none is due or the signal aborts.
 * A step that somebody else is running is waited for, and taken over once its deadline has passed.
 * @throws StepRefused where this process may not begin what is due, and what the log throws.
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
 * How long somebody else may still be at this step, or at one of a run that a rollback has overtaken, in milliseconds; 0:
 * nobody is.
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
    // Somebody else was first, or the release has moved on: look again.
    if (log.state() !== before) return;
    if (begun.kind === 'refused') throw new StepRefused(step.id, begun.refusal?.message);
    return changeOrTime(log, TRY_AGAIN_MS, signal);
  }
  const performed =
    performer === null ? nobody(step) : await untilOvertaken(performer, step, {release, signal}, runner);
  // A runner that is told to stop leaves the step to a successor: it was begun, and nobody knows its outcome.
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
 * Writes what has come of a step. What was done once must not be done again because others wrote at the same moment or
 * the store was away for one: as long as nobody else has begun the step, it is tried again.
 */
async function write(
  {log, actor}: StepRunner,
  intent: Extract<Intent, {type: 'leave-step' | 'end-step'}>,
  signal: AbortSignal,
): Promise<void> {
  const until = performance.now() + TELL_FOR_MS;
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
 * What a rollback or a pause has overtaken goes no further: what it does to the world is stopped before that is undone. So is
 * what somebody else has taken over. Only what is seen counts: a log that is read again from its start says nothing.
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

function nobody(step: Step): Performed {
  // A message for which there is no channel is nobody's failure.
  if (step.name === 'notify') return {outcome: 'skipped'};
  return {outcome: 'failed', error: `this version of graydeck cannot do ${step.name}`};
}

async function attempt(performer: Performer, step: Step, context: StepContext): Promise<Performed> {
  try {
    return await performer.perform(step, context);
  } catch (error) {
    return {outcome: 'failed', error: error instanceof Error ? error.message : String(error)};
  }
}
