import {setTimeout as delay} from 'node:timers/promises';
import {describe, expect, test} from 'vitest';
import {askMany, nginxMissing} from '../servers/nginx.ts';
import {redisMissing} from '../servers/redis.ts';
import {startWrk, wrkMissing} from '../servers/wrk.ts';
import {openDrivenEdge, type DrivenEdge} from './edge-place.ts';
import {underLoad} from './load.ts';
import {startService} from './service-place.ts';
import {FEATURE, openConsole, startRelease, statusOf} from './place.ts';

const PLAN = `
phases:
  - {name: some, percent: 50, duration: 24h, include: {users: [vip-1]}}
  - {name: all, percent: 100}
evidence: off
`;

/** Starts the release with half of the people on gray. */
async function begin({place, said}: DrivenEdge, plan = PLAN): Promise<void> {
  await place.cli.file('plan.yaml', plan);
  await startRelease(place, '--plan', 'plan.yaml');
  await expect.poll(said).toContain('50 % on gray');
}

/** As the agent prints it: 15 s, 2 s watchdog, 1 s shutdown. */
const BOUND_MS = 18_000;

/** Of each load. */
const CONNECTIONS = 16;

const until = (at: number) => delay(Math.max(0, at - performance.now()));

const forced = {headers: {'x-user-id': 'u-1', 'x-gray-release': 'true'}, path: `/${FEATURE}`};
const someUsers = Array.from({length: 40}, (_, index) => `u-${index}`);

async function gray({edge}: DrivenEdge): Promise<number> {
  const answers = await edge.backends(...someUsers);
  return answers.filter(backend => backend === 'gray').length;
}

