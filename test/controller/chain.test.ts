import {expect, test} from 'vitest';
import {commitId, isChained} from '../../source/controller/ids.ts';
import {verifyLog} from '../../source/controller/verify-log.ts';
import type {Commit} from '../../source/release/commit.ts';
import {start} from '../release/orders.ts';
import type {Intent} from '../../source/release/command.ts';
import {newFeature, opener} from './desk.ts';
import {onEveryStore} from './houses.ts';

const begin = start() as Intent;
const pause: Intent = {type: 'pause', release: 'r-1'};
const resume: Intent = {type: 'resume', release: 'r-1'};

test('the id of a commit covers every field of it, whatever the order they are written in', () => {
  const commit = {
    version: 2,
    nonce: 'n',
    parent: 'p',
    schema: 1,
    minReader: 1,
    by: 'liu',
    authenticated: 'redis:liu',
    at: 1,
    reason: null,
    events: [{type: 'guard-taken', epoch: 1}],
    split: {b: 1, a: {d: 2, c: 3}},
  } as unknown as Omit<Commit, 'id'>;
  const id = commitId(commit);
  expect(isChained(id)).toBe(true);
  expect(commitId(Object.fromEntries(Object.entries(commit).toReversed()) as never)).toBe(id);
  const others = Object.keys(commit).map(field => commitId({...commit, [field]: 'another'}));
  expect(new Set([id, ...others]).size).toBe(others.length + 1);
});

onEveryStore(house => {
  const {desk} = opener(house);

  async function threeCommits(feature: string) {
    const one = await desk(feature);
    for (const intent of [begin, pause, resume]) expect(await one.does(intent)).toMatchObject({kind: 'done'});
    return one;
  }

  async function rewrite(feature: string, change: (commit: Commit) => Commit): Promise<void> {
    const entries = await house().readLog(feature);
    const texts = entries.map(({version, text}) => ({
      version,
      text: JSON.stringify(change(JSON.parse(text) as Commit)),
    }));
    await house().rewriteLog(feature, texts);
  }

  test('a log that nobody has touched verifies, and names its head', async () => {
    const feature = newFeature();
    const {store, snapshot} = await threeCommits(feature);
    const head = snapshot().head!;
    expect(await verifyLog(store.log, head)).toEqual({
      commits: 3,
      chainedFrom: 1,
      changed: null,
      head: {version: 3, id: head.id},
      holdsExpected: true,
    });
    expect(await verifyLog(store.log, {version: 3, id: head.id.slice(0, 12)})).toMatchObject({
      holdsExpected: true,
    });
  });

  test('the first commit whose author or reason was rewritten is named', async () => {
    const feature = newFeature();
    const {store} = await threeCommits(feature);
    await rewrite(feature, commit =>
      commit.version === 2 ? {...commit, by: 'CTO Alice', reason: 'approved'} : commit,
    );
    expect(await verifyLog(store.log)).toMatchObject({commits: 3, changed: {version: 2}});
  });

  test('a rewritten commit with an id of its own breaks the chain behind it', async () => {
    const feature = newFeature();
    const {store} = await threeCommits(feature);
    await rewrite(feature, commit => {
      if (commit.version !== 2) return commit;
      const changed = {...commit, by: 'CTO Alice'};
      return {...changed, id: commitId(changed)};
    });
    expect(await verifyLog(store.log)).toMatchObject({changed: {version: 3, id: null}});
  });

  test('a log that was rewritten as a whole no longer holds the head that was noted before', async () => {
    const feature = newFeature();
    const {store, snapshot} = await threeCommits(feature);
    const noted = snapshot().head!;
    let parent: string | null = null;
    await rewrite(feature, commit => {
      const changed = {...commit, by: 'CTO Alice', parent};
      parent = commitId(changed);
      return {...changed, id: parent};
    });
    expect(await verifyLog(store.log, noted)).toMatchObject({changed: null, holdsExpected: false});
  });

  test('a log of an older version is read, and chained from then on', async () => {
    const feature = newFeature();
    await threeCommits(feature);
    const old = ['old-1', 'old-2', 'old-3'];
    await rewrite(feature, ({nonce: _, authenticated: __, ...commit}) => ({
      ...commit,
      id: old[commit.version - 1]!,
      parent: old[commit.version - 2] ?? null,
    }));
    const later = await desk(feature);
    expect(await later.does(pause)).toMatchObject({kind: 'done', version: 4});
    expect(await verifyLog(later.store.log)).toMatchObject({commits: 4, chainedFrom: 4, changed: null});
    await rewrite(feature, commit => (commit.version === 4 ? {...commit, id: 'old-4'} : commit));
    expect(await verifyLog(later.store.log)).toMatchObject({chainedFrom: null, changed: null});
  });

  test('an unchained commit behind a chained one is a change', async () => {
    const feature = newFeature();
    const {store} = await threeCommits(feature);
    await rewrite(feature, commit => (commit.version === 3 ? {...commit, id: 'plain'} : commit));
    expect(await verifyLog(store.log)).toMatchObject({changed: {version: 3}});
  });
});
