import {fileURLToPath} from 'node:url';
import {execa} from 'execa';
import {afterAll, afterEach, beforeAll, describe, expect, test} from 'vitest';
import {evidenceTick} from '../../source/analysis/judge/evidence-tick.ts';
import type {PeopleTick, SideTick} from '../../source/analysis/evidence/tick.ts';
import {mergePeople} from '../../source/analysis/people/column.ts';
import {keepRollUps} from '../../source/metrics/keep-roll-ups.ts';
import {Measurements} from '../../source/metrics/follower.ts';
import {redisMissing} from '../servers/redis.ts';
import {FEATURE, METRICS, Scene, until} from './scene.ts';

const PROGRAM = fileURLToPath(new URL('programs/serves-people.ts', import.meta.url));

interface Served {
  id: string;
  side: 'prod' | 'gray';
  failed: boolean;
}

describe.skipIf(redisMissing)('people of several processes, on a real Redis', () => {
  let scene: Scene;
  const open: {close(): Promise<void>}[] = [];

  beforeAll(async () => {
    scene = await Scene.open();
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map(one => one.close()));
    await scene.clear();
  });
  afterAll(() => scene.close());

  async function serve(version: number, from: number, to: number, failing: number): Promise<Served[]> {
    const store = `redis://graydeck-app:secret-of-the-app@127.0.0.1:${scene.proxy.port}/0`;
    const {stdout} = await execa('node', [PROGRAM, store, ...[version, from, to, failing].map(String)]);
    return JSON.parse(stdout) as Served[];
  }

  function follow(release: string, splitVersion: number, since: number): Measurements {
    const {samples, rollUps} = scene.feature;
    const measurements = new Measurements({
      samples,
      rollUps,
      now: () => scene.operator.now(),
      feature: FEATURE,
    });
    measurements.setRelease({release, splitVersion, since, startedAt: since});
    open.push(measurements);
    return measurements;
  }

  /** Sums over what evidence received about people, and the requests. */
  function told({windows}: Measurements, side: 'prod' | 'gray'): {people: PeopleTick; requests: number} {
    const now = Math.floor(scene.operator.now() / 1000) * 1000;
    const ticks: SideTick[] = [];
    for (let at = now - 120_000; at <= now; at += 1000) {
      const tick = evidenceTick(windows, at, 50);
      if (tick !== null) ticks.push(tick[side]);
    }
    return {
      people: mergePeople(ticks.flatMap(({people}) => people ?? [])),
      requests: ticks.reduce((sum, {requests}) => sum + requests, 0),
    };
  }

  test('count once in a release, over processes, restarts and a raise', async () => {
    const release = 'r-7';
    const before = await scene.put('half', {release, tiers: [{audience: null, percent: 20}], percent: 20});
    const reader = follow(release, before, scene.operator.now());
    await reader.start();
    // Two processes serve partly the same people. Then both restart.
    const first = (await Promise.all([serve(before, 0, 600, 3), serve(before, 300, 900, 5)])).flat();
    const again = (await Promise.all([serve(before, 0, 600, 5), serve(before, 300, 900, 3)])).flat();
    await until(() => expect(told(reader, 'gray').requests + told(reader, 'prod').requests).toBe(2400));
    const pastSeen = seen([...first, ...again]);
    for (const side of ['prod', 'gray'] as const)
      expect(told(reader, side).people).toMatchObject({seen: pastSeen[side].size});

    // A second in which a split began counts only from its beginning.
    await new Promise(resolve => setTimeout(resolve, 1100));
    const after = await scene.put('half', {release, tiers: [{audience: null, percent: 60}], percent: 60});
    reader.setRelease({release, splitVersion: after, since: scene.operator.now(), startedAt: 0});
    const moved = (await Promise.all([serve(after, 0, 900, 3), serve(after, 600, 1200, 5)])).flat();
    await until(() => expect(told(reader, 'gray').requests + told(reader, 'prod').requests).toBe(3900));

    const all = [...first, ...again, ...moved];
    const newSeen = seen(moved);
    // Either of two processes that serve one person at a time may be first, but on one side only.
    const failed = firstSides(all.filter(one => one.failed));
    for (const side of ['prod', 'gray'] as const) {
      const {people, requests} = told(reader, side);
      expect(people).toMatchObject({
        requests,
        seen: pastSeen[side].size + newSeen[side].size,
        failed: [...failed.values()].filter(one => one === side).length,
      });
      const tail = (limit: number) =>
        (people.slowest ?? []).reduce((sum, [bucket, change]) => sum + (bucket >= limit ? change : 0), 0);
      // 900 ms lie in bucket 78, of half an octave 76. Every person whose request failed waited 900 ms.
      expect(tail(76)).toBe(people.failed);
    }
    expect(reader.windows.faults()).toEqual([]);
  });

  test('are known to a successor after the raw samples are gone', async () => {
    const release = 'r-8';
    const version = await scene.put('half', {release});
    const since = scene.operator.now();
    const first = follow(release, version, since);
    await first.start();
    const stop = new AbortController();
    const {rollUps} = scene.feature;
    const keeping = keepRollUps(
      {windows: first.windows, shelf: rollUps, now: () => scene.operator.now()},
      stop.signal,
    );
    open.push({
      close: async () => {
        stop.abort();
        await keeping;
      },
    });
    const served = await serve(version, 0, 500, 4);
    const seenBefore = seen(served);
    await until(async () => {
      const rows = await rollUps.read('people', 0);
      expect(rows).toHaveLength(1);
      expect((await rollUps.read('seconds', 0)).length).toBeGreaterThan(0);
    });
    stop.abort();
    await keeping;
    await scene.redis.admin.del(METRICS);

    const late = follow(release, version, since);
    await late.start();
    for (const side of ['prod', 'gray'] as const) {
      expect(told(late, side)).toEqual(told(first, side));
      expect(told(late, side).people).toMatchObject({seen: seenBefore[side].size});
      expect(late.windows.peopleSeen(side)).toBe(seenBefore[side].size);
    }
    // The same people. Others of them fail now, and only these failures are news.
    const again = await serve(version, 0, 500, 6);
    await until(() => expect(told(late, 'gray').requests + told(late, 'prod').requests).toBe(1000));
    const failed = firstSides([...served, ...again].filter(one => one.failed));
    for (const side of ['prod', 'gray'] as const)
      expect(told(late, side).people).toMatchObject({
        seen: seenBefore[side].size,
        failed: [...failed.values()].filter(one => one === side).length,
      });
  });

  test('are left out if the store denies reading their rows', async () => {
    const release = 'r-9';
    const version = await scene.put('half', {release});
    const {samples, rollUps} = scene.feature;
    const forbidden = Object.assign(new Error('no rights'), {code: 'store-no-rights'});
    const measurements = new Measurements({
      samples,
      rollUps: {
        read: (kind, ...rest) =>
          kind === 'people' ? Promise.reject(forbidden) : rollUps.read(kind, ...rest),
      },
      now: () => scene.operator.now(),
      feature: FEATURE,
    });
    measurements.setRelease({release, splitVersion: version, since: scene.operator.now() - 60_000});
    open.push(measurements);
    await measurements.start();
    await serve(version, 0, 50, 4);
    await until(() => expect(told(measurements, 'prod').requests).toBeGreaterThan(0));
    expect(measurements.windows.faults()).toMatchObject([{code: 'people-unread'}]);
    expect(told(measurements, 'prod').people).toMatchObject({requests: 0, seen: 0});
  });
});

function seen(served: readonly Served[]): Record<'prod' | 'gray', Set<string>> {
  const of = (side: 'prod' | 'gray') => new Set(served.filter(one => one.side === side).map(({id}) => id));
  return {prod: of('prod'), gray: of('gray')};
}

function firstSides(served: readonly Served[]): Map<string, string> {
  const sides = new Map<string, string>();
  for (const {id, side} of served) if (!sides.has(id)) sides.set(id, side);
  return sides;
}
