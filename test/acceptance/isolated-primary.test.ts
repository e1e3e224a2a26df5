import {describe, expect, test} from 'vitest';
import {nginxMissing} from '../servers/nginx.ts';
import {redisMissing, startRedis} from '../servers/redis.ts';
import {openDrivenEdge} from './edge-place.ts';
import {grayAt, halfPlan} from './gray-at.ts';
import {FEATURE, startRelease, statusOf} from './place.ts';
import {startService} from './service-place.ts';

describe.skipIf(redisMissing || nginxMissing)(
  'an old primary that nobody told that it is none any more',
  () => {
    test('goes on answering reads at the old percent: once a rollback on the new one is through, nobody is on gray, nor later', async () => {
      await using driven = await openDrivenEdge();
      const {place, edge} = driven;
      const {redis: old} = place;
      await using service = await startService(place);
      const replica = await startRedis({replicaof: {port: old.port}});
      try {
        await old.admin.config('SET', 'min-replicas-to-write', '1');
        await expect.poll(async () => await old.admin.wait(1, 100)).toBe(1);
        await place.cli.file('plan.yaml', halfPlan('prod'));
        await startRelease(place, '--plan', 'plan.yaml');
        await expect.poll(async () => (await statusOf(place)).routers).toMatchObject({live: 2, confirmed: 2});
        expect(await grayAt(edge)).toBeGreaterThan(3);
        expect(await grayAt(service)).toBeGreaterThan(3);
        await old.admin.wait(1, 1000);

        await replica.admin.replicaof('NO', 'ONE');
        const env = {GRAYDECK_STORE: replica.url};
        const back = await place.cli.runWith({env}, 'rollback', '--feature', FEATURE);
        expect(back).toMatchObject({
          exitCode: 0,
          stdout: expect.stringContaining('past its bound, so at prod') as string,
        });
        expect([await grayAt(edge), await grayAt(service)]).toEqual([0, 0]);
        expect((await statusOf(place)).percent.set).toBe(50);

        // It comes back as a replica of the new one: it can be read, and never written to.
        await old.admin.replicaof('127.0.0.1', replica.port);
        await expect.poll(async () => (await statusOf(place)).percent.set).toBe(0);
        expect([await grayAt(edge), await grayAt(service)]).toEqual([0, 0]);
      } finally {
        await replica.dispose();
      }
    });
  },
);
