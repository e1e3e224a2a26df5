import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest';
import {openStore} from '../../../source/store/open.ts';
import type {StoreByRole, StoreRole} from '../../../source/store/port.ts';
import {aclLines, ACL_ROLES, type AclRole} from '../../../source/store/redis/acl.ts';
import {redisMissing, startRedis, type RedisServer} from '../../servers/redis.ts';
import {appendMany, appendNext, commitAfter, splitOf} from '../commits.ts';
import {followLog, followSamples} from '../followed.ts';

const KEYS = [
  'log',
  'metrics',
  'minutes',
  'seconds',
  'people',
  'routers',
  'lease',
  'feedback',
  'output',
  'shares',
  'summary',
  'aside',
];
const ROUTER_MAY_WRITE = ['metrics', 'routers', 'feedback'];

const report = {
  name: 'sdk web-3/812',
  kind: 'sdk',
  version: 1,
  release: null,
  percent: 0,
  live: false,
  boundMs: 1000,
} as const;

describe.skipIf(redisMissing)('the rights that "graydeck acl" prints, on a real server', () => {
  let server: RedisServer;
  const opened: {close(): Promise<void>}[] = [];

  /** Opens a store with a user of the server's ACL file, as a face of the port. */
  async function openAs<R extends StoreRole>(user: AclRole, face: R): Promise<StoreByRole[R]> {
    const address = `redis://graydeck-${user}:secret-${user}@127.0.0.1:${server.port}`;
    const store = await openStore(address, face, {env: {}});
    opened.push(store);
    return store;
  }

  beforeAll(async () => {
    server = await startRedis({
      acl: [
        'user default on nopass ~* &* +@all',
        ...ACL_ROLES.flatMap(role => aclLines(role).map(line => line.replace('PASSWORD', `secret-${role}`))),
        ...aclLines('app', {user: 'one-feature', feature: 'mine'}).map(line => line.replace('PASSWORD', 'p')),
      ],
    });
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(store => store.close()));
  });
  afterAll(() => server.dispose());

  it('let an operator do everything a console or guard does', async () => {
    const store = await openAs('operator', 'operator');
    const feature = store.feature('operated');
    const followed = followLog(feature.log);
    const [first] = await appendMany(feature, 3);
    await followed.reached(3);
    // Junk at the end: putting it aside takes more rights than a plain append.
    await server.admin.xadd('graydeck:{operated}:log', '9-0', 'junk', '1');
    await appendNext(feature);
    await followed.reached(4);
    await server.admin.xdel('graydeck:{operated}:log', '4-0');
    const again = commitAfter(await feature.log.head(), {split: splitOf('operated')});
    expect(await feature.log.append(again)).toEqual({outcome: 'written'});
    expect((await feature.log.read(0)).at(0)).toEqual(first);
    await followed.stop();

    const samples = followSamples(feature.samples, await feature.samples.lastId());
    await feature.samples.write([['side', 'gray', 'requests', '1']]);
    await samples.got(1);
    await samples.stop();
    await feature.samples.history(0, () => undefined, new AbortController().signal);

    const now = store.now();
    await feature.rollUps.write('seconds', [{t: now, body: 'x'}], 1000);
    expect(await feature.rollUps.read('seconds', 0)).toHaveLength(1);
    await server.admin.hset('graydeck:{operated}:routers', 'old', JSON.stringify({...report, at: 1}));
    expect(await feature.routers.list()).toEqual([]);
    expect(await server.admin.hlen('graydeck:{operated}:routers')).toBe(0);
    // A time that no clock gives would be listed for ever.
    await server.admin.hset('graydeck:{operated}:routers', 'ahead', JSON.stringify({...report, at: 1e308}));
    expect(await feature.routers.list()).toEqual([]);
    expect(await server.admin.hlen('graydeck:{operated}:routers')).toBe(0);
    // What a newer router says is none that is known here, and another may count on it.
    const newer = JSON.stringify({...report, kind: 'mesh', at: now});
    await server.admin.hset('graydeck:{operated}:routers', 'newer', newer);
    expect(await feature.routers.list()).toEqual([]);
    expect(await server.admin.hlen('graydeck:{operated}:routers')).toBe(1);
    expect(await feature.lease.hold('a', 't', 1000)).not.toBeNull();
    expect(await feature.lease.read()).not.toBeNull();
    await feature.lease.giveUp('t');
    await feature.feedback.write('{}');
    expect(await feature.feedback.read(0)).toHaveLength(1);
    await feature.shares.write('s', '{}');
    await feature.shares.remove(['s']);
    await feature.summary.write('{}');
    expect(await feature.log.rehearse(commitAfter(await feature.log.head()))).toEqual({outcome: 'written'});
    await server.admin.xadd('graydeck:{operated}:feedback', '18446744073709551615-1', 'feedback', '{}');
    await server.admin.xadd('graydeck:{operated}:metrics', '18446744073709551615-1', 'side', 'gray');
    expect(await feature.mendStreams()).toHaveLength(2);
    expect((await feature.streamClocks()).samples).toBeLessThan(store.now() + 1000);
    expect(await store.features()).toContain('operated');
    expect(await store.health()).toMatchObject({state: 'up'});
  });

  it('let a viewer see everything', async () => {
    const writer = (await openAs('operator', 'operator')).feature('viewed');
    await appendNext(writer);
    await writer.samples.write([['side', 'prod', 'requests', '1']]);
    await writer.rollUps.write('minutes', [{t: 60_000, body: 'm'}], 1e15);
    await writer.lease.hold('guard', 't', 60_000);

    const store = await openAs('viewer', 'viewer');
    const feature = store.feature('viewed');
    expect(await feature.log.head()).toMatchObject({version: 1});
    expect(await feature.log.read(0)).toHaveLength(1);
    expect((await feature.streamClocks()).samples).toBeGreaterThan(0);
    expect((await feature.shares.read()).size).toBe(0);
    expect(await feature.summary.read()).toBeNull();
    const followed = followLog(feature.log);
    await followed.reached(1);
    await appendNext(writer);
    await followed.reached(2);
    expect(followed.count('away')).toBe(0);
    await followed.stop();
    const entries: unknown[] = [];
    const last = await feature.samples.history(
      0,
      batch => entries.push(...batch),
      new AbortController().signal,
    );
    expect(entries).toHaveLength(1);
    expect(await feature.samples.lastId()).toBe(last);
    const samples = followSamples(feature.samples, last);
    await writer.samples.write([['side', 'prod', 'requests', '2']]);
    await samples.got(1);
    await samples.stop();
    expect(await feature.rollUps.read('minutes', 0)).toEqual([{t: 60_000, body: 'm'}]);
    expect(await feature.routers.list()).toEqual([]);
    await writer.feedback.write('{}');
    expect(await feature.feedback.read(0)).toHaveLength(1);
    expect(await feature.lease.read()).toMatchObject({holder: 'guard'});
    expect(await store.features()).toContain('viewed');
    expect(await store.health()).toMatchObject({state: 'up'});
  });

  for (const role of ['app', 'agent'] as const) {
    it(`let an ${role} follow the split, report, and write samples and feedback`, async () => {
      const name = `routed-by-${role}`;
      const writer = (await openAs('operator', 'operator')).feature(name);
      const commit = await appendNext(writer);
      const store = await openAs(role, 'router');
      const feature = store.feature(name);
      expect(await feature.head()).toEqual(commit);
      const followed = followLog({...feature, read: async () => []});
      await followed.reached(1);
      await appendNext(writer);
      await followed.reached(2);
      expect(followed.count('away')).toBe(0);
      await followed.stop();
      await feature.report(report);
      expect(await writer.routers.list()).toMatchObject([report]);
      await feature.leave(report.name);
      expect(await writer.routers.list()).toEqual([]);
      await feature.writeSamples([['side', 'gray', 'requests', '1']]);
      await feature.writeFeedback('{}');
      expect(await server.admin.xlen(`graydeck:{${name}}:feedback`)).toBe(1);
      expect(await store.features()).toContain(name);
      expect(await store.health()).toMatchObject({state: 'up'});
    });
  }

  it('let nobody write more than his role', async () => {
    const writes: Record<string, string[]> = {
      log: ['xadd', '*', 'a', 'b'],
      metrics: ['xadd', '*', 'a', 'b'],
      feedback: ['xadd', '*', 'a', 'b'],
      output: ['xadd', '*', 'a', 'b'],
      shares: ['hset', 'a', 'b'],
      summary: ['set', '{}'],
      aside: ['xadd', '*', 'a', 'b'],
      minutes: ['zadd', '1', 'a'],
      seconds: ['zadd', '1', 'a'],
      people: ['zadd', '1', 'a'],
      routers: ['hset', 'a', 'b'],
      lease: ['set', 'x'],
    };
    for (const role of ACL_ROLES) {
      const allowed: string[] = [];
      for (const name of KEYS) {
        const [command = '', ...args] = writes[name]!;
        const verdict = await server.admin.call(
          'ACL',
          'DRYRUN',
          `graydeck-${role}`,
          command,
          `graydeck:{f}:${name}`,
          ...args,
        );
        if (verdict === 'OK') allowed.push(name);
      }
      const expected = role === 'operator' ? KEYS : role === 'viewer' ? [] : ROUTER_MAY_WRITE;
      expect([role, allowed]).toEqual([role, expected]);
    }
  });

  it("let nobody touch what is not Graydeck's, and an application no script and no command channel", async () => {
    const attempts = [
      ['get', 'somebody-elses'],
      ['set', 'somebody-elses', '1'],
      ['xadd', 'graydeck', '*', 'a', 'b'],
      ['flushall'],
      ['config', 'get', '*'],
      ['keys', '*'],
      ['acl', 'list'],
      ['client', 'kill', 'id', '1'],
      ['subscribe', 'somebody-elses'],
      ['publish', 'somebody-elses', 'x'],
    ];
    const forApps = [
      ['eval', 'return 1', '0'],
      ['publish', 'graydeck:{f}:bell', 'x'],
      ['sadd', 'graydeck:features', 'x'],
      ['xrange', 'graydeck:{f}:metrics', '-', '+'],
      ['hgetall', 'graydeck:{f}:routers'],
    ];
    const passed: string[] = [];
    for (const role of ACL_ROLES) {
      const more = role === 'app' || role === 'agent' ? forApps : [];
      for (const attempt of [...attempts, ...more]) {
        const verdict = await server.admin.call('ACL', 'DRYRUN', `graydeck-${role}`, ...attempt);
        if (verdict === 'OK') passed.push(`${role}: ${attempt.join(' ')}`);
      }
    }
    expect(passed).toEqual([]);
  });

  it('may be given for one feature alone', async () => {
    const store = await openStore(`redis://one-feature:p@127.0.0.1:${server.port}`, 'router', {env: {}});
    opened.push(store);
    await store.feature('mine').writeSamples([['side', 'gray', 'requests', '1']]);
    await expect(
      store.feature('others').writeSamples([['side', 'gray', 'requests', '1']]),
    ).rejects.toMatchObject({
      code: 'store-no-rights',
      message: expect.stringContaining('graydeck:{others}:metrics') as string,
      hint: expect.stringContaining('graydeck acl app') as string,
    });
  });

  it('say what is missing when a console is opened with the rights of an app', async () => {
    const store = await openAs('app', 'operator');
    const commit = commitAfter(null);
    await expect(store.feature('f').log.append(commit)).rejects.toMatchObject({
      code: 'store-no-rights',
      message: expect.stringMatching(/command EVAL/) as string,
      hint: expect.stringContaining('graydeck acl operator') as string,
    });
    const viewer = await openAs('viewer', 'operator');
    await expect(viewer.feature('f').samples.write([['a', 'b']])).rejects.toMatchObject({
      code: 'store-no-rights',
      message: expect.stringMatching(/command XADD/) as string,
    });
  });
});
