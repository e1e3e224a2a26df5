import {refuse, type Decision} from './refusal.ts';
import type {Release, ReleaseState, State} from './state.ts';

/** States as a part of a sentence. */
export const IN_WORDS: Record<ReleaseState, string> = {
  deploying: 'being deployed',
  rolling: 'rolling',
  paused: 'paused',
  promoting: 'being promoted',
  rolling_back: 'rolling back',
  completed: 'completed',
  rolled_back: 'rolled back',
  failed: 'failed',
};

type Target = {release: Release} | {decision: Decision};

/** Returns the release that a command names, or a refusal if it is not the current release. */
export function targetOf(state: State, id: string): Target {
  const {release} = state;
  if (release === null) {
    return {decision: refuse('nothing-live', 'no release has been started', 'graydeck start VERSION')};
  }
  if (release.id === id) return {release};
  return {
    decision: refuse(
      'other-release',
      `release ${id} is not the current one: ${release.version} (${release.id}) is ${IN_WORDS[release.state]}`,
      'look at the screen again and name the release you mean',
    ),
  };
}

/** Refuses unless the release is in one of the `allowed` states. */
export function wrongState(
  release: Release,
  allowed: readonly ReleaseState[],
  remedy: string,
): Decision | null {
  if (allowed.includes(release.state)) return null;
  const {version, state} = release;
  return refuse('wrong-state', `${version} is ${IN_WORDS[state]}`, remedy, {version, state});
}
