import {setTimeout as pause} from 'node:timers/promises';
import {SCHEMA, type Commit} from '../release/commit.ts';
import type {FeatureStore} from '../store/port.ts';
import {newNonce} from './ids.ts';
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
