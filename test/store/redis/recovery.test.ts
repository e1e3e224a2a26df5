import {cp, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, it, vi} from 'vitest';
import {redisMissing} from '../../servers/redis.ts';
import {appendMany, appendNext, commitAfter} from '../commits.ts';
import {followLog, followSamples} from '../followed.ts';
import {workshop, type Workshop} from './workshop.ts';
import {eventually, PATIENCE_MS} from '../../patience.ts';

const numbered = (from: number, count: number) =>
  Array.from({length: count}, (_, n) => ['side', 'gray', 'requests', String(from + n)]);
const numbersOf = (entries: {fields: string[]}[]) => entries.map(entry => Number(entry.fields[3]));

describe.skipIf(redisMissing)('a follower on Redis', () => {
  it.concurrent(
    'goes on without a gap after the server was killed and came back with its data',
    async context => {
      const {redis, open} = workshop(context);
      const server = await redis({appendonly: true});
      const feature = (await open(server.url, 'operator')).feature('f');
      const commits = await appendMany(feature, 3);
      const followed = followLog((await open(server.url, 'viewer')).feature('f').log);
      await followed.reached(3);
      await server.kill();
      await followed.heard('away');
      await server.start();
      await followed.heard('back');
      const next = await eventually(() => appendNext(feature));
      await followed.reached(4);
      expect(followed.news.map(news => news.type)).toEqual([
        'commit',
        'commit',
        'commit',
        'away',
        'back',
        'commit',
      ]);
      expect(followed.commits()).toEqual([...commits, next]);
      await followed.stop();
    },
  );

  it.concurrent(
    'says that the log is broken when the server comes back with an older state',
    async context => {
      const {redis, open} = workshop(context);
      const server = await redis({appendonly: true});
      const feature = (await open(server.url, 'operator')).feature('f');
      const old = await appendMany(feature, 3);
      const aof = join(server.folder, 'appendonlydir');
      await cp(aof, `${aof}.old`, {recursive: true});
      await appendMany(feature, 4);
      const followed = followLog(feature.log);
      await followed.reached(7);
      await server.kill();
      await rm(aof, {recursive: true});
      await cp(`${aof}.old`, aof, {recursive: true});
      await server.start();
      await followed.heard('broken');
      await followed.reached(3);
      const next = await appendNext(feature);
      expect(next.version).toBe(4);
      await followed.reached(4);
      expect(followed.commits()).toEqual([...old, next]);
      expect(followed.count('broken')).toBe(1);
      await followed.stop();
    },
  );

  it.concurrent(
    'says so too when the newest commits are deleted; the next takes their place',
    async context => {
      const {redis, open} = workshop(context);
      const server = await redis();
      const feature = (await open(server.url, 'operator')).feature('f');
      const commits = await appendMany(feature, 5);
      const followed = followLog(feature.log);
      await followed.reached(5);
      await server.admin.xdel('graydeck:{f}:log', '4-0', '5-0');
      // Redis still counts from 5-0 and would refuse 4-0.
      const next = commitAfter(commits[2]!);
      expect(await feature.log.append(next)).toEqual({outcome: 'written'});
      await followed.heard('broken');
      await followed.reached(4);
      expect(followed.commits()).toEqual([...commits.slice(0, 3), next]);
      await followed.stop();
    },
  );

  it.concurrent(
    'meets an entry with the id of a clock, and the writer puts it aside with what it held',
    async context => {
      const {redis, open} = workshop(context);
      const server = await redis();
      const feature = (await open(server.url, 'operator')).feature('f');
      const commits = await appendMany(feature, 2);
      const followed = followLog(feature.log);
      await followed.reached(2);
      await server.admin.xadd('graydeck:{f}:log', '*', 'hello', 'world');
      await server.admin.xadd('graydeck:{f}:log', '*', 'commit', '{}');
      await followed.heard('broken');
      await followed.reached(2);
      expect(await feature.log.head()).toEqual(commits[1]);
      const next = await appendNext(feature);
      await followed.reached(3);
      expect(followed.count('broken')).toBe(1);
      expect((await server.admin.xrange('graydeck:{f}:log', '-', '+')).map(([id]) => id)).toEqual([
        '1-0',
        '2-0',
        '3-0',
      ]);
      expect(next.version).toBe(3);
      const aside = await server.admin.xrange('graydeck:{f}:aside', '-', '+');
      expect(aside.map(([, fields]) => JSON.parse(fields[3]!) as unknown)).toEqual([
        ['hello', 'world'],
        ['commit', '{}'],
      ]);
      await followed.stop();
    },
  );

  it.concurrent('hears nothing of forged rings: only the log counts', async context => {
    const {redis, open} = workshop(context);
    const server = await redis();
    const feature = (await open(server.url, 'operator')).feature('f');
    const head = await appendNext(feature);
    const followed = followLog(feature.log);
    await followed.reached(1);
    for (const text of ['', 'junk', '{}', JSON.stringify(commitAfter({...head, id: 'other'}))]) {
      await server.admin.publish('graydeck:{f}:bell', text);
    }
    await appendNext(feature);
    await followed.reached(2);
    expect(followed.news.map(news => news.type)).toEqual(['commit', 'commit']);
    await followed.stop();
  });

  it.concurrent(
    'notices that its connections are open on one side only, and misses nothing',
    async context => {
      const {redis, proxied, open} = workshop(context);
      const server = await redis();
      const proxy = await proxied(server);
      const writer = (await open(server.url, 'operator')).feature('f');
      const first = await appendNext(writer);
      const followed = followLog((await open(proxy.url, 'viewer')).feature('f').log);
      await followed.reached(1);
      proxy.swallow();
      await followed.heard('away');
      const missed = await appendMany(writer, 3);
      proxy.release();
      await followed.heard('back');
      await followed.reached(4);
      expect(followed.commits()).toEqual([first, ...missed]);
      expect(followed.count('broken')).toBe(0);
      await followed.stop();
    },
  );

  it.concurrent(
    'writes to the new primary once its name leads there, though the old one keeps its connections',
    async context => {
      const {redis, open, proxied} = workshop(context);
      const old = await redis();
      const next = await redis({replicaof: old});
      const name = {port: old.port};
      const store = await open((await proxied(name)).url, 'operator');
      const feature = store.feature('f');
      await appendMany(feature, 2);
      await eventually(async () => expect(await next.admin.xlen('graydeck:{f}:log')).toBe(2));
      await next.admin.replicaof('NO', 'ONE');
      await old.admin.replicaof('127.0.0.1', next.port);
      name.port = next.port;
      await eventually(() => appendNext(feature), 200);
      expect(await next.admin.xlen('graydeck:{f}:log')).toBe(3);
      const leased = () => feature.lease.hold('guard', 'token', 5000);
      expect(await eventually(leased)).toMatchObject({token: 'token'});
    },
  );

  it.concurrent('notices a server that is stopped and continued', async context => {
    const {redis, open} = workshop(context);
    const server = await redis();
    const feature = (await open(server.url, 'operator')).feature('f');
    await appendNext(feature);
    const followed = followLog(feature.log);
    await followed.reached(1);
    server.freeze();
    await followed.heard('away');
    server.thaw();
    await followed.heard('back');
    await appendNext(feature);
    await followed.reached(2);
    expect(followed.count('broken')).toBe(0);
    await followed.stop();
  });

  it.concurrent('gets over cut connections without a word, and hears the bell again', async context => {
    const {redis, proxied, open} = workshop(context);
    const server = await redis();
    const proxy = await proxied(server);
    const writer = (await open(server.url, 'operator')).feature('f');
    const followed = followLog((await open(proxy.url, 'router')).feature('f') as never);
    for (let version = 1; version <= 5; version++) {
      await appendNext(writer);
      await followed.reached(version);
      proxy.cut();
    }
    expect(followed.news.map(news => news.type)).toEqual(Array.from({length: 5}, () => 'commit'));
    await eventually(async () => {
      await appendNext(writer);
      const head = (await writer.log.head())!.version;
      // A look at the log comes every two seconds; this fast, it was the bell.
      await eventually(() => expect(followed.commits().at(-1)!.version).toBe(head), 1);
    });
    await followed.stop();
  });
});

