import type {Command, Stamp} from '../command.ts';
import type {Event} from '../event.ts';
import {isId} from '../name.ts';
import {accept, already, refuse, type Decision} from '../refusal.ts';
import {isLive, type Release, type State, type StepName} from '../state.ts';
import {leavePhase} from '../phase-change.ts';
import {stepsOf} from '../step.ts';
import {targetOf, wrongState} from '../target.ts';
import {personGate, verdictGate} from '../verdict-gate.ts';

/** The two ways a release ends: everyone to prod as it was, or prod becomes the new version. */
export function decideEnd(
  state: State,
  command: Extract<Command, {type: 'rollback' | 'complete'}>,
): Decision {
  return command.type === 'rollback' ? decideRollback(state, command) : decideComplete(state, command);
}

/** Never refused for a release that lives, whoever asks and whatever else is going on. */
function decideRollback(state: State, command: Extract<Command, {type: 'rollback'}>): Decision {
  const target = targetOf(state, command.release);
  if ('decision' in target) return decideElsewhere(state, command) ?? target.decision;
  const {release} = target;
  if (isLive(release)) return accept(rollbackEvent(release, command));
  if (release.state === 'rolling_back') {
    // A person who says it again means everything; a guard that is late means only what it judged.
    if (release.next === null || command.by?.kind === 'guard') return already('already-rolling-back');
    return accept({type: 'queued-start-cancelled', release: release.next.release, after: release.id});
  }
  if (release.state === 'rolled_back') return already('already-rolled-back');
  const sinceMs = timeOf(command.at, release) - (release.endedAt ?? 0);
  if (sinceMs <= release.plan.rollbackWindowMs) return accept(rollbackEvent(release, command));
  if (command.isLatched === true) return banned(state, release.id);
  return refuse(
    'window-over',
    `${release.version} was completed longer ago than its rollback window`,
    `start a release of ${release.over ?? 'the older version'}`,
  );
}

/**
 * A release that is not the one at hand. One that waits for its start will never have it; one that a log knows nothing
 * of, having lost its head, may still be served by routers. Both are banned by name.
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

/** No router may serve it, now or ever. */
function banned({rolledBack}: State, id: string): Decision {
  return rolledBack.includes(id)
    ? already('already-rolled-back')
    : accept({type: 'release-banned', release: id});
}

/** A rollback is not refused for want of a clock: without one it happens when the release last moved. */
function timeOf(at: unknown, {splitChangedAt}: Release): number {
  return typeof at === 'number' && Number.isFinite(at) ? at : splitChangedAt;
}

/** Everyone to prod, by the split of this very commit; then the steps, of which demotion makes sense only after promotion. */
export function rollbackEvent(release: Release, {at, reason}: Pick<Stamp, 'at' | 'reason'>): Event {
  const steps = stepsOf('rollback', release.plan, timeOf(at, release), notToUndo(release));
  return {
    type: 'rollback-started',
    release: release.id,
    fromPercent: release.percent,
    reason: typeof reason === 'string' ? reason : null,
    steps,
  };
}

/**
 * Steps that would undo what was never done: prod was not changed, gray not deployed, no backup made. A restore without
 * its backup would bring an older one back.
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
  const {release} = target;
  if (release.state === 'completed' || release.state === 'promoting') return already('already-so');
  const remedy =
    release.state === 'failed'
      ? 'retry the failed step, or roll back'
      : 'only a rolling or paused release can be completed';
  const isDue = release.plan.complete === 'auto' && release.phase === release.plan.phases.length - 1;
  const gate =
    wrongState(release, ['rolling', 'paused'], remedy) ??
    (isDue ? null : personGate(command, 'completes by hand, or before the last phase')) ??
    verdictGate(release, command);
  const {plan, phase} = release;
  return gate ?? leavePhase(release, {to: plan.phases.length, left: {phase, criteria: []}}, command);
}