describe.skipIf(redisMissing || nginxMissing || wrkMissing)('an edge that an agent drives', () => {
  test('goes where the release goes, and a rollback takes the forced and the listed back, too', async () => {
    await using driven = await openDrivenEdge();
    const {edge, place} = driven;
    expect(await gray(driven)).toBe(0);
    await begin(driven);
    expect(await edge.backends('vip-1')).toEqual(['gray']);
    expect(await gray(driven)).toBeGreaterThan(8);
    expect(await gray(driven)).toBeLessThan(32);
    expect(await askMany(edge.port, [forced])).toEqual(['gray']);
    await expect.poll(async () => (await statusOf(place)).percent).toMatchObject({set: 50, applied: 50});
    const looked = await place.cli.run('doctor', '--config', 'edge.yaml', '--feature', FEATURE);
    expect(looked.stdout).toMatch(/nginx\s+nginx uses .*graydeck\.conf/);
    expect(looked.stdout).toContain('no user is on gray after 18 s at most');
    expect(looked.stdout).not.toContain('worker_shutdown_timeout is');
    expect(looked.stdout).not.toContain('sets no worker_shutdown_timeout');
    const {exitCode, stdout} = await place.cli.run('rollback', '--feature', FEATURE);
    expect(exitCode).toBe(0);
    expect(driven.said()).not.toContain('agent-secret');
    expect(stdout).toMatch(/1 of 1|1\/1/);
    expect(await edge.backends('vip-1')).toEqual(['prod']);
    expect(await askMany(edge.port, [forced])).toEqual(['prod']);
    expect(await gray(driven)).toBe(0);
  });

  test('has nobody on gray after a rollback without the store, nor when the store is back at its old percent', async () => {
    await using driven = await openDrivenEdge();
    const {edge, place} = driven;
    await begin(driven);
    await expect.poll(() => edge.backends('vip-1')).toEqual(['gray']);
    place.redis.freeze();
    const {exitCode, stdout} = await place.cli.run(
      'rollback',
      '--offline',
      '--no-wait',
      '--feature',
      FEATURE,
    );
    expect(exitCode).toBe(0);
    expect(stdout).toContain(FEATURE);
    await expect.poll(() => edge.backends('vip-1')).toEqual(['prod']);
    place.redis.thaw();
    // The agent has the store again, where the release is still at 50 %.
    await expect.poll(async () => (await statusOf(place)).routers).toMatchObject({live: 1, confirmed: 0});
    expect((await statusOf(place)).percent.set).toBe(50);
    const told = await place.cli.run('status', '--feature', FEATURE);
    expect(told.stdout).toContain('▲ nginx edge-1: rolled back there without the store');
    expect(await gray(driven)).toBe(0);
    expect(await askMany(edge.port, [forced])).toEqual(['prod']);
    const submitted = await place.cli.run('rollback', '--feature', FEATURE);
    expect(submitted.exitCode).toBe(0);
    await expect.poll(async () => (await statusOf(place)).routers).toMatchObject({live: 1, confirmed: 1});
    expect(await gray(driven)).toBe(0);
  });

  test('has one agent, and a second one is told which', async () => {
    await using driven = await openDrivenEdge();
    const {place, agent} = driven;
    for (const what of [[], ['prod']]) {
      const {exitCode, stderr} = await place.cli.run('agent', ...what, '--config', 'edge.yaml');
      expect({exitCode, stderr}).toMatchObject({
        exitCode: 3,
        stderr: expect.stringContaining(`nginx edge-1, process ${agent.pid} drives`) as string,
      });
    }
    await driven.stopAgent();
    expect(await place.cli.run('agent', 'prod', '--config', 'edge.yaml')).toMatchObject({exitCode: 0});
  });

  test('goes to prod when its agent is killed, and is right again with the next one', async () => {
    await using driven = await openDrivenEdge();
    const {edge} = driven;
    await begin(driven);
    await expect.poll(() => edge.backends('vip-1')).toEqual(['gray']);
    driven.agent.kill('SIGKILL');
    await expect.poll(() => edge.backends('vip-1')).toEqual(['prod']);
    await expect.poll(driven.said).toContain('the agent is dead: prod for everyone');
    await driven.startAgent();
    await expect.poll(() => edge.backends('vip-1')).toEqual(['gray']);
    await driven.stopAgent();
    expect(await edge.backends('vip-1')).toEqual(['prod']);
  });

  test('cut off from the store, or alone with one that is isolated, it is at prod within its bound or stays where the phase says so, and right after the return', async () => {
    await using driven = await openDrivenEdge();
    await using keeping = await openDrivenEdge();
    await begin(driven);
    await begin(keeping, PLAN.replace('duration: 24h,', 'duration: 24h, whenStale: keep,'));
    // A primary that has lost its replicas: it goes on answering reads, and what it says proves nothing.
    await using isolated = await openDrivenEdge();
    await begin(isolated);
    const cutAt = performance.now();
    await isolated.place.redis.admin.config('SET', 'min-replicas-to-write', '1');
    for (const {proxy} of [driven, keeping]) proxy.swallow();
    await expect.poll(() => driven.edge.backends('vip-1')).toEqual(['prod']);
    const offAfterMs = performance.now() - cutAt;
    expect(offAfterMs).toBeGreaterThan(6000);
    await until(cutAt + BOUND_MS);
    const told = await driven.place.cli.run('status', '--feature', FEATURE);
    expect(told.stdout).toMatch(/▲ nginx edge-1: silent, at prod by itself in at most: \d+ s/);
    expect(await gray(driven)).toBe(0);
    expect(await gray(isolated)).toBe(0);
    expect(await keeping.edge.backends('vip-1')).toEqual(['gray']);
    for (const {proxy} of [driven, keeping]) proxy.release();
    await expect.poll(() => driven.edge.backends('vip-1')).toEqual(['gray']);
    expect(await keeping.edge.backends('vip-1')).toEqual(['gray']);
  });

  test('goes to prod when its agent stands still, and back when it moves again', async () => {
    await using driven = await openDrivenEdge({watchdog: '2s'});
    await begin(driven);
    driven.agent.kill('SIGSTOP');
    await expect.poll(() => driven.edge.backends('vip-1')).toEqual(['prod']);
    await expect.poll(driven.said).toContain('has not moved for 2 s: prod for everyone');
    driven.agent.kill('SIGCONT');
    await expect.poll(() => driven.edge.backends('vip-1')).toEqual(['gray']);
    // The watcher that has acted has a successor at once.
    driven.agent.kill('SIGKILL');
    await expect.poll(() => driven.edge.backends('vip-1')).toEqual(['prod']);
  });

  test('a rollback on the screen brings edge and service to prod under load, costs no more requests than a reload, and says how fast', async () => {
    await using driven = await openDrivenEdge();
    const {edge, place} = driven;
    await using service = await startService(place);
    const urls = [edge.port, service.port].map(port => `http://127.0.0.1:${port}/${FEATURE}`);
    await begin(driven);
    await using console = await openConsole(place, ['--feature', FEATURE]);
    await console.until('2/2');
    const asking = [underLoad(edge.port, 4), underLoad(service.port, 4)];
    const loads = await Promise.all(urls.map(url => startWrk(url, {connections: CONNECTIONS})));
    console.press('r');
    await console.until('ROLL BACK ─');
    console.press('y');
    await console.until(/prod for everyone in \d/);
    const saidAt = performance.now();
    const seen = await Promise.all(asking.map(one => one.stop()));
    const [atEdge, atService] = await Promise.all(loads.map(one => one.stop()));
    expect(console.text()).toContain('2 of 2 routers confirmed');
    for (const {requests, lastGray} of seen) {
      expect(requests).toBeGreaterThan(20);
      expect(lastGray).toBeGreaterThan(0);
      expect(lastGray).toBeLessThan(saidAt);
    }
    // By a reload nginx may close each kept connection once, under a request that is just on its way.
    expect(atEdge!.broken).toBeLessThanOrEqual(CONNECTIONS);
    expect([atEdge!.refused, atService!.broken, atService!.refused]).toEqual([0, 0, 0]);
    const after = await Promise.all(urls.map(url => startWrk(url, {isGrayCounted: true})));
    await delay(500);
    for (const load of after) {
      const {requests, gray: left} = await load.stop();
      expect(requests).toBeGreaterThan(20);
      expect(left).toBe(0);
    }
    expect(await askMany(edge.port, [forced])).toEqual(['prod']);
  });
});
