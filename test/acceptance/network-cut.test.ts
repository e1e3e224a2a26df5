import {setTimeout as delay} from 'node:timers/promises';
import {describe, expect, test} from 'vitest';
import {networkRefusal, openNetwork} from '../servers/network.ts';
import {nginxMissing} from '../servers/nginx.ts';
import {redisMissing} from '../servers/redis.ts';
import {openDrivenEdge} from './edge-place.ts';
import {FEATURE, startRelease, statusOf} from './place.ts';
import {startService} from './service-place.ts';

const plan = (whenStale: 'prod' | 'keep') => `
phases:
  - {name: some, percent: 50, duration: 24h, include: {users: [vip-1]}, whenStale: ${whenStale}}
  - {name: all, percent: 100}
evidence: off
`;

/** As the agent prints it: 15 s, 2 s watchdog, 1 s shutdown; a service with the SDK has the first of these. */
const EDGE_BOUND_MS = 18_000;
const SERVICE_BOUND_MS = 15_000;
/** Everybody who may come to gray: listed, forced by header or cookie, and many by percent. */
const USERS: Record<string, string>[] = [
  {'x-user-id': 'vip-1'},
  {'x-user-id': 'u-7', 'x-gray-release': 'true'},
  {'x-user-id': 'u-8', cookie: 'gray_user=true'},
  ...Array.from({length: 20}, (_, n) => ({'x-user-id': `u-${n}`})),
];

/** How many of them gray answers. */
async function grayAt({port}: {port: number}): Promise<number> {
  const answers = await Promise.all(
    USERS.map(async headers => {
      const answer = await fetch(`http://127.0.0.1:${port}/${FEATURE}`, {
        headers: {...headers, connection: 'close'},
      });
      return await answer.text();
    }),
  );
  return answers.filter(body => body.trim() === 'gray').length;
}

/** Milliseconds until nobody, or somebody, is on gray. */
async function until(place: {port: number}, isGray: boolean, began: number): Promise<number> {
  await expect.poll(async () => (await grayAt(place)) > 0, {interval: 20}).toBe(isGray);
  return performance.now() - began;
}

describe.skipIf(redisMissing || nginxMissing)('where packets to the store are lost', () => {
  test('edge and service are at prod within their bounds, those that are to keep gray keep it, and all are right soon after the return', async context => {
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
      await one.place.cli.file('plan.yaml', plan(whenStale));
      await startRelease(one.place, '--plan', 'plan.yaml');
      await expect
        .poll(async () => (await statusOf(one.place)).routers)
        .toMatchObject({live: 2, confirmed: 2});
    }
    expect(await grayAt(service)).toBeGreaterThan(3);
    for (const lose of [() => network.cut(), () => network.unplug()]) {
      lose();
      const cutAt = performance.now();
      const [edgeMs, serviceMs] = await Promise.all([
        until(driven.edge, false, cutAt),
        until(service, false, cutAt),
      ]);
      await delay(Math.max(0, cutAt + EDGE_BOUND_MS + 2000 - performance.now()));
      expect([await grayAt(driven.edge), await grayAt(service)]).toEqual([0, 0]);
      expect(await grayAt(keeping.edge)).toBeGreaterThan(3);
      expect(await grayAt(kept)).toBeGreaterThan(3);
      network.mend();
      const backAt = performance.now();
      const [edgeBackMs, serviceBackMs] = await Promise.all([
        until(driven.edge, true, backAt),
        until(service, true, backAt),
      ]);
      expect(edgeMs).toBeLessThan(EDGE_BOUND_MS);
      expect(serviceMs).toBeLessThan(SERVICE_BOUND_MS + 2000);
      expect(Math.max(edgeBackMs, serviceBackMs)).toBeLessThan(5000);
    }
  });
});
