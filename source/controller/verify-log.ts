import {setTimeout as pause} from 'node:timers/promises';
import {type Commit, SCHEMA} from '../release/commit.ts';
import type {FeatureStore, LogReader} from '../store/port.ts';
import {commitId, isChained, newNonce} from './ids.ts';
import type {ControllerView} from './outcome.ts';

/** Conflicts in a row after which the log counts as taking no commit. */
const TRIES = 20;
const PAUSE_MS = 50;

/**
 * What an append would find at the end of the log. `in-the-way`: an entry that would be put aside. `refused`:
 * the log takes no commit after the newest one.
 */
export type Rehearsal = 'free' | 'in-the-way' | 'refused';

/**
 * Rehearses the append of a rollback and writes nothing.
 * @throws StoreFault if the store is away or denies writing
 */
export async function rehearseAppend(
  {snapshot, now}: Pick<ControllerView, 'snapshot' | 'now'>,
  log: Pick<FeatureStore['log'], 'rehearse'>,
): Promise<Rehearsal> {
  for (let tried = 1; tried <= TRIES; tried++) {
    const {head, split} = snapshot();
    const commit: Commit = {
      version: (head?.version ?? 0) + 1,
      id: newNonce(),
      parent: head?.id ?? null,
      schema: SCHEMA,
      minReader: SCHEMA,
      by: '',
      at: now(),
      reason: null,
      events: [],
      split,
    };
    const result = await log.rehearse(commit);
    if (result.outcome === 'written') return result.putAside === true ? 'in-the-way' : 'free';
    await pause(PAUSE_MS);
  }
  return 'refused';
}

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
