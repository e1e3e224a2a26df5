import {IN_WORDS} from '../../release/target.ts';
import type {Release, ReleaseState, State} from '../../release/state.ts';

export type Awaited = ReleaseState | 'idle';

/** States that a release can reach from each state, by any actor; see `decide`. */
const REACHABLE: Record<ReleaseState, readonly ReleaseState[]> = {
  deploying: ['rolling', 'paused', 'promoting', 'completed', 'failed', 'rolling_back', 'rolled_back'],
  rolling: ['paused', 'promoting', 'completed', 'failed', 'rolling_back', 'rolled_back'],
  paused: ['rolling', 'promoting', 'completed', 'failed', 'rolling_back', 'rolled_back'],
  promoting: ['completed', 'failed', 'rolling_back', 'rolled_back'],
  rolling_back: ['rolled_back'],
  completed: ['rolling_back', 'rolled_back'],
  rolled_back: [],
  // Which of these depends on the step that failed.
  failed: ['promoting', 'completed', 'rolling_back', 'rolled_back'],
};
const FROM_FAILED_DEPLOY: readonly ReleaseState[] = ['deploying', 'rolling', 'paused', ...REACHABLE.failed];

/** How far the release `id` is from a state. `why`: where it is instead, in words. */
export function standing(
  {release, past}: State,
  id: string | null,
  wanted: Awaited,
  now: number,
): {kind: 'there'} | {kind: 'not-yet' | 'never'; why: string} {
  if (release === null) {
    return wanted === 'idle' ? {kind: 'there'} : {kind: 'not-yet', why: 'no release has been started'};
  }
  if (wanted === 'idle') return {kind: 'never', why: `${release.version} has been started`};
  if (release.id !== id) {
    const before = past.find(one => one.id === id);
    if (before?.state === wanted) return {kind: 'there'};
    const ended =
      before === undefined
        ? `release ${id ?? ''} is not in the log`
        : `${before.version} is ${IN_WORDS[before.state]}`;
    return {kind: 'never', why: `${ended}, and ${release.version} has taken its place`};
  }
  if (release.state === wanted) return {kind: 'there'};
  const why = `${release.version} is ${IN_WORDS[release.state]}`;
  return {kind: reachable(release, now).includes(wanted) ? 'not-yet' : 'never', why};
}

function reachable(release: Release, now: number): readonly ReleaseState[] {
  if (release.state === 'completed' && now - (release.endedAt ?? 0) > release.plan.rollbackWindowMs)
    return [];
  if (release.state === 'failed' && release.phase < 0) return FROM_FAILED_DEPLOY;
  return REACHABLE[release.state];
}
