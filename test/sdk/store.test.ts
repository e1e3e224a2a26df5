import {mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setImmediate} from 'node:timers/promises';
import {execa} from 'execa';
import {afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {encodeLatch} from '../../source/audience/latch.ts';
import {readRemembered, rememberedPath, writeRemembered} from '../../source/router/remembered.ts';
import {latchPath} from '../../source/router/latch-file.ts';
import {connect, type Feature} from '../../source/sdk/index.ts';
import {redisMissing} from '../servers/redis.ts';
import {EARLY, FEATURE, FORCED, LOG, Scene, until} from './scene.ts';
import {PATIENCE_MS} from '../patience.ts';

/** Short, so that tests do not wait 15 s. */
const STALE = {staleAfterMs: 1500};
/** A machine with few cores may pause this long between a timer and the decision after it. */
const STALL_MS = 1000;

/**
 * Decides until the user gets prod. @returns when the last decision for gray was asked, on the monotonic
 * clock
 */
async function lastGray(pay: Feature, options?: typeof FORCED): Promise<number> {
  let last = 0;
  for (;;) {
    const at = performance.now();
    if (pay.decide(EARLY, options).side === 'prod') return last;
    last = at;
    await setImmediate();
  }
}

describe.skipIf(redisMissing)('an application on a real Redis, with the rights of one', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await Scene.open();
  });
  afterEach(() => scene.clear());
  afterAll(() => scene.close());

  async function ready(): Promise<Feature> {
    const pay = (await scene.connect()).feature(FEATURE);
    expect(await pay.ready()).toBe(true);
    return pay;
  }
  const report = async () => (await scene.feature.routers.list())[0];

  test('obeys the split, follows each change, and reports what it applies', async () => {
    await scene.put('ten-percent');
    const pay = await ready();
    expect(pay.decide(EARLY)).toMatchObject({side: 'gray', version: 1, release: 'r-2'});
    await until(async () =>
      expect(await report()).toMatchObject({kind: 'sdk', version: 1, percent: 10, live: true}),
    );
    await scene.put('nobody-by-percent');
    await until(() => expect(pay.decide(EARLY)).toMatchObject({side: 'prod', version: 2}));
    await until(async () => expect(await report()).toMatchObject({version: 2, percent: 0, live: true}));
    expect(scene.troubles).toEqual([]);
  });

  test('a rollback reaches every user, also forced ones, and stays if the log loses its end', async () => {
    await scene.put('everyone');
    const pay = await ready();
    expect(pay.decide({id: 'u-1'}, FORCED).side).toBe('gray');
    await scene.put('rolled-back');
    await until(() =>
      expect(pay.decide({id: 'u-1'}, FORCED)).toMatchObject({side: 'prod', reason: 'not-live'}),
    );
    await scene.redis.admin.xdel(LOG, '2-0');
    await until(() =>
      expect(pay.decide({id: 'u-1'}, FORCED)).toMatchObject({version: 1, reason: 'rolled-back'}),
    );
    await until(async () => expect(await report()).toMatchObject({version: 1, live: false, percent: 0}));
  });

  test('a deleted log sends every user to prod', async () => {
    await scene.put('everyone');
    const pay = await ready();
    expect(pay.decide(EARLY).side).toBe('gray');
    await scene.redis.admin.del(LOG);
    await until(() => expect(pay.decide(EARLY)).toMatchObject({side: 'prod', reason: 'not-live'}));
  });

  test('goes to prod in time if the store takes no reports, though it can be read', async () => {
    await scene.put('everyone', {...STALE, whenStale: 'prod'});
    const pay = await ready();
    expect(pay.decide(EARLY).side).toBe('gray');
    await scene.redis.admin.config('SET', 'min-replicas-to-write', '1');
    const cutAt = performance.now();
    expect(await lastGray(pay, FORCED)).toBeLessThan(cutAt + STALE.staleAfterMs + STALL_MS);
    expect(pay.decide(EARLY, FORCED)).toMatchObject({side: 'prod', reason: 'stale'});
    expect(pay.health()).toMatchObject({
      standing: 'stale',
      percent: 0,
      away: expect.stringMatching(/./u) as string,
    });
    await scene.redis.admin.config('SET', 'min-replicas-to-write', '0');
    await until(() => expect(pay.decide(EARLY).side).toBe('gray'));
    expect(pay.health().away).toBeNull();
  });

  test('stays at gray while its reports are taken', async () => {
    await scene.put('everyone', {...STALE, whenStale: 'prod'});
    const pay = await ready();
    const seen = new Set<string>();
    const began = performance.now();
    await until(() => {
      seen.add(pay.decide(EARLY).side);
      expect(performance.now() - began).toBeGreaterThan(STALE.staleAfterMs + 300);
    });
    expect([...seen]).toEqual(['gray']);
  });

  test('keeps gray without the store if the phase says keep', async () => {
    await scene.put('everyone', {...STALE, whenStale: 'keep'});
    const pay = await ready();
    await scene.redis.admin.config('SET', 'min-replicas-to-write', '1');
    await until(() => expect(pay.health().away).not.toBeNull());
    const seen = new Set<string>();
    const began = performance.now();
    await until(() => {
      seen.add(pay.decide(EARLY).side);
      expect(performance.now() - began).toBeGreaterThan(STALE.staleAfterMs + 300);
    });
    expect([...seen]).toEqual(['gray']);
    await scene.redis.admin.config('SET', 'min-replicas-to-write', '0');
  });

  test('cut off silently during a rollback, goes to prod in time, and obeys the newest split after the return', async () => {
    await scene.put('everyone', {...STALE, whenStale: 'prod'});
    const pay = await ready();
    scene.proxy.swallow();
    const cutAt = performance.now();
    expect(await lastGray(pay)).toBeLessThan(cutAt + STALE.staleAfterMs + STALL_MS);
    await scene.put('nobody-by-percent', {...STALE, include: {users: ['u-7'], rules: []}});
    scene.proxy.release();
    await until(() =>
      expect([pay.decide({id: 'u-7'}), pay.decide(EARLY)]).toMatchObject([
        {side: 'gray', version: 2},
        {side: 'prod', version: 2},
      ]),
    );
  });

  test('does not return to gray before it has read the newest split', async () => {
    await scene.put('everyone', {...STALE, whenStale: 'prod'});
    const pay = await ready();
    await scene.proxy.refuse();
    await until(() => expect(pay.decide(EARLY).reason).toBe('stale'));
    await scene.put('rolled-back');
    const seen = new Set<string>();
    const watch = setInterval(() => seen.add(pay.decide(EARLY).side), 1);
    await scene.proxy.accept();
    await until(() => expect(pay.decide(EARLY)).toMatchObject({reason: 'not-live', version: 2}));
    clearInterval(watch);
    expect([...seen]).toEqual(['prod']);
  });

  test('starts while the store is away, and obeys the split once the store answers', async () => {
    await scene.put('everyone');
    await scene.proxy.refuse();
    const deck = await scene.connect();
    const pay = deck.feature(FEATURE);
    expect(pay.decide(EARLY)).toMatchObject({side: 'prod', reason: 'unknown'});
    expect(await pay.ready(300)).toBe(false);
    await scene.proxy.accept();
    await until(() => expect(pay.decide(EARLY).side).toBe('gray'));
  });

  test('starts without the store on the remembered split until it is stale', async () => {
    await scene.put('everyone', {whenStale: 'prod'});
    const first = await scene.connect();
    expect(await first.feature(FEATURE).ready()).toBe(true);
    const path = rememberedPath(scene.folder, first.store, FEATURE);
    await until(async () => expect((await readRemembered(path))?.confirmedAt).toBeGreaterThan(0));
    await first.close();
    await scene.proxy.refuse();

    const second = (await scene.connect()).feature(FEATURE);
    await until(() => expect(second.decide(EARLY)).toMatchObject({side: 'gray', version: 1}));

    const known = (await readRemembered(path))!;
    await writeRemembered(path, {...known, confirmedAt: Date.now() - 16_000});
    const third = (await scene.connect()).feature(FEATURE);
    await until(() => expect(third.decide(EARLY)).toMatchObject({side: 'prod', reason: 'stale'}));
    await scene.proxy.accept();
  });

  test('remembers a rollback over a restart, though the log has lost it', async () => {
    await scene.put('everyone');
    await scene.put('rolled-back');
    const first = await scene.connect();
    expect(await first.feature(FEATURE).ready()).toBe(true);
    const path = rememberedPath(scene.folder, first.store, FEATURE);
    await until(async () => expect((await readRemembered(path))?.rolledBack).toContain('r-2'));
    await first.close();
    await scene.redis.admin.xdel(LOG, '2-0');
    await scene.redis.admin.xsetid(LOG, '1-0');
    const pay = await ready();
    expect(pay.decide(EARLY, FORCED)).toMatchObject({side: 'prod', reason: 'rolled-back', version: 1});
  });

  test('obeys an offline rollback before and after the store is back', async () => {
    await scene.put('everyone');
    const pay = await ready();
    expect(pay.decide(EARLY).side).toBe('gray');
    const path = latchPath(scene.folder, FEATURE);
    await mkdir(join(scene.folder, 'latches'), {recursive: true});
    const latch = {
      schema: 'graydeck.latch/1',
      feature: FEATURE,
      release: 'r-2',
      by: 'liu',
      reason: null,
      at: 1,
    } as const;
    await writeFile(path, encodeLatch(latch));
    await until(() => expect(pay.decide(EARLY, FORCED).side).toBe('prod'));
    const other = await ready();
    expect(other.decide(EARLY, FORCED)).toMatchObject({side: 'prod', reason: 'rolled-back'});
  });

  test('close() removes it from the list of routers and sends every user to prod', async () => {
    await scene.put('everyone', {whenStale: 'prod'});
    const deck = await scene.connect();
    const pay = deck.feature(FEATURE);
    expect(await pay.ready()).toBe(true);
    await Promise.all([deck.close(), deck.close()]);
    expect(pay.decide(EARLY)).toMatchObject({side: 'prod', reason: 'stale'});
    expect(await scene.feature.routers.list()).toEqual([]);
  });

  test('reports missing rights without the password, and keeps running', async () => {
    await scene.put('everyone');
    const deck = await scene.connect({
      store: `redis://graydeck-app:a-wrong-secret@127.0.0.1:${scene.redis.port}/0`,
    });
    const pay = deck.feature(FEATURE);
    expect(pay.decide(EARLY).side).toBe('prod');
    await until(() => expect(scene.troubles.length).toBeGreaterThan(0));
    expect([scene.troubles.join(), deck.store, JSON.stringify(pay.health())].join()).not.toContain(
      'a-wrong-secret',
    );
  });

  test('an application can end without close(), with and without a store', async () => {
    await scene.put('everyone');
    const program = new URL('programs/leaves-without-a-word.ts', import.meta.url).pathname;
    const run = (store: string) =>
      execa(process.execPath, [program], {env: {GRAYDECK_STORE: store}, timeout: PATIENCE_MS});
    const [there, away] = await Promise.all([run(scene.redis.url), run('redis://127.0.0.1:1/0')]);
    expect([there.stdout, away.stdout]).toEqual(['gray', 'prod']);
    expect([there.stderr, away.stderr]).toEqual(['', '']);
  });

  test('reports a state folder that cannot be used, and runs without it', async () => {
    await scene.put('everyone');
    const home = await mkdtemp(join(tmpdir(), 'graydeck-home-'));
    onTestFinished(() => rm(home, {recursive: true, force: true}));
    await symlink(join(home, 'graydeck'), join(home, 'graydeck'));
    const store = `redis://127.0.0.1:${scene.proxy.port}/0`;
    const troubles: string[] = [];
    const deck = await connect({store, env: {XDG_STATE_HOME: home}, onTrouble: what => troubles.push(what)});
    onTestFinished(() => deck.close());
    const pay = deck.feature(FEATURE);
    expect(await pay.ready()).toBe(true);
    expect(pay.decide(EARLY).side).toBe('gray');
    expect(troubles).toEqual([
      expect.stringMatching(/^the last split is not saved: .* cannot be used \(ELOOP\)$/u),
    ]);
  });

  test('rejects an invalid address at once', async () => {
    await expect(connect({store: 'http://127.0.0.1'})).rejects.toMatchObject({code: 'store-bad-url'});
    const deck = await scene.connect();
    expect(() => deck.feature('No Such Name')).toThrow(RangeError);
  });

  test('works with the embedded store', async () => {
    const deck = await scene.connect({store: `sqlite:${join(scene.folder, 'deck.db')}`});
    const pay = deck.feature(FEATURE);
    expect(await pay.ready()).toBe(true);
    expect(pay.decide(EARLY)).toMatchObject({side: 'prod', reason: 'not-live', version: 0});
  });
});
