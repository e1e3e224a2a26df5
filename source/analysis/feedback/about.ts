import {isLive, type State} from '../../release/state.ts';
import type {Feedback} from './feedback.ts';

/** Phase and version of feedback that names none: gray of the release that is live, else prod. */
export function aboutNow({release, prodVersion}: State): Pick<Feedback, 'phase' | 'version'> {
  if (release === null || !isLive(release)) return {phase: null, version: prodVersion};
  return {phase: release.plan.phases[release.phase]?.name ?? null, version: release.version};
}
