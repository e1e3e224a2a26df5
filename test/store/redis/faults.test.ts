import {once} from 'node:events';
import {createServer as createHttpServer} from 'node:http';
import {createServer, type AddressInfo, type Server, type Socket} from 'node:net';
import {rm} from 'node:fs/promises';
import {inspect} from 'node:util';
import {describe, expect, it, vi, type TestContext} from 'vitest';
import type {Commit} from '../../../source/release/commit.ts';
import type {Event} from '../../../source/release/event.ts';
import {StoreFault} from '../../../source/store/fault.ts';
import {freePort} from '../../servers/ports.ts';
import {redisMissing} from '../../servers/redis.ts';
import {appendMany, appendNext, commitAfter} from '../commits.ts';
import {workshop, type Workshop} from './workshop.ts';
import {eventually} from '../../patience.ts';

/** A server that is no Redis, on a free port. */
async function impostor(context: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sockets = new Set<Socket>();
  server.on('connection', socket => sockets.add(socket));
  context.onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function faultOf(work: Promise<unknown> | (() => Promise<unknown>)): Promise<StoreFault> {
  const error = await (typeof work === 'function' ? work() : work).then(
    () => null,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(StoreFault);
  const fault = error as StoreFault;
  // One line each for a person, whatever the server said.
  expect(fault.message).toMatch(/^\S\P{Cc}{10,250}\.$/u);
  expect(fault.hint).toMatch(/^\S\P{Cc}{5,250}$/u);
  return fault;
}

const raising: Event = {type: 'percent-set', release: 'r', percent: 20, from: 5};
const rollback: Event = {type: 'rollback-started', release: 'r', fromPercent: 5, reason: null, steps: []};

describe('a store on Redis that cannot be reached', () => {
  it.concurrent('opens all the same, says why it is away, and fails each call at once', async context => {
    const {open} = workshop(context);
    const port = await freePort();
    const store = await open(`redis://127.0.0.1:${port}`, 'operator');
    const health = await store.health();
    expect(health).toMatchObject({state: 'away', why: expect.stringContaining('nothing listens') as string});
    const fault = await faultOf(store.feature('f').log.head());
    expect(fault.code).toBe('store-unreachable');
    expect(fault.message).toContain(`127.0.0.1:${port}`);
    const before = Date.now();
    const now = store.now();
    expect(now).toBeGreaterThanOrEqual(before - 1);
    expect(now).toBeLessThanOrEqual(Date.now() + 1);
  });

  it.concurrent('names an unknown host, and a socket that is not there', async context => {
    const {open} = workshop(context);
    const host = await open('redis://no-such-host.invalid', 'viewer');
    expect((await faultOf(host.features())).message).toMatch(/host name is not known|answer in time/);
    const socket = await open('redis+unix:///no/such/redis.sock', 'viewer');
    expect((await faultOf(socket.features())).message).toContain('no such socket');
  });

  it.concurrent('is given up when it accepts and says nothing', async context => {
    const {open} = workshop(context);
    const port = await impostor(context, createServer());
    const store = await open(`redis://127.0.0.1:${port}`, 'viewer');
    expect(await store.health()).toMatchObject({state: 'away'});
  });
});

describe('what answers and is not the Redis we need', () => {
  it.concurrent('is named: a web server', async context => {
    const {open} = workshop(context);
    const port = await impostor(
      context,
      createHttpServer((_, response) => response.end('hello')),
    );
    const fault = await faultOf(open(`redis://127.0.0.1:${port}`, 'viewer'));
    expect(fault.code).toBe('store-not-ours');
    expect(fault.message).toContain('is not Redis');
  });

  it.concurrent('is named: something that speaks first', async context => {
    const {open} = workshop(context);
    const port = await impostor(
      context,
      createServer(socket => socket.write('SSH-2.0-OpenSSH_9.2p1\r\n')),
    );
    expect((await faultOf(open(`redis://127.0.0.1:${port}`, 'viewer'))).code).toBe('store-not-ours');
  });

  // No old server can be installed beside the new one; what it answers is known.
  for (const [answer, version] of [
    ['*4\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$6\r\n6.2.14\r\n', '6.2.14'],
    ['-ERR unknown command `HELLO`, with args beginning with: \r\n', 'older than 6'],
  ] as const) {
    it.concurrent(`is named: a Redis ${version}, with the reason why it will not do`, async context => {
      const {open} = workshop(context);
      const port = await impostor(
        context,
        createServer(socket => socket.on('data', () => socket.write(answer))),
      );
      const fault = await faultOf(open(`redis://127.0.0.1:${port}`, 'operator'));
      expect(fault.code).toBe('store-not-ours');
      expect(fault.message).toContain(version);
      expect(fault.message).toContain('7.0');
    });
  }
});

describe.skipIf(redisMissing)(
  'a fault of a real server is told with what to do, never with the password',
  () => {
    it.concurrent('no password, a wrong one, an unknown user', async context => {
      const {redis, open} = workshop(context);
      const server = await redis({requirepass: 'hunter2-real'});
      const at = `127.0.0.1:${server.port}`;
      const none = await faultOf(open(`redis://${at}`, 'viewer'));
      expect(none).toMatchObject({code: 'store-no-rights'});
      expect(none.hint).toContain('GRAYDECK_STORE_PASSWORD');
      const wrong = [
        `redis://:hunter2-wrong@${at}`,
        `redis://liu:hunter2-wrong@${at}/3`,
        `redis://liu@${at}`,
      ];
      for (const address of wrong) {
        const fault = await faultOf(open(address, 'operator'));
        expect(fault.code).toBe('store-no-rights');
        expect(inspect(fault, {depth: 20, showHidden: true})).not.toContain('hunter2');
        expect(JSON.stringify(fault)).not.toContain('hunter2');
      }
      const right = await open(`redis://:hunter2-real@${at}`, 'operator');
      expect(await right.features()).toEqual([]);
      expect(inspect(right, {depth: 20, showHidden: true})).not.toContain('hunter2');
    });

    it.concurrent('a password where none is needed does no harm, and nothing is printed', async context => {
      const {redis, open} = workshop(context);
      const server = await redis();
      const said = vi.spyOn(console, 'warn');
      const store = await open(`redis://:superfluous@127.0.0.1:${server.port}`, 'viewer');
      expect(await store.features()).toEqual([]);
      expect(said).not.toHaveBeenCalled();
      said.mockRestore();
    });

    it.concurrent('a database that does not exist: never another one in its place', async context => {
      const {redis, open} = workshop(context);
      const server = await redis();
      const fault = await faultOf(open(`redis://127.0.0.1:${server.port}/99`, 'operator'));
      expect(fault.code).toBe('store-bad-url');
    });

    it.concurrent('databases are apart', async context => {
      const {redis, open} = workshop(context);
      const server = await redis();
      const third = await open(`redis://127.0.0.1:${server.port}/3`, 'operator');
      await appendNext(third.feature('f'));
      expect(await (await open(server.url, 'viewer')).features()).toEqual([]);
      expect(await third.features()).toEqual(['f']);
    });

    it.concurrent('EVAL taken away from everybody', async context => {
      const {redis, open} = workshop(context);
      const server = await redis({settings: {'rename-command': 'EVAL gone'}});
      const store = await open(server.url, 'operator');
      const fault = await faultOf(store.feature('f').log.append(commitAfter(null)));
      expect(fault.code).toBe('store-no-rights');
      expect(fault.message).toContain('EVAL');
    });

    it.concurrent('keys that hold something else', async context => {
      const {redis, open} = workshop(context);
      const server = await redis();
      const store = await open(server.url, 'operator');
      for (const name of ['log', 'metrics', 'routers', 'lease', 'seconds']) {
        if (name === 'lease') await server.admin.lpush(`graydeck:{f}:${name}`, 'x');
        else await server.admin.set(`graydeck:{f}:${name}`, 'x');
      }
      const feature = store.feature('f');
      for (const [work, key] of [
        [() => feature.log.head(), 'log'],
        [() => feature.log.append(commitAfter(null)), 'log'],
        [() => feature.samples.lastId(), 'metrics'],
        [() => feature.samples.write([['a', 'b']]), 'metrics'],
        [() => feature.samples.history(0, () => undefined, new AbortController().signal), 'metrics'],
        [() => feature.routers.list(), 'routers'],
        [() => feature.lease.hold('a', 'b', 1000), 'lease'],
        [() => feature.rollUps.write('seconds', [{t: 1, body: ''}], 1000), 'seconds'],
      ] as const) {
        const fault = await faultOf(work);
        expect(fault.code).toBe('store-not-ours');
        expect(fault.message).toContain(`graydeck:{f}:${key}`);
      }
    });

    it.concurrent('a replica: it can be watched, not written', async context => {
      const {redis, open} = workshop(context);
      const primary = await redis();
      const replica = await redis({replicaof: primary});
      const commit = await appendNext((await open(primary.url, 'operator')).feature('f'));
      const store = await open(replica.url, 'operator');
      await eventually(async () => expect(await store.feature('f').log.head()).toEqual(commit));
      const {log, samples} = store.feature('f');
      for (const write of [() => log.append(commitAfter(commit)), () => samples.write([['a', 'b']])]) {
        const fault = await faultOf(write());
        expect(fault.code).toBe('store-refused');
        expect(fault.message).toContain('replica');
      }
    });

    it.concurrent('one node of a cluster, addressed as if it were alone', async context => {
      const {redis, open} = workshop(context);
      const server = await redis({cluster: true});
      // It serves half of the slots, and knows of nobody for the others.
      await server.admin.cluster('ADDSLOTSRANGE', 0, 16_383);
      await eventually(async () => expect(await server.admin.cluster('INFO')).toContain('cluster_state:ok'));
      await server.admin.cluster('DELSLOTSRANGE', 0, 16_383);
      const store = await open(server.url, 'viewer');
      expect((await faultOf(store.feature('f').log.head())).code).toBe('store-refused');
    });

    it.concurrent('no connection left', async context => {
      const {redis, open} = workshop(context);
      const server = await redis({settings: {maxclients: '1'}});
      expect(await server.admin.ping()).toBe('PONG');
      const store = await open(server.url, 'viewer');
      const fault = await faultOf(store.features());
      expect(fault.code).toBe('store-refused');
      expect(fault.hint).toContain('maxclients');
      server.admin.disconnect();
      await eventually(async () => expect(await store.features()).toEqual([]));
    });

    it.concurrent('a disk that cannot be written to', async context => {
      const {redis, open} = workshop(context);
      const server = await redis({settings: {save: '3600 1'}});
      const store = await open(server.url, 'operator');
      await appendNext(store.feature('f'));
      await rm(server.folder, {recursive: true});
      await server.admin.bgsave().catch(() => undefined);
      await eventually(async () =>
        expect(await server.admin.info('persistence')).toContain('rdb_last_bgsave_status:err'),
      );
      const fault = await faultOf(store.feature('f').samples.write([['a', 'b']]));
      expect(fault.code).toBe('store-refused');
      expect(fault.message).toContain('disk');
    });

    it.concurrent('a server that is still loading, which serves once it is done', async context => {
      const {redis, open} = workshop(context);
      const server = await redis({
        settings: {'key-load-delay': '0', 'loading-process-events-interval-bytes': '1024'},
      });
      const writer = server.admin.pipeline();
      for (let n = 0; n < 300; n++) writer.set(`filler-${n}`, 'x'.repeat(100));
      await writer.exec();
      await appendMany((await open(server.url, 'operator')).feature('f'), 1);
      await server.admin.save();
      await server.stop();
      const again = server.start({'key-load-delay': '10000'});
      const fault = await eventually(async () => {
        const fault = await faultOf(open(server.url, 'viewer').then(store => store.features()));
        expect(fault.code).toBe('store-refused');
        return fault;
      });
      expect(fault.message).toContain('loading');
      await again;
      expect(await (await open(server.url, 'viewer')).features()).toEqual(['f']);
    });
  },
);

describe.skipIf(redisMissing)('a server whose memory is full', () => {
  async function fullServer({redis, open}: Workshop) {
    const server = await redis();
    const store = await open(server.url, 'operator');
    const feature = store.feature('f');
    const head = await appendNext(feature);
    await feature.lease.hold('guard', 'token', 60_000);
    // Less than it has by now: what is filled up to a limit may have room again a moment later.
    await server.admin.config('SET', 'maxmemory', 1000);
    const fault = await faultOf(feature.samples.write([['side', 'gray', 'requests', '1']]));
    return {feature, head, fault};
  }

  it.concurrent('says so, and does not let a release go up', async context => {
    const {feature, head, fault} = await fullServer(workshop(context));
    expect(fault.code).toBe('store-full');
    const refused = await faultOf(feature.log.append(commitAfter(head, {events: [raising]})));
    expect(refused.code).toBe('store-full');
    expect(await feature.log.head()).toEqual(head);
  });

  it.concurrent('still takes a rollback, a lower percent, and the lease of the guard', async context => {
    const {feature, head} = await fullServer(workshop(context));
    const lower: Event = {type: 'percent-set', release: 'r', percent: 1, from: 5};
    let last: Commit = head;
    for (const event of [lower, rollback]) {
      const commit = commitAfter(last, {events: [event]});
      expect(await feature.log.append(commit)).toEqual({outcome: 'written'});
      last = commit;
    }
    expect(await feature.log.head()).toEqual(last);
    expect(await feature.lease.hold('guard', 'token', 60_000)).toMatchObject({token: 'token'});
  });
});

describe.skipIf(redisMissing)('the reply to a commit is lost', () => {
  it.concurrent(
    'and so is the next: it says that the outcome is not known, within a few seconds',
    async context => {
      const {redis, proxied, open} = workshop(context);
      const server = await redis();
      const proxy = await proxied(server);
      const store = await open(proxy.url, 'operator');
      const feature = store.feature('f');
      const head = await appendNext(feature);
      const commit = commitAfter(head);
      proxy.swallowAnswers();
      const fault = await faultOf(feature.log.append(commit));
      expect(fault.code).toBe('store-unreachable');
      expect(fault.message).toContain('Whether version 2 was written is not known');
      proxy.release();
      // It was, and handing it in again finds it.
      expect(await feature.log.append(commit)).toEqual({outcome: 'written'});
      expect(await feature.log.read(0)).toEqual([head, commit]);
    },
  );
});
