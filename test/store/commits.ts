import {randomUUID} from 'node:crypto';
import type {Commit} from '../../source/release/commit.ts';
import type {Split} from '../../source/release/split.ts';
import type {FeatureStore} from '../../source/store/port.ts';

export function splitOf(feature: string): Split {
  return {
    schema: 1,
    feature,
    release: null,
    gray: null,
    prod: null,
    live: false,
    percent: 0,
    salt: '',
    tiers: [],
    include: {users: [], rules: []},
    deny: [],
    forced: {headers: [], cookies: []},
    whenStale: 'prod',
    staleAfterMs: 15_000,
    rolledBack: [],
  };
}

/** The commit that a writer who has seen `head` would write next. */
export function commitAfter(head: Commit | null, fields: Partial<Commit> = {}): Commit {
  return {
    version: (head?.version ?? 0) + 1,
    id: randomUUID(),
    parent: head?.id ?? null,
    schema: 1,
    minReader: 1,
    by: 'liu on laptop',
    at: Date.now(),
    reason: null,
    events: [{type: 'guard-taken', epoch: 1}],
    split: splitOf('any'),
    ...fields,
  };
}

/** Writes one commit as a controller does: read the head, write after it, and again as long as others are faster. */
export async function appendNext(feature: FeatureStore, fields: Partial<Commit> = {}): Promise<Commit> {
  for (;;) {
    const commit = commitAfter(await feature.log.head(), {split: splitOf(feature.feature), ...fields});
    if ((await feature.log.append(commit)).outcome === 'written') return commit;
  }
}

export async function appendMany(feature: FeatureStore, count: number): Promise<Commit[]> {
  const commits: Commit[] = [];
  for (let n = 0; n < count; n++) commits.push(await appendNext(feature));
  return commits;
}
