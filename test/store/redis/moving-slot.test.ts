import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest';
import {openStore} from '../../../source/store/open.ts';
import type {FeatureStore} from '../../../source/store/port.ts';
import {startCluster, type RedisCluster} from '../../servers/redis-cluster.ts';
import {redisMissing} from '../../servers/redis.ts';
import {appendNext, commitAfter} from '../commits.ts';
import {followLog, followSamples} from '../followed.ts';

const SAMPLE = ['side', 'gray', 'requests', '1'];

describe.skipIf(redisMissing)('a cluster that moves the slot of a feature to another node', () => {
  let cluster: RedisCluster;
  const ends: (() => unknown)[] = [];
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster.dispose());
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end();
  });

  async function open(name: string): Promise<FeatureStore> {
    const store = await openStore(cluster.url, 'operator', {env: {}});
    ends.push(() => store.close());
    return store.feature(name);
  }

  /** Begins to move the slot of a feature. The keys whose names end so are moved, the others stay behind. */
  async function move(name: string, moved: readonly string[]): Promise<{finish(): Promise<void>}> {
    const {slot, owner, other} = await cluster.whereIs(`graydeck:{${name}}:log`);
    const [from, to] = await Promise.all([owner.admin.cluster('MYID'), other.admin.cluster('MYID')]);
    await other.admin.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', from);
    await owner.admin.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', to);
    const keys = async () => owner.admin.cluster('GETKEYSINSLOT', slot, 100);
    const migrate = async (some: readonly string[]) => {
      if (some.length === 0) return;
      await owner.admin.call('MIGRATE', '127.0.0.1', other.port, '', 0, 5000, 'KEYS', ...some);
    };
    const there = (await keys()).filter(key => moved.some(end => key.endsWith(`:${end}`)));
    expect(there).toHaveLength(moved.length);
    await migrate(there);
    return {
      finish: async () => {
        await migrate(await keys());
        for (const node of [other, owner, ...cluster.nodes]) {
          await node.admin.call('CLUSTER', 'SETSLOT', slot, 'NODE', to);
        }
      },
    };
  }

  /** All that an operator writes and reads of a feature. */
  async function useAll(feature: FeatureStore): Promise<void> {
    const {version} = await appendNext(feature);
    expect((await feature.log.head())?.version).toBe(version);
    await feature.samples.write([SAMPLE, SAMPLE]);
    await feature.rollUps.write('seconds', [{t: version, body: 'x'}], 1e15);
    expect((await feature.rollUps.read('seconds', 0)).at(-1)?.t).toBe(version);
    expect(await feature.lease.hold('guard', 'token', 60_000)).toMatchObject({token: 'token'});
    expect(await feature.mendStreams()).toEqual([]);
    expect(await feature.streamClocks()).toMatchObject({samples: expect.any(Number) as number});
    await feature.outputs.write({release: 'r', step: 's', attempt: 1, text: 'x', result: null});
    expect(await feature.routers.list()).toEqual([]);
  }

  it.each([
    ['nothing', 'none', []],
    ['the log alone', 'log', ['log']],
    ['all but the log', 'rest', ['metrics', 'seconds', 'lease', 'output']],
    ['everything', 'all', ['log', 'metrics', 'seconds', 'lease', 'output']],
  ])('serves while %s has moved, and when the move is done', async (_, name, moved) => {
    const feature = await open(name);
    await useAll(feature);
    const followed = followLog((await open(name)).log);
    const samples = followSamples((await open(name)).samples, '0-0');
    await followed.reached(1);
    await samples.got(2);
    const {finish} = await move(name, moved);
    await useAll(feature);
    // A process that begins now knows nothing of the move.
    await useAll(await open(name));
    await samples.got(6);
    await finish();
    await useAll(feature);
    await followed.reached(4);
    await samples.got(8);
    expect(followed.count('broken')).toBe(0);
    expect(await feature.rollUps.read('seconds', 0)).toHaveLength(4);
    await followed.stop();
    await samples.stop();
  });

  it('takes the first commit of a feature that has no key yet', async () => {
    const feature = await open('new');
    const {finish} = await move('new', []);
    await appendNext(feature);
    expect((await feature.log.head())?.version).toBe(1);
    await finish();
    await appendNext(feature);
  });

  it.each(['log', 'aside'])(
    'writes behind an entry that no commit can follow, with %s moved',
    async moved => {
      const name = `odd-${moved}`;
      const feature = await open(name);
      const {owner} = await cluster.whereIs(`graydeck:{${name}}:log`);
      await owner.admin.xadd(`graydeck:{${name}}:aside`, '*', 'entry', '1-0');
      const first = await appendNext(feature);
      await owner.admin.xadd(`graydeck:{${name}}:log`, '2-0', 'commit', 'junk');
      const {finish} = await move(name, [moved]);
      const next = commitAfter(first);
      expect(await feature.log.append(next)).toEqual({outcome: 'written', putAside: true});
      expect(await feature.log.read(0)).toEqual([first, next]);
      await finish();
    },
  );

  it('lets the samples go on that an application has set ahead, with the stream moved', async () => {
    const feature = await open('ahead');
    const {owner} = await cluster.whereIs('graydeck:{ahead}:log');
    await owner.admin.xadd('graydeck:{ahead}:aside', '*', 'entry', '1-0');
    await owner.admin.xadd(
      'graydeck:{ahead}:metrics',
      '18446744073709551615-18446744073709551615',
      ...SAMPLE,
    );
    const {finish} = await move('ahead', ['metrics']);
    expect(await feature.mendStreams()).toMatchObject([{stream: 'samples', entries: 1}]);
    await feature.samples.write([SAMPLE]);
    await finish();
  });
});
