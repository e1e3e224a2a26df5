import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {EdgeDriver} from '../../source/nginx/driver.ts';
import {openEdge, type Edge} from '../../source/nginx/edge.ts';
import type {Split} from '../../source/release/split.ts';
import {splitOf, splitsOf} from './site.ts';
import {askMany, nginxMissing} from '../servers/nginx.ts';
import {openEdgePlace, type EdgePlace} from './edge-place.ts';

/** A driver of a place, with the edge's calls counted. */
function drive(place: EdgePlace, first: ReadonlyMap<string, Split> = new Map()) {
  let wanted = first;
  const stop = new AbortController();
  const calls = {tests: 0};
  const edge: Edge = {
    ...place.edge,
    test(signal) {
      calls.tests++;
      return place.edge.test(signal);
    },
  };
  const driver = new EdgeDriver({
    edge,
    site: place.site,
    wanted: () => wanted,
    onChange: () => undefined,
    steady: () => performance.now(),
  });
  const running = driver.run(stop.signal);
  return {
    driver,
    calls,
    want(...splits: Split[]) {
      wanted = splitsOf(...splits.filter(({live}) => live));
      driver.wake();
    },
    async applied(feature: string) {
      await expect.poll(() => driver.isApplied(feature), {interval: 5}).toBe(true);
    },
    async trouble(feature: string, code: string) {
      await expect.poll(() => driver.troubleOf(feature)?.code, {interval: 10}).toBe(code);
    },
    async end() {
      stop.abort();
      await running;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

const all = (feature: string, more: Partial<Split> = {}) =>
  splitOf(feature, {percent: 100, tiers: [{audience: null, percent: 100}], ...more});
const off = (feature: string) => splitOf(feature, {live: false, percent: 0, tiers: []});

describe.skipIf(nginxMissing)('an agent drives a real nginx', () => {
  test('to gray and back, and needs no test of the configuration to go back', async () => {
    await using place = await openEdgePlace(['pay']);
    await using driven = drive(place);
    await driven.applied('pay');
    expect(await place.backends('u-1')).toEqual(['prod']);
    driven.want(all('pay'));
    await driven.applied('pay');
    expect(await place.backends('u-1', 'u-2')).toEqual(['gray', 'gray']);
    expect(await readFile(`${place.include}.previous`, 'utf8')).not.toContain('app_gray');
    const before = driven.calls.tests;
    driven.want(off('pay'));
    await driven.applied('pay');
    expect(await place.backends('u-1', 'u-2')).toEqual(['prod', 'prod']);
    expect(driven.calls.tests).toBe(before);
    expect(driven.driver.isGray('pay')).toBe(false);
  });

  test('brings several features in one reload, and reloads nothing that has not changed', async () => {
    const names = ['one', 'two', 'three', 'four'];
    await using place = await openEdgePlace(names);
    await using driven = drive(place);
    await driven.applied('one');
    const before = driven.driver.reloads;
    const splits: Split[] = [];
    for (const name of names) {
      splits.push(all(name));
      driven.want(...splits);
    }
    for (const name of names) await driven.applied(name);
    expect(driven.driver.reloads - before).toBe(1);
    driven.want(...splits.map(split => ({...split, whenStale: 'keep' as const, rolledBack: ['r-0']})));
    await driven.applied('four');
    expect(driven.driver.reloads - before).toBe(1);
  });

  test('puts right what somebody changed, and an nginx that was started with another file', async () => {
    await using place = await openEdgePlace(['pay']);
    await using driven = drive(place, splitsOf(all('pay')));
    await driven.applied('pay');
    const right = await readFile(place.include, 'utf8');
    await writeFile(place.include, right.replaceAll('gray/percent', 'prod/percent'));
    place.nginx.reload();
    await expect.poll(() => readFile(place.include, 'utf8')).toBe(right);
    await driven.applied('pay');
    await expect.poll(() => place.backends('u-1')).toEqual(['gray']);
  });

  test('says that nginx does not run, and is right once it does', async () => {
    await using place = await openEdgePlace(['pay']);
    await using driven = drive(place);
    await driven.applied('pay');
    await place.nginx.stop();
    driven.want(all('pay'));
    await driven.trouble('pay', 'not-running');
    await place.nginx.start();
    await driven.applied('pay');
    expect(driven.driver.troubleOf('pay')).toBeNull();
    expect(await place.backends('u-1')).toEqual(['gray']);
  });

  test('names a site that somebody has broken, leaves its file as it was, and goes on once it is mended', async () => {
    await using place = await openEdgePlace(['pay']);
    await using driven = drive(place);
    await driven.applied('pay');
    await place.nginx.write('more.conf', 'no_such_thing on;');
    driven.want(all('pay'));
    await driven.trouble('pay', 'site-broken');
    expect(driven.driver.troubleOf('pay')?.text).toContain('no_such_thing');
    expect(await readFile(place.include, 'utf8')).not.toContain('app_gray');
    expect(await place.backends('u-1')).toEqual(['prod']);
    await place.nginx.write('more.conf', '');
    await driven.applied('pay');
    expect(await place.backends('u-1')).toEqual(['gray']);
  });

  test('keeps a feature that nginx refuses at prod, says so, and holds up no other', async () => {
    await using place = await openEdgePlace(['pay', 'search'], {ghost: {variable: 'no_such_variable'}});
    await using driven = drive(place);
    await driven.applied('pay');
    const ghosts = {attribute: 'ghost', test: {op: 'in' as const, values: ['yes']}};
    const refused = all('search', {tiers: [{audience: ghosts, percent: 100}]});
    driven.want(all('pay'), refused);
    await driven.trouble('search', 'file-refused');
    expect(driven.driver.troubleOf('search')?.text).toContain('no_such_variable');
    await driven.applied('pay');
    expect(driven.driver.troubleOf('pay')).toBeNull();
    expect(await place.backends('u-1')).toEqual(['gray']);
    expect(driven.driver.isGray('search')).toBe(false);
    driven.want(off('pay'), refused);
    await driven.applied('pay');
    expect(await place.backends('u-1')).toEqual(['prod']);
  });

  test('takes a feature back at once while nginx is still busy with the test of another', async () => {
    await using place = await openEdgePlace(['pay', 'search']);
    const slow = openEdge({...place.options, test: ['sleep', '600']});
    let isSlow = false;
    const edge: Edge = {...place.edge, test: signal => (isSlow ? slow : place.edge).test(signal)};
    await using driven = drive({...place, edge}, splitsOf(all('pay')));
    await driven.applied('pay');
    expect(await place.backends('u-1')).toEqual(['gray']);
    isSlow = true;
    const before = driven.calls.tests;
    driven.want(all('pay'), all('search'));
    await expect.poll(() => driven.calls.tests, {interval: 5}).toBe(before + 1);
    // The other test still runs: this does not wait for it.
    driven.want(off('pay'), all('search'));
    await expect.poll(() => place.backends('u-1'), {interval: 10}).toEqual(['prod']);
    await driven.applied('pay');
    expect(driven.driver.isApplied('search')).toBe(false);
    isSlow = false;
  });

  test('leaves prod behind where it ends, but gray where a phase keeps it', async () => {
    await using place = await openEdgePlace(['pay', 'search']);
    await using driven = drive(place, splitsOf(all('pay', {whenStale: 'keep'}), all('search')));
    await driven.applied('pay');
    await driven.applied('search');
    await expect.poll(() => readFile(`${place.include}.prod`, 'utf8')).toContain('# pay: 100 %');
    await driven.end();
    expect(await driven.driver.leave()).toBeNull();
    expect(await place.backends('u-1')).toEqual(['gray']);
    const [search] = await askMany(place.port, [{headers: {'x-user-id': 'u-1'}, path: '/search'}]);
    expect(search).toBe('prod');
  });

  test('says that its file cannot be written', async () => {
    await using place = await openEdgePlace(['pay']);
    const edge = openEdge({...place.options, include: join(place.nginx.folder, 'nowhere', 'graydeck.conf')});
    await using driven = drive({...place, edge});
    await driven.trouble('pay', 'cannot-write');
    expect(driven.driver.isApplied('pay')).toBe(false);
  });
});
