import {readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {beforeAll, describe, expect, test} from 'vitest';
import {HOOK_NAMES} from '../../source/release/plan.ts';
import {openStore} from '../../source/store/open.ts';
import {Workplace} from '../cli/program.ts';
import {redisMissing, startRedis} from '../servers/redis.ts';
import {
  breachesIn,
  COMPLETE,
  count,
  NEXT,
  RETRY,
  ROLLBACK,
  stage,
  START,
  stepOf,
  stepStateOf,
  type Stage,
} from './runbook-place.ts';
import {eventually} from '../patience.ts';

/** The run in which each hook has its turn: what goes before, what runs it, who takes it up. */
const HOOKS = [
  {name: 'backup', step: 'deploy.backup', before: [], by: START, again: RETRY, ends: 'rolling'},
  {name: 'deploy', step: 'deploy.deploy', before: [], by: START, again: RETRY, ends: 'rolling'},
  {
    name: 'promote',
    step: 'promotion.promote',
    before: [START],
    by: COMPLETE,
    again: RETRY,
    ends: 'completed',
  },
  {name: 'verify', step: 'promotion.verify', before: [START], by: COMPLETE, again: RETRY, ends: 'completed'},
  {
    name: 'cleanup',
    step: 'promotion.cleanup',
    before: [START],
    by: COMPLETE,
    again: RETRY,
    ends: 'completed',
  },
  {
    name: 'demote',
    step: 'rollback.demote',
    before: [START, COMPLETE],
    by: ROLLBACK,
    again: RETRY,
    ends: 'rolled_back',
  },
  {name: 'stop', step: 'rollback.stop', before: [START], by: ROLLBACK, again: RETRY, ends: 'rolled_back'},
  {
    name: 'restore',
    step: 'rollback.restore',
    before: [START],
    by: ROLLBACK,
    again: RETRY,
    ends: 'rolled_back',
  },
] as const;

const INTO_PHASE = {
  name: 'before',
  step: 'phase-2.before',
  before: [START],
  by: NEXT,
  again: RETRY,
  ends: 'rolling',
} as const;

/** Where a release stands once this step has failed, and whether gray is still served. */
const AFTER_FAILURE: Record<string, {state: string; percent: number; live: boolean}> = {
  'deploy.backup': {state: 'failed', percent: 0, live: false},
  'deploy.deploy': {state: 'failed', percent: 0, live: false},
  'promotion.promote': {state: 'failed', percent: 100, live: true},
  'promotion.verify': {state: 'failed', percent: 100, live: true},
  'promotion.cleanup': {state: 'completed', percent: 100, live: false},
  'rollback.demote': {state: 'rolled_back', percent: 0, live: false},
  'rollback.stop': {state: 'rolled_back', percent: 0, live: false},
  'rollback.restore': {state: 'rolled_back', percent: 0, live: false},
};

describe.concurrent('a hook that fails', () => {
  test.each(HOOKS)('$name: the release stands where it should, and a retry ends it', async one => {
    await using stand = await stage();
    for (const argv of one.before) expect(await stand.run(argv)).toMatchObject({exitCode: 0});
    await stand.next(one.name, 'fail');
    const failed = await stand.run(one.by);
    expect(failed).toMatchObject({exitCode: 1});
    expect(failed.stderr).toContain(`→ graydeck retry ${one.step}`);
    const {release, commits} = await stand.look();
    const {live} = commits.at(-1)!.split;
    expect({state: release.state, percent: release.percent, live}).toEqual(AFTER_FAILURE[one.step]);
    expect(stepOf(release, one.step).error).toContain(`ended with exit code 3: ${one.name} broke`);
    expect(await stand.run(one.again)).toMatchObject({exitCode: 0});
    const after = await stand.look();
    expect(after.release.state).toBe(one.ends);
    expect(count(await stand.ran(), `${one.name} ends`)).toBe(1);
    expect(breachesIn(after.commits)).toEqual([]);
  });
});

describe('a runner that is killed in the middle of', () => {
  test.each([...HOOKS, INTO_PHASE])(
    '$name: somebody else ends it, and a check that says done spares a second run',
    async ({name}) => await expect(stories.get(name)).resolves.toBeUndefined(),
  );
  test('traffic: whoever asks again sees it through', async () => {
    await expect(stories.get('traffic')).resolves.toBeUndefined();
  });
});

const stories = new Map<string, Promise<void>>();

// Beside everything else: each waits for the deadline of whom it has killed.
beforeAll(() => {
  for (const one of [...HOOKS, INTO_PHASE]) stories.set(one.name, killedInHook(one));
  stories.set('traffic', killedInTraffic());
  for (const story of stories.values()) story.catch(() => undefined);
});

async function killedInHook(one: (typeof HOOKS)[number] | typeof INTO_PHASE): Promise<void> {
  await using stand = await stage({hasCheck: true});
  for (const argv of one.before) expect(await stand.run(argv)).toMatchObject({exitCode: 0});
  await stand.next(one.name, 'kill');
  expect((await stand.run(one.by)).exitCode).not.toBe(0);
  const {release, commits} = await stand.look();
  expect(stepOf(release, one.step)).toMatchObject({state: 'running', attempts: 1});
  if (one.by === ROLLBACK) expect(commits.at(-1)!.split.live).toBe(false);
  expect(await stand.run(one.again)).toMatchObject({exitCode: 0});
  const after = await stand.look();
  expect(after.release.state).toBe(one.ends);
  expect(stepOf(after.release, one.step)).toMatchObject({state: 'done', attempts: 2});
  expect(count(await stand.ran(), `${one.name} begins`)).toBe(1);
  expect(breachesIn(after.commits)).toEqual([]);
}

async function killedInTraffic(): Promise<void> {
  await using stand = await stage();
  await stand.run(START);
  const store = await openStore(stand.place.store, 'router');
  const report = (version: number, live: boolean) =>
    store.feature('pay').report({
      name: 'sdk web-1',
      kind: 'sdk',
      version,
      release: null,
      percent: live ? 50 : 0,
      live,
      boundMs: 1000,
    });
  await report(1, true);
  const rolling = stand.place.start(ROLLBACK);
  await eventually(async () => expect(stepStateOf(await stand.look(), 'rollback.traffic')).toBe('running'));
  rolling.kill('SIGKILL');
  await rolling;
  expect((await stand.look()).commits.at(-1)!.split.live).toBe(false);
  await report(99, false);
  expect(await stand.run(ROLLBACK)).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('1 of 1 router confirmed') as string,
  });
  const {release, commits} = await stand.look();
  expect(release.state).toBe('rolled_back');
  expect(breachesIn(commits)).toEqual([]);
  await store.close();
}

