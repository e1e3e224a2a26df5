import type {Command, Intent, StepOutcome} from '../release/command.ts';
import type {Release, State, Step} from '../release/state.ts';
import {stepDue} from '../release/step.ts';

/** What came of a step. Numbers in `facts` are kept with it: routers confirmed, milliseconds taken. */
export interface Performed {
  outcome: StepOutcome;
  error?: string;
  facts?: Record<string, number>;
}

export interface StepContext {
  release: Release;
  signal: AbortSignal;
}

/** Does one step. Runs at least once: a successor may run it again after its deadline. */
export interface Performer {
  /** How long it may take; after that a successor may take it over. Milliseconds. */
  deadlineMs: number;
  perform(step: Step, context: StepContext): Promise<Performed>;
}

/** What a runner needs of a controller. */
export interface StepLog {
  state(): State;
  subscribe(listener: () => void): () => void;
  now(): number;
  execute(intent: Intent): Promise<{kind: string}>;
}

export interface StepRunner {
  log: StepLog;
  /** Who is asked to do a step; a step for which there is nobody fails by that name. */
  performerOf(step: Step, release: Release): Performer | null;
  /** This process's name in the log, as its commands carry it. */
  actor: Command['by']['name'];
}

/**
 * Runs the due steps of a release, each journaled as intent and outcome, until none is due or the signal aborts.
 * A step that somebody else is running is waited for, and taken over once its deadline has passed.
 */
export async function runSteps(runner: StepRunner, releaseId: string, signal: AbortSignal): Promise<void> {
  const {log} = runner;
  while (!signal.aborted) {
    const {release} = log.state();
    if (release === null || release.id !== releaseId) return;
    const step = stepDue(release);
    if (step === null) return;
    const leftMs = (step.deadline ?? 0) - log.now();
    if (step.state === 'running' && step.by !== runner.actor && leftMs > 0) {
      await changeOrTime(log, leftMs, signal);
      continue;
    }
    await runStep(runner, release, step, signal);
  }
}

async function runStep(
  {log, performerOf}: StepRunner,
  release: Release,
  step: Step,
  signal: AbortSignal,
): Promise<void> {
  const performer = performerOf(step, release);
  const begun = await log.execute({
    type: 'begin-step',
    release: release.id,
    step: step.id,
    deadlineMs: performer?.deadlineMs ?? 1000,
  });
  // Somebody else was first, or the release has moved on: look again.
  if (begun.kind !== 'done') return;
  const performed = performer === null ? nobody(step) : await attempt(performer, step, {release, signal});
  // A runner that is told to stop leaves the step to a successor: it was begun, and nobody knows its outcome.
  const isLeft = signal.aborted && performed.outcome !== 'done';
  const told = isLeft ? {type: 'leave-step' as const} : {type: 'end-step' as const, ...performed};
  await log.execute({...told, release: release.id, step: step.id});
}

function nobody(step: Step): Performed {
  return {outcome: 'failed', error: `this version of graydeck cannot do ${step.name}`};
}

async function attempt(performer: Performer, step: Step, context: StepContext): Promise<Performed> {
  try {
    return await performer.perform(step, context);
  } catch (error) {
    return {outcome: 'failed', error: error instanceof Error ? error.message : String(error)};
  }
}

/** Waits for news, at most this long. */
export function changeOrTime(
  log: Pick<StepLog, 'subscribe'>,
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      unsubscribe();
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const unsubscribe = log.subscribe(done);
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
