import type {Command} from '../command.ts';
import {decideAlert} from './alert.ts';
import {firstPhase, startEvents, starterOf} from './start.ts';
import type {Event} from '../event.ts';
import {closedGate, gateAlert, gateKey} from '../gate.ts';
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

/** Most characters of an error in the log. */
const ERROR_AT_MOST = 2000;
const REASON_AT_MOST = 300;
/** Characters of a gate's words that are kept. */
const WORDS_AT_MOST = 500;

const cut = (error: string | undefined): string | null =>
  error === undefined ? null : startOf(error, ERROR_AT_MOST);

type StepCommand = Extract<Command, {type: 'retry' | 'begin-step' | 'leave-step' | 'end-step' | 'tell-gate'}>;

/**
 * Decides the commands about steps: intent first, outcome later, in order. A successor may begin a step whose
 * deadline has passed.
 */
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
      return decideOutcome(state, release, step, command);
    case 'tell-gate':
      return decideGate(state, release, step, command);
  }
}

/** Runs whose failed steps may be retried in this state. After a rollback, no earlier run continues. */
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
      'no failed step can be retried in this state',
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
    return refuse(
      'bad-input',
      `${deadlineMs} ms is not 0 to ${DEADLINE_AT_MOST_MS} ms`,
      'give a deadline of at most a day',
    );
  }
  const due = stepDue(release);
  if (due?.id !== step.id) {
    return refuse(
      'step-order',
      `${step.id} is not due${due === null ? '' : `, ${due.id} is`}`,
      'run the steps in order',
    );
  }
  const busy = [step, ...overtakenSteps(release, step)].find(
    one => one.state === 'running' && one.by !== by.name && at < (one.deadline ?? 0),
  );
  if (busy) {
    return refuse(
      'step-running',
      `${busy.by ?? 'another process'} is running ${busy.id}`,
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

/** Decides whether a step is left without an outcome. Only its runner knows that it has stopped. */
function decideLeave(release: Release, step: Step, {by}: Extract<Command, {type: 'leave-step'}>): Decision {
  if (step.state !== 'running') return already('already-so');
  if (step.by !== by.name) {
    return refuse(
      'step-running',
      `${step.by ?? 'another process'} has taken over ${step.id}`,
      'wait until its deadline has passed',
    );
  }
  // A step of an overtaken run must not become due again.
  if (stepDue(release)?.id !== step.id) return already('already-so');
  return accept({type: 'step-retried', release: release.id, step: step.id});
}

/** Keeps what a closed gate says, and raises the alert once it is due. */
function decideGate(
  state: State,
  release: Release,
  step: Step,
  command: Extract<Command, {type: 'tell-gate'}>,
): Decision {
  const words = startOf(command.words, WORDS_AT_MOST);
  if (closedGate(release)?.step.id !== step.id) return already('already-so');
  const told: Event[] =
    words === (step.words ?? '')
      ? []
      : [{type: 'gate-closed', ignorable: true, release: release.id, step: step.id, words}];
  const steps = release.steps.map(one => (one.id === step.id ? {...one, words} : one));
  const due = gateAlert({...release, steps}, command.at);
  const isOpen = state.alerts.some(({key, resolvedAt}) => key === due?.key && resolvedAt === null);
  if (due === null || isOpen) return told.length === 0 ? already('already-so') : accept(...told);
  const raised = decideAlert(state, {...command, type: 'alert', ...due});
  return raised.ok ? accept(...told, ...raised.events) : raised;
}

function decideOutcome(
  state: State,
  release: Release,
  step: Step,
  command: Extract<Command, {type: 'end-step'}>,
): Decision {
  if (hasEnded(step)) return already('already-so');
  if (step.state !== 'running')
    return refuse('step-order', `${step.id} has not begun`, 'begin the step first');
  if (step.by !== command.by.name) {
    return refuse(
      'step-running',
      `${step.by ?? 'another process'} has taken over ${step.id}`,
      'the process that runs the step now writes its outcome',
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
  const over = state.alerts.find(
    ({key, resolvedAt}) => key === gateKey(release, step) && resolvedAt === null,
  );
  const resolved: Event[] = over === undefined ? [] : [{type: 'alert-resolved', alert: over.id}];
  return accept(ended, ...resolved, ...consequences(state, release, step, command));
}

/** Events that follow from the outcome of the step that was due. */
function consequences(
  {unknownEvent}: State,
  release: Release,
  step: Step,
  command: Extract<Command, {type: 'end-step'}>,
): Event[] {
  const {outcome, error} = command;
  // The outcome of an overtaken step is recorded and changes nothing else.
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
      return firstPhase(release, starterOf(release), command);
    case 'phase':
      return hooksDone(release, command);
    case 'promotion':
      return [{type: 'release-completed', release: release.id}];
    case 'rollback':
      return [
        {type: 'release-rolled-back', release: release.id},
        // A release does not start on a log that this version cannot read.
        ...(release.next === null || unknownEvent !== null
          ? []
          : startEvents(release.next, starterOf(release.next), command)),
      ];
  }
}
