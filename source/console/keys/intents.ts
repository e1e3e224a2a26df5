import type {Intent} from '../../release/command.ts';
import {stepFrom} from '../../release/split.ts';
import type {Release, Verdict} from '../../release/state.ts';
import type {Pending} from '../ui.ts';

/** The percentage one step up or down. */
export function oneStep(release: Release, direction: 'up' | 'down'): number {
  return stepFrom(release.percent, direction, release.plan.ramp?.stepPercent);
}

/** The intent with what the screen showed at that moment: a rollback keeps it as its cause. */
export function withSeen(intent: Intent, verdict: Verdict | null): Intent {
  if (intent.type !== 'rollback' || verdict === null) return intent;
  const {reasons, onset = null, footing = null} = verdict;
  return {...intent, seen: {reasons, onset, footing}};
}

/** The command that a `y` confirms; it names the release and what was on the screen when the key was pressed. */
export function intentOf(pending: Pending): Intent {
  switch (pending.action) {
    case 'rollback':
      return {type: 'rollback', release: pending.release};
    case 'raise':
      return {type: 'set', release: pending.release, percent: pending.to, from: pending.from};
    case 'next':
      return {type: 'next', release: pending.release, from: pending.phase};
    case 'approve':
      return {type: 'approve', release: pending.release, number: pending.number};
    case 'acknowledge':
      return {type: 'acknowledge', alert: pending.alert};
  }
}
