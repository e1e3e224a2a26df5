import {mkdtemp, readdir, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import type {Commit} from '../../source/release/commit.ts';
import type {Split} from '../../source/release/split.ts';
import {keepRouting} from '../../source/router/keep-routing.ts';
import {readRemembered} from '../../source/router/remembered.ts';
import {Routing} from '../../source/router/routing.ts';
import {encodeCommit} from '../../source/store/chain.ts';
import {openStore} from '../../source/store/open.ts';
import {redisMissing, startRedis, type RedisServer} from '../servers/redis.ts';
import {appendNext, commitAfter, splitOf} from '../store/commits.ts';
import {eventually} from '../patience.ts';

const USER = {id: 'u-1'};

describe.skipIf(redisMissing)('a router that hears of a commit that is not in the log', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.dispose());

  const live = (feature: string, fields: Partial<Split> = {}): Split => ({
    ...splitOf(feature),
    release: 'r-1',
    live: true,
    percent: 10,
    include: {users: ['u-1'], rules: []},
    ...fields,
  });

  /** A router at a release of 10 %, in which u-1 is included, and everything that it has applied since. */
  async function routed(name: string) {
    const operator = await openStore(redis.url, 'operator', {env: {}});
    const router = await openStore(redis.url, 'router', {env: {}});
    const folder = await mkdtemp(join(tmpdir(), 'graydeck-notice-'));
    const feature = operator.feature(name);
    const head = await appendNext(feature, {split: live(name)});
    const routing = new Routing(name, {}, () => router.now());
    const seen: {percent: number; standing: string; side: string}[] = [];
    const kept = keepRouting({
      routing,
      store: router.feature(name),
      label: router.label,
      name: 'sdk test',
      folder,
      onTrouble: () => undefined,
      onChange: () =>
        seen.push({
          percent: routing.split?.percent ?? 0,
          standing: routing.standing,
          side: routing.decide(USER).side,
        }),
    });
    onTestFinished(async () => {
      await kept.close();
      await Promise.all([operator.close(), router.close()]);
      await rm(folder, {recursive: true});
    });
    await kept.ready;
    await eventually(() => expect(routing.decide(USER).side).toBe('gray'));
    seen.length = 0;
    const forge = async (split: Split, events: Commit['events']) => {
      const commit = commitAfter(head, {split, events});
      const channel = `graydeck:{${name}}:bell`;
      // Until the router has subscribed nothing is heard.
      await eventually(async () => expect(await redis.admin.publish(channel, encodeCommit(commit))).toBe(1));
    };
    const next = async () => {
      const {version} = await appendNext(feature, {split: live(name, {percent: 20})});
      await eventually(() => expect(routing.version).toBe(version));
      await eventually(() => expect(routing.decide(USER).side).toBe('gray'));
    };
    const remembered = async () => {
      const [file = ''] = await readdir(join(folder, 'splits'));
      return await readRemembered(join(folder, 'splits', file));
    };
    return {routing, seen, forge, next, remembered};
  }

  test('raises nothing', async () => {
    const {seen, forge, next} = await routed('raise');
    await forge(live('raise', {percent: 100}), []);
    await forge(live('raise', {percent: 100}), [{type: 'rollback-started'}]);
    await next();
    expect(new Set(seen.map(({percent}) => percent))).toEqual(new Set([20]));
  });

  test('bans nobody and no release', async () => {
    const {seen, forge, next, routing} = await routed('ban');
    await forge(live('ban', {deny: ['u-1'], rolledBack: ['r-1']}), []);
    await next();
    expect(seen.filter(({side}) => side === 'prod')).toEqual([]);
    expect(routing.rolledBack).toEqual([]);
  });

  test('gives prod at once for a rollback, until the log was read, and remembers nothing', async () => {
    const {seen, forge, next, routing, remembered} = await routed('rollback');
    await forge(live('rollback', {live: false, percent: 0, rolledBack: ['r-1']}), [
      {type: 'rollback-started'},
    ]);
    await eventually(() => expect(seen.map(({side}) => side)).toEqual(['prod', 'gray']));
    expect(seen.map(({standing}) => standing)).toEqual(['rolled-back', 'fresh']);
    await next();
    expect(routing.rolledBack).toEqual([]);
    await eventually(async () => expect(await remembered()).toMatchObject({rolledBack: []}));
  });
});
