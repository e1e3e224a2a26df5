import {setTimeout as pause} from 'node:timers/promises';
import {SCHEMA, type Commit} from '../release/commit.ts';
import type {FeatureStore} from '../store/port.ts';
import {newNonce} from './ids.ts';
import type {ControllerView} from './outcome.ts';

/** After so many conflicts in a row it is no race: the log takes no commit. */
const TRIES = 20;
const PAUSE_MS = 50;

/** What a commit would meet at the end of the log. `refused`: the log takes no commit after the newest one. */
export type Rehearsal = 'free' | 'in-the-way' | 'refused';

/**
 * Tries the way that the commit of a rollback goes, and leaves nothing behind.
 * @throws StoreFault where the store is away, or does not let this user write.
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
