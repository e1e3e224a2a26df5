import {spawnSync} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest';
import {openStore} from '../../../source/store/open.ts';
import type {StoreByRole, StoreRole} from '../../../source/store/port.ts';
import {slotOf} from '../../../source/store/redis/cluster.ts';
import {noteMissing} from '../../servers/missing.ts';
import {freePort} from '../../servers/ports.ts';
import {startCluster, type RedisCluster} from '../../servers/redis-cluster.ts';
import {redisMissing, startRedis, type RedisOptions, type RedisServer} from '../../servers/redis.ts';
import {runProgram} from '../child.ts';
import {appendMany, appendNext} from '../commits.ts';
import {followLog, followSamples} from '../followed.ts';
import {eventually} from '../../patience.ts';

const opensslMissing = spawnSync('openssl', ['version']).error !== undefined;
if (opensslMissing) noteMissing('openssl', 'the store on Redis behind TLS');

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function redis(options?: RedisOptions): Promise<RedisServer> {
  const server = await startRedis(options);
  ends.push(() => server.dispose());
  return server;
}

async function open<R extends StoreRole>(address: string, role: R): Promise<StoreByRole[R]> {
  const store = await openStore(address, role, {env: {}});
  ends.push(() => store.close());
  return store;
}

describe.skipIf(redisMissing)('a store behind a socket of the file system', () => {
  it('serves as any other', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'graydeck-socket-'));
    ends.push(() => rm(folder, {recursive: true}));
    const socket = join(folder, 'redis.sock');
    await redis({settings: {unixsocket: socket}});
    const store = await open(`redis+unix://${socket}`, 'operator');
    const followed = followLog(store.feature('f').log);
    const commit = await appendNext(store.feature('f'));
    await followed.reached(1);
    expect(followed.commits()).toEqual([commit]);
    expect(store.label).toBe(`redis+unix://${socket}`);
    await followed.stop();
  });
});

describe.skipIf(redisMissing || opensslMissing)('a store behind TLS', () => {
  async function tlsServer(): Promise<{server: RedisServer; port: number; certificate: string}> {
    const port = await freePort();
    const home = await redis();
    const [key, certificate] = [join(home.folder, 'key.pem'), join(home.folder, 'cert.pem')];
    const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1';
    // prettier-ignore
    const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost',
      '-addext', names, '-keyout', key, '-out', certificate]);
    expect(made.status).toBe(0);
    const server = await redis({
      settings: {
        'tls-port': String(port),
        'tls-cert-file': certificate,
        'tls-key-file': key,
        'tls-ca-cert-file': certificate,
        'tls-auth-clients': 'no',
      },
    });
    return {server, port, certificate};
  }

  it('serves who trusts its certificate, and nobody is made to trust it', async () => {
    const {server, port, certificate} = await tlsServer();
    for (const [n, host] of ['localhost', '127.0.0.1'].entries()) {
      const address = `rediss://${host}:${port}`;
      const trusting = runProgram('append', [address, `tls-${n}`, '1'], {
        NODE_EXTRA_CA_CERTS: certificate,
      });
      trusting.tell('go');
      expect(await trusting.ended).toBe(0);
      const viewer = await open(server.url, 'viewer');
      expect(await viewer.feature(`tls-${n}`).log.read(0)).toHaveLength(1);
      const health = await (await open(address, 'viewer')).health();
      expect(health).toMatchObject({state: 'away', why: expect.stringContaining('certificate') as string});
    }
  });

  it('says what to write when one side speaks TLS and the other does not', async () => {
    const {server, port} = await tlsServer();
    const tls = await open(`rediss://127.0.0.1:${server.port}`, 'viewer');
    await expect(tls.features()).rejects.toMatchObject({
      hint: expect.stringContaining('write redis://') as string,
    });
    const plain = await open(`redis://127.0.0.1:${port}`, 'viewer').then(
      async store => ((await store.health()) as {why: string}).why,
      (error: Error) => error.message,
    );
    expect(plain).toMatch(/not Redis|closed/);
  });
});

