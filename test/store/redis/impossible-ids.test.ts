import {describe, expect, it, type TestContext} from 'vitest';
import {aclLines} from '../../../source/store/redis/acl.ts';
import {Measurements} from '../../../source/metrics/follower.ts';
import {until} from '../../controller/desk.ts';
import {redisMissing} from '../../servers/redis.ts';
import {followSamples} from '../followed.ts';
import {workshop} from './workshop.ts';

const METRICS = 'graydeck:{f}:metrics';
const FEEDBACK = 'graydeck:{f}:feedback';
const LAST_OF_ALL = '18446744073709551615-18446744073709551615';
const HOUR = 3_600_000;
const sample = (n: number) => ['side', 'gray', 'requests', String(n)];

async function opened(context: TestContext) {
  const {redis, open} = workshop(context);
  const acl = aclLines('app', {user: 'app'}).map(line => line.replace('>PASSWORD', '>secret'));
  const server = await redis({acl: ['user default on nopass ~* &* +@all', ...acl]});
  const store = await open(server.url, 'operator');
  const asApp = server.admin.duplicate();
  context.onTestFinished(() => asApp.disconnect());
  await asApp.auth('app', 'secret');
  const app = (await open(server.url.replace('//', '//app:secret@'), 'router')).feature('f');
  return {server, store, feature: store.feature('f'), asApp, app};
}

describe.skipIf(redisMissing)('an id that no clock gives', () => {
  for (const [what, idOf] of [
    ['the last id of all', () => LAST_OF_ALL],
    ['an id of in ten minutes', (now: number) => `${now + 600_000}-0`],
  ] as const) {
    it.concurrent(
      `as ${what}: the stream goes on for every writer, and for who reads already`,
      async context => {
        const {store, feature, asApp, app} = await opened(context);
        await app.writeSamples([sample(1)]);
        const followed = followSamples(feature.samples, '0-0');
        await followed.got(1);
        await asApp.xadd(METRICS, idOf(store.now()), 'side', 'gray', 'requests', '2');
        await followed.got(2);
        expect((await feature.streamClocks()).samples).toBeGreaterThan(store.now() + 500_000);

        const [mended, ...others] = await feature.mendStreams();
        expect(others).toEqual([]);
        expect(mended).toMatchObject({stream: 'samples', entries: 1});
        expect(mended!.aheadMs).toBeGreaterThan(590_000);
        expect(await feature.mendStreams()).toEqual([]);
        expect((await feature.streamClocks()).samples).toBeLessThan(store.now() + 1000);

        await app.writeSamples([sample(3)]);
        const id = await asApp.xadd(METRICS, '*', 'side', 'gray', 'requests', '4');
        expect(Math.abs(Number.parseInt(id!, 10) - store.now())).toBeLessThan(5000);
        await followed.got(4);
        await followed.stop();
        // The good entry is there still, once, and nothing was told twice.
        expect(followed.entries.map(({fields}) => fields[3])).toEqual(['1', '2', '3', '4']);
      },
    );
  }

  it.concurrent('is seen though its entry is gone: an app may trim what it writes', async context => {
    const {feature, asApp, app} = await opened(context);
    await asApp.xadd(METRICS, 'MAXLEN', 0, LAST_OF_ALL, 'side', 'gray', 'requests', '1');
    await expect(app.writeSamples([sample(1)])).rejects.toThrow('refused XADD');
    expect(await feature.mendStreams()).toMatchObject([{stream: 'samples', entries: 0}]);
    await app.writeSamples([sample(1)]);
  });

  it.concurrent(
    'in thousands of entries is mended all the same, and what is kept is bounded',
    async context => {
      const {server, store, feature, asApp} = await opened(context);
      await asApp.xadd(METRICS, `${store.now() + HOUR}-0`, 'side', 'gray', 'requests', '1');
      const flood = asApp.pipeline();
      for (let n = 0; n < 5000; n++) flood.xadd(METRICS, '*', 'side', 'gray', 'requests', '1');
      await flood.exec();
      expect(await feature.mendStreams()).toMatchObject([{stream: 'samples', entries: 5001}]);
      expect(await server.admin.xlen(METRICS)).toBe(0);
      expect(await server.admin.xlen('graydeck:{f}:aside')).toBeLessThanOrEqual(300);
    },
  );

  it.concurrent(
    'among feedback hides none of it: readers pass it over, and it can be mended',
    async context => {
      const {store, feature, asApp, app} = await opened(context);
      await app.writeFeedback('{"n":1}');
      await asApp.xadd(FEEDBACK, LAST_OF_ALL, 'feedback', '{"n":2}');
      const before = await feature.feedback.read(0);
      expect(before.map(({text}) => text)).toEqual(['{"n":1}']);
      expect(await feature.mendStreams()).toMatchObject([{stream: 'feedback', entries: 1}]);
      await app.writeFeedback('{"n":3}');
      expect((await feature.feedback.read(0, before[0]!.id)).map(({text}) => text)).toEqual(['{"n":3}']);
      expect((await feature.feedback.read(store.now() - HOUR)).length).toBe(2);
    },
  );

  it.concurrent(
    'cannot be given to the log by an app, nor can the streams be set back by one',
    async context => {
      const {asApp} = await opened(context);
      await expect(asApp.xadd('graydeck:{f}:log', LAST_OF_ALL, 'commit', '{}')).rejects.toThrow('NOPERM');
      await expect(asApp.xadd('graydeck:{f}:aside', LAST_OF_ALL, 'a', 'b')).rejects.toThrow('NOPERM');
      await expect(asApp.call('XSETID', METRICS, '1-0')).rejects.toThrow('NOPERM');
    },
  );

  it.concurrent('is named, and what comes after it counts from when it came', async context => {
    const {store, feature, asApp} = await opened(context);
    const clockAt = async () => (await feature.streamClocks()).samples;
    const measurements = new Measurements({samples: feature.samples, now: () => store.now(), clockAt});
    context.onTestFinished(() => measurements.close());
    await measurements.start();
    await asApp.xadd(METRICS, `${store.now() + HOUR}-0`, 'side', 'gray', 'requests', '5', 'errors', '5');
    await asApp.xadd(METRICS, '*', 'side', 'gray', 'requests', '5', 'errors', '4');
    const gray = () =>
      measurements.windows.numbers('gray', {from: store.now() - 60_000, to: store.now() + 1000});
    await until(() => gray().requests === 10);
    expect(gray().errors).toBe(9);
    expect(measurements.status().aheadMs).toBeGreaterThan(HOUR / 2);
    await feature.mendStreams();
    await until(() => measurements.status().aheadMs === null);
    await asApp.xadd(METRICS, '*', 'side', 'gray', 'requests', '5');
    await until(() => gray().requests === 15);
  });
});
