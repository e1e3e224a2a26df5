import {setTimeout as delay} from 'node:timers/promises';
import {describe, expect, test} from 'vitest';
import {networkRefusal, openNetwork} from '../servers/network.ts';
import {nginxMissing} from '../servers/nginx.ts';
import {redisMissing} from '../servers/redis.ts';
import {openDrivenEdge} from './edge-place.ts';
import {grayAt, halfPlan} from './gray-at.ts';
import {startRelease, statusOf} from './place.ts';
import {startService} from './service-place.ts';

/** As the agent prints it: 15 s, 2 s watchdog, 1 s shutdown; a service with the SDK has the first of these alone. */
const EDGE_BOUND_MS = 18_000;
describe.skipIf(redisMissing || nginxMissing)('where packets to the store are lost', () => {
  test('edge and service are at prod within their bounds, those that are to keep gray keep it, and all are right after the return', async context => {
    const refusal = networkRefusal();
    if (refusal !== null) return context.skip(refusal);
    using network = openNetwork();
    await using driven = await openDrivenEdge({network});
    await using keeping = await openDrivenEdge({network});
    await using service = await startService(driven.place);
    await using kept = await startService(keeping.place);
    for (const [one, whenStale] of [
      [driven, 'prod'],
      [keeping, 'keep'],
    ] as const) {
      await one.place.cli.file('plan.yaml', halfPlan(whenStale));
      await startRelease(one.place, '--plan', 'plan.yaml');
      await expect
        .poll(async () => (await statusOf(one.place)).routers)
        .toMatchObject({live: 2, confirmed: 2});
    }
    expect(await grayAt(service)).toBeGreaterThan(3);
    for (const lose of [() => network.cut(), () => network.unplug()]) {
      lose();
      const cutAt = performance.now();
      await delay(Math.max(0, cutAt + EDGE_BOUND_MS + 2000 - performance.now()));
      expect([await grayAt(driven.edge), await grayAt(service)]).toEqual([0, 0]);
      expect(await grayAt(keeping.edge)).toBeGreaterThan(3);
      expect(await grayAt(kept)).toBeGreaterThan(3);
      network.mend();
      for (const place of [driven.edge, service]) await expect.poll(() => grayAt(place)).toBeGreaterThan(0);
    }
  });
});