describe.concurrent('a rollback', () => {
  test('while prod is being promoted stops that first, and only then brings the older version back', async () => {
    await using stand = await stage();
    await stand.run(START);
    await stand.next('promote', 'hang');
    const promoting = stand.place.start(COMPLETE);
    await eventually(async () =>
      expect(stepStateOf(await stand.look(), 'promotion.promote')).toBe('running'),
    );
    await eventually(async () => expect((await stand.ran()).at(-1)).toBe('promote begins'));
    expect(await stand.run(ROLLBACK)).toMatchObject({exitCode: 0});
    await promoting;
    const ran = await stand.ran();
    expect(ran.slice(ran.indexOf('promote begins'))).toEqual([
      'promote begins',
      'promote is stopped',
      'demote begins',
      'demote ends',
      'stop begins',
      'stop ends',
      'restore begins',
      'restore ends',
    ]);
    const {release, commits} = await stand.look();
    expect(release.state).toBe('rolled_back');
    expect(stepOf(release, 'promotion.promote')).toMatchObject({state: 'failed'});
    expect(stepOf(release, 'promotion.cleanup')).toMatchObject({state: 'skipped'});
    expect(breachesIn(commits)).toEqual([]);
  });

  test('whose snapshot cannot be kept has taken everybody back all the same', async () => {
    await using stand = await stage();
    await stand.run(START);
    const {DatabaseSync} = await import('node:sqlite');
    const database = new DatabaseSync(stand.place.store.slice('sqlite:'.length));
    database.exec('DROP TABLE IF EXISTS outputs; CREATE TABLE outputs (another TEXT)');
    database.close();
    const {exitCode, stderr} = await stand.run(ROLLBACK);
    expect({exitCode, stderr}).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('rollback.snapshot failed') as string,
    });
    expect((await stand.look()).release.state).toBe('rolled_back');
  });
});