describe.skipIf(redisMissing)('a store on a cluster of three nodes', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster.dispose());

  it('serves features on every node by one address, any seed of which may be down', async () => {
    const gone = await freePort();
    const address = cluster.url.replace('://', `://127.0.0.1:${gone},`);
    const store = await open(address, 'operator');
    const viewer = await open(address, 'viewer');
    const owners = new Set<number>();
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const name of names) {
      const feature = store.feature(name);
      owners.add((await cluster.whereIs(`graydeck:{${name}}:log`)).owner.port);
      const seen = viewer.feature(name);
      const followed = followLog(seen.log);
      const samples = followSamples(seen.samples, '0-0');
      const commits = await appendMany(feature, 3);
      await feature.samples.write([['side', 'gray', 'requests', '1']]);
      await followed.reached(3);
      await samples.got(1);
      expect(followed.commits()).toEqual(commits);
      await followed.stop();
      await samples.stop();
      await feature.rollUps.write('seconds', [{t: store.now(), body: 'x'}], 60_000);
      expect(await seen.rollUps.read('seconds', 0)).toHaveLength(1);
      expect(await feature.lease.hold('guard', 'token', 60_000)).toMatchObject({token: 'token'});
      expect(await seen.lease.read()).toMatchObject({holder: 'guard'});
      const router = (await open(address, 'router')).feature(name);
      await router.report({
        name: 'sdk',
        kind: 'sdk',
        version: 3,
        release: null,
        percent: 0,
        live: false,
        boundMs: 1,
      });
      expect(await seen.routers.list()).toHaveLength(1);
    }
    expect(owners.size).toBeGreaterThan(1);
    expect(await viewer.features()).toEqual(names);
    expect(await store.health()).toMatchObject({state: 'up'});
  });

  it('finds the node of a key without asking, and asks another where one is silent', async () => {
    const keys = [
      'graydeck:features',
      'graydeck:{a}:log',
      'x',
      '',
      '{}{a}',
      'a{b{c}d}',
      '}a{b}',
      '{a',
      'ü{é}',
    ];
    for (const key of keys) expect([key, slotOf(key)]).toEqual([key, (await cluster.whereIs(key)).slot]);
    const [silent] = cluster.nodes;
    const names = Array.from({length: 20}, (_, n) => `f-${n}`);
    const owners = await Promise.all(names.map(name => cluster.whereIs(`graydeck:{${name}}:log`)));
    const name = names[owners.findIndex(({owner}) => owner !== silent)]!;
    const writer = (await open(cluster.url, 'operator')).feature(name);
    await appendNext(writer);
    silent!.freeze();
    try {
      const feature = (await open(cluster.url, 'operator')).feature(name);
      expect((await feature.log.head())?.version).toBe(1);
      await appendNext(feature);
      expect((await writer.log.head())?.version).toBe(2);
    } finally {
      silent!.thaw();
    }
  });

  it('takes a commit while the node of the list of features is silent', async () => {
    const {owner: silent} = await cluster.whereIs('graydeck:features');
    const names = Array.from({length: 20}, (_, n) => `g-${n}`);
    const owners = await Promise.all(names.map(name => cluster.whereIs(`graydeck:{${name}}:log`)));
    const name = names[owners.findIndex(({owner}) => owner !== silent)]!;
    await appendNext((await open(cluster.url, 'operator')).feature(name));
    const store = await open(cluster.url, 'operator');
    expect((await store.feature(name).log.head())?.version).toBe(1);
    silent.freeze();
    try {
      const listed = store.features().then(
        () => 'listed',
        () => 'the list is away',
      );
      const written = appendNext(store.feature(name)).then(() => 'written');
      expect(await Promise.race([listed, written])).toBe('written');
      expect(await listed).toBe('the list is away');
    } finally {
      silent.thaw();
    }
  });

  it('hears the bell of another node', async () => {
    const writer = (await open(cluster.url, 'operator')).feature('bell');
    const followers = await Promise.all(
      cluster.nodes.map(async node =>
        followLog((await open(`redis-cluster://127.0.0.1:${node.port}`, 'viewer')).feature('bell').log),
      ),
    );
    const first = await appendNext(writer);
    for (const followed of followers) await followed.reached(1);
    const commits = [first, ...(await appendMany(writer, 5))];
    for (const followed of followers) {
      await followed.reached(6);
      expect(followed.commits()).toEqual(commits);
    }
    for (const followed of followers) await followed.stop();
  });

  it('goes on while a feature moves from node to node', async () => {
    const store = await open(cluster.url, 'operator');
    const feature = store.feature('moving');
    const {slot, owner, other} = await cluster.whereIs('graydeck:{moving}:log');
    const followed = followLog((await open(cluster.url, 'viewer')).feature('moving').log);
    const samples = followSamples(feature.samples, '0-0');
    await appendMany(feature, 3);
    await feature.samples.write([['side', 'gray', 'requests', '0']]);
    await followed.reached(3);
    await samples.got(1);

    const [from, to] = await Promise.all([owner.admin.cluster('MYID'), other.admin.cluster('MYID')]);
    await other.admin.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', from);
    await owner.admin.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', to);
    const keys = await owner.admin.cluster('GETKEYSINSLOT', slot, 100);
    expect(keys).toContain('graydeck:{moving}:log');
    await owner.admin.call('MIGRATE', '127.0.0.1', other.port, '', 0, 5000, 'KEYS', ...keys);
    // Now the old node answers ASK.
    expect((await feature.log.head())?.version).toBe(3);
    for (const node of [other, owner, ...cluster.nodes])
      await node.admin.call('CLUSTER', 'SETSLOT', slot, 'NODE', to);
    // And now MOVED.
    await appendMany(feature, 2);
    await eventually(() => feature.samples.write([['side', 'gray', 'requests', '1']]));
    await followed.reached(5);
    await samples.got(2);
    expect(followed.count('broken')).toBe(0);
    await followed.stop();
    await samples.stop();
  });
});

