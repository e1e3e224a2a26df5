import type {Commit} from '../release/commit.ts';
import type {Event} from '../release/event.ts';

/** After these steps are due. */
const BEGINS: ReadonlySet<string> = new Set<Event['type']>([
  'phase-opening',
  'promotion-started',
  'rollback-started',
]);

/**
 * Whether the run of steps that a release is in was begun by a guard, this one or one before it: then it belongs to the
 * guard that acts, and no other process runs it.
 */
export function begunByGuard(commits: readonly Commit[], releaseId: string): boolean {
  const begun = commits.findLast(({events}) =>
    events.some(event => BEGINS.has(event.type) && 'release' in event && event.release === releaseId),
  );
  if (begun === undefined) return false;
  return commits.some(
    ({by, events, version}) =>
      by === begun.by && version < begun.version && events.some(({type}) => type === 'guard-taken'),
  );
}
