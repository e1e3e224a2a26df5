import type {Wish} from './approval.ts';
import type {Intent} from './command.ts';
import type {Release} from './state.ts';

/**
 * What a caller repeats before a command that may bring gray to more users: the percent that follows, or the version
 * where that is 100 %. Null: the command exposes no further user.
 */
export function confirmationFor(intent: Intent, release: Release | null): number | string | null {
  if (intent.type === 'start') return orVersion(intent.plan.phases[0]?.percent ?? 0, intent.version);
  if (release === null) return null;
  switch (intent.type) {
    case 'approve':
      return release.approval === null ? null : confirmationOf(release.approval.wish, release);
    case 'set':
      return confirmationOf({type: 'set', percent: intent.percent, from: release.percent}, release);
    case 'next':
      return confirmationOf({type: 'next', from: intent.from, criteria: []}, release);
    case 'complete':
    case 'enable':
      return confirmationOf({type: intent.type}, release);
    case 'include':
    case 'remove':
      return confirmationOf({type: intent.type, user: intent.user}, release);
    default:
      return null;
  }
}

function confirmationOf(wish: Wish, {version, percent, phase, plan, deny}: Release): number | string | null {
  switch (wish.type) {
    case 'set':
      return wish.percent > percent ? orVersion(wish.percent, version) : null;
    case 'next':
      return orVersion(Math.max(percent, plan.phases[phase + 1]?.percent ?? 0), version);
    case 'complete':
      return version;
    case 'remove':
      return deny.includes(wish.user) ? orVersion(percent, version) : null;
    case 'enable':
    case 'include':
      return orVersion(percent, version);
  }
}

function orVersion(percent: number, version: string): number | string {
  return percent >= 100 ? version : percent;
}
