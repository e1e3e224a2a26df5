import {appliedBy, type Report} from '../audience/applied.ts';
import type {ControllerView} from '../controller/outcome.ts';
import type {Judging, ReleaseFacts} from './judging.ts';

/** The release as it is, for the judging of it; null: another has taken its place. */
export function releaseFacts(
  {releaseId}: Pick<Judging, 'releaseId'>,
  controller: Pick<ControllerView, 'snapshot' | 'now'>,
  reports: readonly Report[],
): (ReleaseFacts & {isApplied: boolean; unapplied: Report[]}) | null {
  const {state, split, splitVersion, head} = controller.snapshot();
  const {release} = state;
  if (release?.id !== releaseId) return null;
  const {live, silent, behind, troubled, percent} = appliedBy(reports, split, splitVersion, controller.now());
  // Where no router ever reports, apps place their users by themselves: what is observed must do.
  // One in trouble might not follow the next change.
  const isApplied = behind.length === 0 && troubled.length === 0 && (live.length > 0 || silent.length === 0);
  const applied = isApplied ? release.percent : percent === release.percent ? null : percent;
  const unapplied = live.filter(report => behind.includes(report) || troubled.includes(report));
  return {release, split, applied, version: head?.version ?? 0, isApplied, unapplied};
}
