import type {Command} from '../command.ts';
import {firstPhase, startEvents} from './start.ts';
import type {Event} from '../event.ts';
import {hooksDone} from '../phase-change.ts';
import {accept, already, refuse, type Decision} from '../refusal.ts';
import type {Release, RunName, State, Step} from '../state.ts';
import {
  DEADLINE_AT_MOST_MS,
  failedStep,
  hasEnded,
  overtakenSteps,
  stepDue,
  stepsLeft,
  stopsRun,
} from '../step.ts';
import {targetOf} from '../target.ts';
import {startOf} from '../well-formed.ts';

/** Characters of an error that are kept: a log is no place for the output of a hook. */
const ERROR_AT_MOST = 2000;
const REASON_AT_MOST = 300;

const cut = (error: string | undefined): string | null =>
  error === undefined ? null : startOf(error, ERROR_AT_MOST);

type StepCommand = Extract<Command, {type: 'retry' | 'begin-step' | 'leave-step' | 'end-step'}>;

/** The journal of effects: intent before, outcome after, in order; a successor may begin what ran out. */
export function decideStep(state: State, command: StepCommand): Decision {
  const target = targetOf(state, command.release);
  if ('decision' in target) return target.decision;
  const {release} = target;
  if (command.type === 'retry') return decideRetry(release, command.step);
  const step = release.steps.find(one => one.id === command.step);
  if (step === undefined)
    return refuse('unknown-step', `there is no step ${command.step}`, 'graydeck status lists the steps');
  switch (command.type) {
    case 'begin-step':
      return decideBegin(release, step, command);
    case 'leave-step':
      return decideLeave(release, step, command);
    case 'end-step':
      return decideOutcome(release, step, command);
  }
}

/** Runs whose steps may be tried again in this state; a rollback can never lead back to an earlier run. */
function retryable(release: Release): RunName[] {
  switch (release.state) {
    case 'failed':
      return ['deploy', 'promotion'];
    case 'completed':
      return ['promotion'];
    case 'rolling_back':
    case 'rolled_back':
      return ['rollback'];
    case 'deploying':
    case 'rolling':
    case 'paused':
    case 'promoting':
      return [];
  }
}

function decideRetry(release: Release, id?: string): Decision {
  const step = failedStep(release, id);
  if (step?.run === 'phase') {
    return refuse(
      'no-failed-step',
      `${step.id} is a step into a phase that was not entered`,
      'graydeck resume, then graydeck next',
    );
  }
  if (step === null || !retryable(release).includes(step.run)) {
    return refuse(
      'no-failed-step',
      'no step has failed that could be tried again',
      'graydeck status lists the steps',
    );
  }
  return accept({type: 'step-retried', release: release.id, step: step.id});
}

function decideBegin(
  release: Release,
  step: Step,
  {at, by, deadlineMs}: Extract<Command, {type: 'begin-step'}>,
): Decision {
  if (hasEnded(step)) return already('already-so');
  if (deadlineMs < 0 || deadlineMs > DEADLINE_AT_MOST_MS) {
    return refuse('bad-input', `${deadlineMs} ms is no deadline`, 'a time of at most a day');
  }
  const due = stepDue(release);
  if (due?.id !== step.id) {
    return refuse(
      'step-order',
      `${step.id} is not due${due === null ? '' : `: ${due.id} is`}`,
      'run the steps in order',
    );
  }
  const busy = [step, ...overtakenSteps(release, step)].find(
    one => one.state === 'running' && one.by !== by.name && at < (one.deadline ?? 0),
  );
  if (busy) {
    return refuse(
      'step-running',
      `${busy.by ?? 'somebody'} is running ${busy.id}`,
      'wait until its deadline has passed',
    );
  }
  return accept({
    type: 'step-started',
    release: release.id,
    step: step.id,
    deadline: at + deadlineMs,
  });
}

/** Only the one who runs it may: nobody else knows that it has been stopped. */
function decideLeave(release: Release, step: Step, {by}: Extract<Command, {type: 'leave-step'}>): Decision {
  if (step.state !== 'running') return already('already-so');
  if (step.by !== by.name) {
    return refuse(
      'step-running',
      `${step.by ?? 'somebody'} has taken ${step.id} over`,
      'wait until its deadline has passed',
    );
  }
  // A step of a run that a rollback has overtaken is nobody's turn any more: to make it due again would go back.
  if (stepDue(release)?.id !== step.id) return already('already-so');
  return accept({type: 'step-retried', release: release.id, step: step.id});
}

function decideOutcome(
  release: Release,
  step: Step,
  command: Extract<Command, {type: 'end-step'}>,
): Decision {
  if (hasEnded(step)) return already('already-so');
  if (step.state !== 'running')
    return refuse('step-order', `${step.id} has not been begun`, 'begin it first: an effect is never untold');
  if (step.by !== command.by.name) {
    return refuse(
      'step-running',
      `${step.by ?? 'somebody'} has taken ${step.id} over`,
      'its outcome is told by whoever runs it now',
    );
  }
  const ended: Event = {
    type: 'step-ended',
    release: release.id,
    step: step.id,
    outcome: command.outcome,
    error: cut(command.error),
    facts: command.facts ?? {},
  };
  return accept(ended, ...consequences(release, step, command));
}

/** What follows when this was the step everybody waited for. */
function consequences(
  release: Release,
  step: Step,
  {outcome, error, at}: Extract<Command, {type: 'end-step'}>,
): Event[] {
  // The outcome of a run that a rollback has overtaken is kept, and changes nothing.
  if (stepDue(release)?.id !== step.id) return [];
  if (outcome === 'failed' && step.run === 'phase') {
    const reason = `${step.id} failed${error === undefined ? '' : `: ${error}`}`;
    return [{type: 'release-paused', release: release.id, reason: startOf(reason, REASON_AT_MOST)}];
  }
  if (outcome === 'failed' && stopsRun(step)) {
    return [
      {
        type: 'release-failed',
        release: release.id,
        step: step.id,
        error: cut(error),
      },
    ];
  }
  if (stepsLeft(release).length > 1) return [];
  switch (step.run) {
    case 'deploy':
      return [firstPhase(release.id, release.plan)];
    case 'phase':
      return hooksDone(release, at);
    case 'promotion':
      return [{type: 'release-completed', release: release.id}];
    case 'rollback':
      return [
        {type: 'release-rolled-back', release: release.id},
        ...(release.next === null ? [] : startEvents(release.next, at)),
      ];
  }
}
