import type {Commit} from '../../../release/commit.ts';

/** How many commits back it looks. */
export const COMMITS_AT_MOST = 400;

/** A moment at which another part of the people began to get gray. */
export interface PercentChange {
  at: number;
  /** Percent before and after, 0–100; 0 if no user gets gray. */
  from: number;
  to: number;
  isRollback: boolean;
}

/** Every change of the percentage that the log knows, the oldest first. */
export function percentChanges(commits: readonly Commit[]): PercentChange[] {
  const changes: PercentChange[] = [];
  // Before the first commit of the log no user had gray. Before a later commit the percent is unknown.
  let before = commits.length <= COMMITS_AT_MOST && commits[0]?.version === 1 ? 0 : null;
  for (const {at, split, events} of commits.slice(-COMMITS_AT_MOST)) {
    const to = split.live ? split.percent : 0;
    if (before !== null && to !== before) {
      const isRollback = events.some(({type}) => type === 'rollback-started');
      changes.push({at, from: before, to, isRollback});
    }
    before = to;
  }
  return changes;
}