describe.skipIf(redisMissing)('samples on Redis', () => {
  async function stream({open}: Pick<Workshop, 'open'>, url: string) {
    const store = await open(url, 'operator');
    return {store, feature: store.feature('f')};
  }

  it.concurrent('are followed on after the server was killed and came back, none twice', async context => {
    const {redis, open} = workshop(context);
    const server = await redis({appendonly: true});
    const {feature} = await stream({open}, server.url);
    const followed = followSamples(feature.samples, '0-0');
    await feature.samples.write(numbered(0, 5));
    await followed.got(5);
    await server.kill();
    await server.start();
    await eventually(() => feature.samples.write(numbered(5, 5)));
    await followed.got(10);
    await followed.stop();
    expect(numbersOf(followed.entries)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it.concurrent(
    'are followed on when the stream is deleted, even when its last id lay ahead of the clock',
    async context => {
      const {redis, open} = workshop(context);
      const server = await redis();
      const {store, feature} = await stream({open}, server.url);
      await server.admin.xadd(
        'graydeck:{f}:metrics',
        `${store.now() + 3_600_000}-5`,
        'side',
        'gray',
        'requests',
        '0',
      );
      const last = await feature.samples.lastId();
      expect(Number.parseInt(last, 10)).toBeGreaterThan(store.now() + 3_000_000);
      const followed = followSamples(feature.samples, last);
      await server.admin.del('graydeck:{f}:metrics');
      await feature.samples.write(numbered(1, 1));
      await followed.got(1);
      await feature.samples.write(numbered(2, 3));
      await followed.got(4);
      await followed.stop();
      expect(numbersOf(followed.entries)).toEqual([1, 2, 3, 4]);
    },
  );

  it.concurrent('are followed on when the stream is trimmed to nothing', async context => {
    const {redis, open} = workshop(context);
    const server = await redis();
    const {feature} = await stream({open}, server.url);
    await feature.samples.write(numbered(0, 3));
    const followed = followSamples(feature.samples, await feature.samples.lastId());
    await server.admin.xtrim('graydeck:{f}:metrics', 'MAXLEN', 0);
    expect(await feature.samples.lastId()).not.toBe('0-0');
    await feature.samples.write(numbered(3, 2));
    await followed.got(2);
    await followed.stop();
    expect(numbersOf(followed.entries)).toEqual([3, 4]);
  });

  it.concurrent('say when they cannot be read, and when they can again', async context => {
    const {redis, proxied, open} = workshop(context);
    const server = await redis();
    const proxy = await proxied(server);
    const {feature} = await stream({open}, server.url);
    const away: (string | null)[] = [];
    const stopped = new AbortController();
    const entries: unknown[] = [];
    const following = (await open(proxy.url, 'viewer')).feature('f').samples.follow(
      '0-0',
      batch => entries.push(...batch),
      stopped.signal,
      status => away.push(status.away),
    );
    await feature.samples.write(numbered(0, 1));
    await eventually(() => expect(entries).toHaveLength(1));
    proxy.swallow();
    await eventually(() => expect(away).toHaveLength(1));
    expect(away[0]).toContain('cannot be reached');
    await feature.samples.write(numbered(1, 1));
    proxy.release();
    await eventually(() => expect(entries).toHaveLength(2));
    expect(away).toEqual([expect.any(String), null]);
    stopped.abort();
    await following;
  });

  it.concurrent('do not hide a mistake of who takes them in', async context => {
    const {redis, open} = workshop(context);
    const server = await redis();
    const {feature} = await stream({open}, server.url);
    await feature.samples.write(numbered(0, 1));
    const fails = (): never => {
      throw new TypeError('a mistake');
    };
    const status = vi.fn<() => void>();
    const {signal} = new AbortController();
    await expect(feature.samples.follow('0-0', fails, signal, status)).rejects.toThrow('a mistake');
    expect(status).not.toHaveBeenCalled();
  });

  it.concurrent('come through whole at any cut of the bytes', async context => {
    const {redis, proxied, open} = workshop(context);
    const server = await redis();
    const {feature} = await stream({open}, server.url);
    const written = Array.from({length: 40}, (_, n) => [
      'side',
      'gray',
      `名${n}`,
      '灰'.repeat(n * 300),
      'n',
      `${n}`,
    ]);
    await feature.samples.write(written);
    const proxy = await proxied(server, {chunk: 7});
    const entries: string[][] = [];
    await (
      await open(proxy.url, 'viewer')
    )
      .feature('f')
      .samples.history(
        0,
        batch => entries.push(...batch.map(entry => entry.fields)),
        AbortSignal.timeout(PATIENCE_MS),
      );
    expect(entries).toEqual(written);
  });
});

describe.skipIf(redisMissing)('every call ends within seconds', () => {
  it.concurrent('when the server is frozen, whatever is asked', async context => {
    const {redis, open} = workshop(context);
    const server = await redis();
    const store = await open(server.url, 'operator');
    const feature = store.feature('f');
    const head = await appendNext(feature);
    server.freeze();
    const calls = [
      feature.log.head(),
      feature.log.append(commitAfter(head)),
      feature.samples.write(numbered(0, 1)),
      feature.samples.history(0, () => undefined, new AbortController().signal),
      feature.rollUps.read('seconds', 0),
      feature.rollUps.write('seconds', [{t: 1, body: ''}], 1),
      feature.routers.list(),
      feature.lease.hold('a', 'b', 1000),
      store.features(),
    ];
    for (const outcome of await Promise.allSettled(calls)) {
      expect(outcome).toMatchObject({status: 'rejected', reason: {code: 'store-unreachable'}});
    }
    expect(await store.health()).toMatchObject({state: 'away'});
    server.thaw();
    // What reached the frozen server may be carried out now; the commit at most once.
    const versions = (await eventually(() => feature.log.read(0))).map(commit => commit.version);
    expect([[1], [1, 2]]).toContainEqual(versions);
  });
});