describe.concurrent('a hook', () => {
  const bad = [
    ['that hangs', '1s', '[sleep, "60"]', /sleep took longer than 1 s and was stopped/u],
    [
      'that floods',
      '30s',
      '[sh, -c, "head -c 100000000 /dev/zero | tr \'\\\\0\' x; echo; echo the end; exit 4"]',
      /ended with exit code 4: .*the end/su,
    ],
    ['that is missing', '1s', '[./nowhere.sh]', /nowhere\.sh was not found/u],
    ['that may not be run', '1s', '[./plan.yaml]', /plan\.yaml is not executable/u],
  ] as const;
  test.each(bad)(
    '%s fails its step with the reason, in bounded time and memory',
    async (_, timeout, argv, why) => {
      await using stand = await stage();
      await stand.place.file(
        'plan.yaml',
        `phases: [{name: all, percent: 100}]\nhooks: {stop: {argv: ${argv}, timeout: ${timeout}}}\n`,
      );
      await stand.run([...START, '--skip-preflight']);
      const rolling = await stand.run(ROLLBACK);
      expect(rolling.exitCode).toBe(1);
      const {release} = await stand.look();
      expect(release.state).toBe('rolled_back');
      expect(stepOf(release, 'rollback.stop').error).toMatch(why);
      expect(stepOf(release, 'rollback.stop').error!.length).toBeLessThan(700);
    },
  );
});

describe.skipIf(redisMissing)('a store that is lost in every step', () => {
  test('and comes back has every step done once, told as done, and the release where it should be', async () => {
    const redis = await startRedis({appendonly: true, settings: {appendfsync: 'always'}});
    await using stand: Stage = await stage({store: redis.url});
    try {
      let losses = 0;
      for (const argv of [START, COMPLETE, ROLLBACK]) {
        for (const name of HOOK_NAMES) await stand.next(name, 'lose');
        const running = stand.run(argv);
        const over = running.then(() => true);
        for (;;) {
          await writeFile(join(stand.place.folder, 'redis.pid'), String(redis.pid));
          if (await Promise.race([over, redis.ended().then(() => false)])) break;
          losses += 1;
          await redis.start();
        }
        const {exitCode, stderr} = await running;
        expect({argv, exitCode, stderr}).toMatchObject({exitCode: 0});
      }
      const {release, commits} = await stand.look();
      expect(release.state).toBe('rolled_back');
      const ran = await stand.ran();
      for (const name of HOOK_NAMES)
        expect({name, times: count(ran, `${name} begins`)}).toEqual({name, times: 1});
      expect(breachesIn(commits)).toEqual([]);
    } finally {
      await redis.dispose();
    }
  });
});

describe.skipIf(redisMissing)('a guard', () => {
  test('asks the gate of a phase until it opens, runs the hooks on the way, and goes on', async () => {
    const redis = await startRedis();
    await using place = await Workplace.open(redis.url);
    const key = 'graydeck:{pay}:metrics';
    const send = (side: string) =>
      redis.admin.xadd(key, '*', 'side', side, 'requests', 50, 'errors', 0, 'response_time', 80);
    const app = setInterval(() => void Promise.allSettled([send('prod'), send('gray')]), 200);
    try {
      const gated = '{name: some, percent: 50, duration: 1s, confirm: [test, -f, open]}';
      const hooked = '{name: most, percent: 90, before: [sh, -c, "echo $GRAYDECK_PHASE >> ran.txt"]}';
      await place.file('plan.yaml', `phases: [${gated}, ${hooked}]\ncomplete: manual\nevidence: off\n`);
      expect(await place.run(...START)).toMatchObject({exitCode: 0});
      const guard = place.start(['guard', '--feature', 'pay', '--by', 'ops-1']);
      const stepsNow = async () => (await place.json('status'))['steps'];
      const asked = expect.objectContaining({id: 'phase-2.confirm', state: 'running'}) as unknown;
      await eventually(async () => expect(await stepsNow()).toContainEqual(asked));
      expect(await place.json('status')).toMatchObject({percent: {set: 50}});
      await place.file('open', '');
      await eventually(async () => expect(await place.json('status')).toMatchObject({percent: {set: 90}}));
      expect(await readFile(join(place.folder, 'ran.txt'), 'utf8')).toBe('most\n');
      guard.kill('SIGTERM');
      await guard;
    } finally {
      clearInterval(app);
      await redis.dispose();
    }
  });
});
