/** Evidence alone decides, with everything real; `test/bench/releases.ts` measures the same on many releases. */
import {describe, expect, test} from 'vitest';
import {Crowd, type CrowdOptions} from '../load/crowd.ts';
import {WELL, type SideRule} from '../load/rule.ts';
import {startSite, type Site, type SiteOptions} from '../load/site.ts';
import {redisMissing} from '../servers/redis.ts';
import {
  FEATURE,
  logOf,
  openProgram,
  redisPlace,
  startRelease,
  statusOf,
  type Place,
  type Status,
} from './place.ts';

const PLAN = `
phases:
  - {name: some, percent: 20, duration: 24h}
  - {name: all, percent: 100}
guardrails: []
`;
const USUAL: SideRule = {errors: 0.003, unlucky: 0.02, medianMs: 15};

interface Scene extends AsyncDisposable {
  place: Place;
  site: Site;
  crowd: Crowd;
}

/** A release at 20 % under guard, used by a crowd of its own; nothing fails yet. */
async function release(mode: SiteOptions['mode'], more: Partial<CrowdOptions> = {}): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const place = stack.use(await redisPlace());
  const site = stack.use(await startSite({store: place.cli.store, features: [FEATURE], mode, seed: 11}));
  const crowd = new Crowd({ports: site.ports, feature: FEATURE, requestsPerSecond: 40, seed: 11, ...more});
  stack.use(crowd);
  await place.cli.file('plan.yaml', PLAN);
  await startRelease(place, '--plan', 'plan.yaml', '--over', 'v1.0.9');
  const guard = stack.use(openProgram(place, ['guard', '--feature', FEATURE, '--by', 'ops-1']));
  await guard.until('this is the guard now');
  const open = stack.move();
  return {place, site, crowd, [Symbol.asyncDispose]: () => open[Symbol.asyncDispose]()};
}

const failing = (prod: SideRule, errors: number) => ({prod, gray: {...prod, errors}, isWatched: true});

/** Resolves with the reason of the rollback. */
async function reasonOf({place}: Scene): Promise<string> {
  expect(await place.cli.run('wait', '--for', 'rolled_back', '--timeout', '200s')).toMatchObject({
    exitCode: 0,
  });
  const commits = await logOf(place);
  const back = commits.find(({events}) => events.some(({type}) => type === 'rollback-started'))!;
  expect(back.by).toContain('ops-1');
  return back.reason ?? '';
}

describe.skipIf(redisMissing)('a release that people use, with evidence as its only limit', () => {
  test('is taken back where gray fails a fifth of its requests and prod none, by people', async () => {
    await using scene = await release('sdk');
    scene.site.rule(FEATURE, failing(WELL, 0.2));
    expect(await reasonOf(scene)).toMatch(
      /^gray error rate [\d.]+ %, prod 0 %, for .*, by \d+ people on gray and 0 on prod$/u,
    );
    expect(scene.site.failedAt(FEATURE)).not.toBeNull();
  });

  test('is taken back where each request is an entry without a person, by requests', async () => {
    await using scene = await release('xadd');
    scene.site.rule(FEATURE, failing(WELL, 0.2));
    expect(await reasonOf(scene)).toMatch(/^gray error rate [\d.]+ %, prod 0 %, .*, by requests/u);
  });

  test('is left alone where both versions are alike, whatever clients loop on a failing request', async () => {
    await using scene = await release('sdk', {loopers: 4});
    const {place, site, crowd} = scene;
    site.rule(FEATURE, {prod: USUAL, gray: USUAL, isWatched: false});
    crowd.fail('broken', 1000);
    // Most of what fails on gray is one client. Only this one is put on gray on purpose: the others are dealt by chance.
    crowd.fail(await crowd.find('gray', 'scanner'), 50);
    await expect.poll(() => crowd.seen.requests).toBeGreaterThan(1500);
    await expect.poll(() => crowd.seen.failed).toBeGreaterThan(500);
    const {state, percent, sides, verdict} = (await statusOf(place)) as Status & {verdict: {footing: string}};
    expect({state, set: percent.set, footing: verdict.footing}).toEqual({
      state: 'rolling',
      set: 20,
      footing: 'people',
    });
    expect(sides.gray.errorRate).toBeGreaterThan(3 * sides.prod.errorRate!);
    // The judge is not deaf to a fault that many people meet.
    site.rule(FEATURE, failing(USUAL, 0.6));
    expect(await reasonOf(scene)).toMatch(/^gray error rate .* by \d+ people on gray and \d+ on prod$/u);
  });
});
