import {causeOf} from '../cause.ts';
import type {Command, Stamp} from '../command.ts';
import type {Event} from '../event.ts';
import {withApproval} from '../approval.ts';
import {isId} from '../name.ts';
import {personGate, raiseGate, verdictGate} from '../guard-gates.ts';
import {accept, already, refuse, type Decision} from '../refusal.ts';
import {isLive, type Release, type State, type StepName} from '../state.ts';
import {leavePhase} from '../phase-change.ts';
import {stepsOf} from '../step.ts';
import {targetOf, wrongState} from '../target.ts';

/** Decides the two ends of a release: rollback, or promotion. */
export function decideEnd(
  state: State,
  command: Extract<Command, {type: 'rollback' | 'complete'}>,
): Decision {
  return command.type === 'rollback' ? decideRollback(state, command) : decideComplete(state, command);
}

/**
 * Decides a rollback. It is never refused for a live release, whatever the actor and the other fields are.
 */
function decideRollback(state: State, command: Extract<Command, {type: 'rollback'}>): Decision {
  const target = targetOf(state, command.release);
  if ('decision' in target) return decideElsewhere(state, command) ?? target.decision;
  const {release} = target;
  if (isLive(release)) return accept(rollbackEvent(release, command));
  if (release.state === 'rolling_back') {
    // A person's second rollback also cancels the queued start. A late guard means only the release that it
    // judged.
    if (release.next === null || command.by?.kind === 'guard') return already('already-rolling-back');
    return accept({type: 'queued-start-cancelled', release: release.next.release, after: release.id});
  }
  if (release.state === 'rolled_back') return already('already-rolled-back');
  const sinceMs = timeOf(command.at, release) - (release.endedAt ?? 0);
  if (sinceMs <= release.plan.rollbackWindowMs) return accept(rollbackEvent(release, command));
  if (command.isLatched === true) return banned(state, release.id);
  return refuse(
    'window-over',
    `the rollback window of ${release.version} is over`,
    `start a release of ${release.over ?? 'the older version'}`,
  );
}

/**
 * Decides a rollback of a release that is not the current one. A queued start is cancelled. A release that
 * the log does not know may still be served by routers, if the log lost its beginning. Both are banned by
 * their id.
 */
function decideElsewhere(
  state: State,
  {release: id, isLatched}: Extract<Command, {type: 'rollback'}>,
): Decision | null {
  if (state.release?.next?.release === id && !state.rolledBack.includes(id)) {
    const cancelled: Event = {type: 'queued-start-cancelled', release: id, after: state.release.id};
    return accept(cancelled, {type: 'release-banned', release: id});
  }
  const isKnown = state.past.some(past => past.id === id) && isLatched !== true;
  return !state.rolledBack.includes(id) && (isKnown || !isId(id)) ? null : banned(state, id);
}

/** Bans a release: no router may serve it, now or later. */
function banned({rolledBack}: State, id: string): Decision {
  return rolledBack.includes(id)
    ? already('already-rolled-back')
    : accept({type: 'release-banned', release: id});
}

/**
 * Time of a rollback. Without a valid time it is when the split last changed, because a missing clock must
 * not prevent a rollback.
 */
function timeOf(at: unknown, {splitChangedAt}: Release): number {
  return typeof at === 'number' && Number.isFinite(at) ? at : splitChangedAt;
}

/** The event of a rollback. The split of its commit sends every user to prod; the steps follow. */
export function rollbackEvent(
  release: Release,
  {at, reason, seen}: Pick<Stamp, 'at' | 'reason'> & {seen?: unknown},
): Event {
  const cause = causeOf(release, seen);
  const steps = stepsOf('rollback', release.plan, timeOf(at, release), notToUndo(release));
  return {
    type: 'rollback-started',
    release: release.id,
    fromPercent: release.percent,
    reason: typeof reason === 'string' ? reason : null,
    steps,
    ...(cause === null ? {} : {cause}),
  };
}

/**
 * Steps of a rollback that would undo nothing: prod was not changed, gray not deployed, no backup made. A
 * restore without this release's backup would restore an older one.
 */
function notToUndo({prodChanged, plan, steps}: Release): ReadonlySet<StepName> {
  const stepOf = (name: StepName) => steps.find(step => step.run === 'deploy' && step.name === name);
  const isNotDeployed = plan.hooks.deploy !== undefined && stepOf('deploy')?.attempts === 0;
  const isNotBackedUp = plan.hooks.backup !== undefined && stepOf('backup')?.state !== 'done';
  return new Set<StepName>([
    ...(prodChanged ? [] : (['demote'] as const)),
    ...(isNotDeployed ? (['stop'] as const) : []),
    ...(isNotBackedUp ? (['restore'] as const) : []),
  ]);
}

function decideComplete(state: State, command: Extract<Command, {type: 'complete'}>): Decision {
  const target = targetOf(state, command.release);
  if ('decision' in target) return target.decision;
  return decideCompletion(target.release, command);
}

/** Promotion, of a release that is at hand. */
export function decideCompletion(release: Release, command: Extract<Command, {type: 'complete'}>): Decision {
  if (release.state === 'completed' || release.state === 'promoting') return already('already-so');
  const remedy =
    release.state === 'failed'
      ? 'retry the failed step, or roll back'
      : 'only a rolling or paused release can be completed';
  const isDue = release.plan.complete === 'auto' && release.phase === release.plan.phases.length - 1;
  const gate =
    wrongState(release, ['rolling', 'paused'], remedy) ??
    (isDue ? null : personGate(command, 'completes a release by hand or before the last phase')) ??
    raiseGate(release, command) ??
    verdictGate(release, command);
  if (gate !== null) return gate;
  const {plan, phase, opening} = release;
  const to = plan.phases.length;
  const left = leavePhase(release, {to, left: {phase, criteria: []}}, command);
  // What is under way was approved when it began.
  return opening?.to === to ? left : withApproval(release, command, {type: 'complete'}, left);
}
