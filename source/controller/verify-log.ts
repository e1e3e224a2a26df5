import type {Commit} from '../release/commit.ts';
import type {LogReader} from '../store/port.ts';
import {commitId, isChained} from './ids.ts';

/** A commit that is not as it was written, and why that is certain. */
export interface ChangedCommit {
  version: number;
  /** Null: what stands there is no commit that follows. */
  id: string | null;
  why: string;
}

/** What a walk along the whole log has found. */
export interface Verification {
  /** Commits read. */
  commits: number;
  /** The first version whose id covers its content; null: every commit was written by an older Graydeck. */
  chainedFrom: number | null;
  /** The first commit that was changed; null: none. */
  changed: ChangedCommit | null;
  head: Pick<Commit, 'version' | 'id'> | null;
  /** Whether the commit that was asked for is in the log; null: none was asked for. */
  holdsExpected: boolean | null;
}

/**
 * Walks the log from its first commit and compares each id with the content it stands for. Commits of older versions have
 * random ids: they are read, and only the chain of parents speaks for them. An operator of the store can give
 * every commit a new id, so a head that was noted elsewhere (`expected`) is what tells that.
 * @throws StoreFault where the log cannot be read.
 */
export async function verifyLog(
  log: Pick<LogReader, 'read'>,
  expected: Pick<Commit, 'version' | 'id'> | null = null,
): Promise<Verification> {
  const found: Verification = {
    commits: 0,
    chainedFrom: null,
    changed: null,
    head: null,
    holdsExpected: expected === null ? null : false,
  };
  const walk = (slice: readonly Commit[]): void => {
    for (const commit of slice) {
      const {version, id} = commit;
      found.commits += 1;
      found.head = {version, id};
      found.changed ??= changeOf(commit, found.chainedFrom);
      if (isChained(id)) found.chainedFrom ??= version;
      // A notice may show the beginning of an id only.
      if (expected?.version === version) found.holdsExpected = id.startsWith(expected.id);
    }
  };
  let broken: string | null = null;
  const rest = await log.read(0, walk, why => {
    broken = why;
  });
  walk(rest);
  if (broken !== null) found.changed ??= {version: found.commits + 1, id: null, why: broken};
  return found;
}

function changeOf(commit: Commit, chainedFrom: number | null): ChangedCommit | null {
  const {version, id} = commit;
  if (isChained(id))
    return commitId(commit) === id
      ? null
      : {version, id, why: 'its content is not the one that its id stands for'};
  return chainedFrom === null
    ? null
    : {version, id, why: `its id covers no content, though every id from version ${chainedFrom} on does`};
}