describe.skipIf(redisMissing)('a store behind sentinels', () => {
  it('is found again after its primary was replaced', async () => {
    const primary = await redis();
    const replica = await redis({replicaof: primary});
    await eventually(async () => expect(await primary.admin.info('replication')).toContain('state=online'));
    const sentinel = await redis({
      sentinel: [
        `sentinel monitor deck 127.0.0.1 ${primary.port} 1`,
        'sentinel down-after-milliseconds deck 1000',
        'sentinel failover-timeout deck 5000',
      ],
    });
    const address = `redis-sentinel://127.0.0.1:${sentinel.port}/deck`;
    const feature = (await open(address, 'operator')).feature('f');
    const commits = await appendMany(feature, 2);
    const followed = followLog((await open(address, 'viewer')).feature('f').log);
    await followed.reached(2);
    await eventually(async () =>
      expect(String(await sentinel.admin.call('SENTINEL', 'MASTER', 'deck'))).toMatch(/num-slaves,1/),
    );
    await eventually(async () => expect(await replica.admin.xlen('graydeck:{f}:log')).toBe(2));
    await primary.kill();
    const next = await eventually(() => appendNext(feature), 200);
    await eventually(async () => expect(await replica.admin.xlen('graydeck:{f}:log')).toBe(3));
    await followed.reached(3);
    expect(followed.commits()).toEqual([...commits, next]);
    expect(followed.count('away')).toBeGreaterThan(0);
    await followed.stop();
  });
});

describe.skipIf(redisMissing)('an application that follows a store', () => {
  it('ends when it has nothing more to do, whether the store is there or not', async () => {
    const server = await redis();
    for (const address of [server.url, `redis://127.0.0.1:${await freePort()}`]) {
      const app = runProgram('route-and-end', [address, 'f']);
      expect(await app.ended).toBe(0);
      expect(app.lines).toEqual(['done']);
    }
    expect(await server.admin.hlen('graydeck:{f}:routers')).toBe(1);
  });
});
