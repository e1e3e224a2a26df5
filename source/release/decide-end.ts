import type {Command, Stamp} from './command.ts';
import type {Event} from './event.ts';
import {isName} from './name.ts';
import {accept, already, refuse, type Decision} from './refusal.ts';
import {isLive, type Release, type State} from './state.ts';
import {stepsOf} from './step.ts';
import {targetOf, wrongState} from './target.ts';
import {verdictGate} from './verdict-gate.ts';

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
  if ('decision' in target) return decideUnknownRollback(state, command.release) ?? target.decision;
  const {release} = target;
  if (isLive(release)) return accept(rollbackEvent(release, command));
  if (release.state === 'rolling_back') {
    if (release.next === null) return already('already-rolling-back');
    return accept({type: 'queued-start-cancelled', release: release.next.release, after: release.id});
  }
  if (release.state === 'rolled_back') return already('already-rolled-back');
  const sinceMs = command.at - (release.endedAt ?? 0);
  if (sinceMs <= release.plan.rollbackWindowMs) return accept(rollbackEvent(release, command));
  return refuse(
    'window-over',
    `${release.version} was completed longer ago than its rollback window`,
    `start a release of ${release.over ?? 'the older version'}`,
  );
}

/** A log that lost its head knows nothing of a release that routers may still serve: it is banned by name. */
function decideUnknownRollback(state: State, release: string): Decision | null {
  if (state.rolledBack.includes(release)) return already('already-rolled-back');
  const isKnown = state.past.some(past => past.id === release);
  return isKnown || !isName(release) ? null : accept({type: 'release-banned', release});
}

/** Everyone to prod, by the split of this very commit; then the steps, of which demotion makes sense only after promotion. */
export function rollbackEvent(release: Release, {at, reason}: Pick<Stamp, 'at' | 'reason'>): Event {
  const without = new Set(release.prodChanged ? [] : (['demote'] as const));
  const steps = stepsOf('rollback', release.plan, at, without);
  return {
    type: 'rollback-started',
    release: release.id,
    fromPercent: release.percent,
    reason: reason ?? null,
    steps,
  };
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
  const gate = wrongState(release, ['rolling', 'paused'], remedy) ?? verdictGate(release, command);
  return (
    gate ??
    accept({
      type: 'promotion-started',
      release: release.id,
      steps: stepsOf('promotion', release.plan, command.at),
    })
  );
}
