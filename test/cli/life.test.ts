import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {openStore} from '../../source/store/open.ts';
import type {RoutingStore} from '../../source/store/port.ts';
import {Workplace} from './program.ts';
import {eventually} from '../patience.ts';

const start = ['start', 'v1.1.0', '--feature', 'pay', '--over', 'v1.0.9', '--yes'];
const all = '{name: all, percent: 100}';

/** A hook that writes down that it ran, and ends with a code. */
function hook(name: string, code = 0): string {
  return `[sh, -c, "echo ${name} $GRAYDECK_STEP $GRAYDECK_VERSION >> ran.txt; exit ${code}"]`;
}

describe('a release by the command line', () => {
  test('goes through its life, and the log tells it in words', async () => {
    await using place = await Workplace.open();
    for (const typed of [
      start,
      ['set', '12.5', '--yes', '--by', 'liu on laptop'],
      ['next', '--yes'],
      ['pause', '--reason', 'a user reports a double charge'],
      ['resume'],
      ['audience', 'include', 'u-42', '--yes'],
      ['alert', 'warning', 'refunds look slow'],
      ['rollback', '--reason', 'it was true'],
    ]) {
      const {exitCode, stderr} = await place.run(...typed);
      expect({typed, exitCode, stderr: exitCode === 0 ? '' : stderr}).toEqual({
        typed,
        exitCode: 0,
        stderr: '',
      });
    }
    const {stdout} = await place.run('log');
    const told = [
      'started v1.1.0 over v1.0.9',
      'phase 1 alpha, 5 %',
      '5 % → 12.5 %',
      'phase 2 beta, 20 %',
      'paused: "a user reports a double charge"',
      'resumed',
      'user u-42 always gets gray',
      'WARNING refunds look slow',
      'rollback, 20 % → 0 %: "it was true"',
    ];
    const at = told.map(words => stdout.indexOf(words));
    expect(at).not.toContain(-1);
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(stdout).toMatch(/5 % → 12\.5 % {2}liu on laptop \(os:[^)]+\)$/mu);
  });

  test('is told in Chinese where that is the language', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    const {stdout} = await place.runWith({env: {LANG: 'zh_CN.UTF-8'}}, 'status');
    expect(stdout).toMatch(/\p{Script=Han}/u);
    expect((await place.run('status')).stdout).not.toMatch(/\p{Script=Han}/u);
  });

  test('registers the feature with its first commit; several have to be told apart', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    expect(await place.run('status')).toMatchObject({exitCode: 0});
    await place.run('start', 'v7', '--feature', 'search', '--yes');
    const {exitCode, stderr} = await place.run('log');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('the store has 2 features: pay, search.');
    expect(stderr).toContain('→ graydeck log --feature pay');
  });

  test('a mistyped feature is told, not taken for one without a release', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    const {exitCode, stderr} = await place.run('rollback', '--feature', 'pya');
    expect(exitCode).toBe(3);
    expect(stderr).toContain('the store knows no feature pya: did you mean pay?');
  });

  test('takes its plan from the configuration, and its store and feature too', async () => {
    await using place = await Workplace.open();
    await place.file(
      'graydeck.yaml',
      'store: sqlite:other.db\nfeature: card\nfeatures: {card: {plan: plans.yaml}}\n',
    );
    await place.file('plans.yaml', `phases: [{name: few, percent: 2, duration: 1h}, ${all}]\n`);
    const env = {GRAYDECK_STORE: ''};
    expect(await place.runWith({env}, 'start', 'v3', '--yes')).toMatchObject({exitCode: 0});
    const {stdout} = await place.runWith({env}, 'status', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      feature: 'card',
      phase: {name: 'few', of: 2},
      percent: {set: 2},
    });
    expect(await readFile(join(place.folder, 'other.db'))).not.toHaveLength(0);
  });

  test('takes its plan from stdin', async () => {
    await using place = await Workplace.open();
    const input = `feature: card\nphases: [{name: few, percent: 2, duration: 1h}, ${all}]\n`;
    expect(await place.runWith({input}, 'start', 'v3', '--plan', '-', '--yes')).toMatchObject({exitCode: 0});
    expect(await place.json('status')).toMatchObject({feature: 'card', phase: {name: 'few'}});
  });

  test('shows a timetable instead of starting under --dry-run', async () => {
    await using place = await Workplace.open();
    const {stdout, exitCode} = await place.run('start', 'v3', '--feature', 'pay', '--dry-run');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('would write  pay  started v3');
    for (const phase of ['alpha', 'beta', 'gamma', 'production']) expect(stdout).toContain(phase);
    expect(await place.run('status')).toMatchObject({exitCode: 2});
  });

  test('goes on without a configuration that has mistakes when it is to be taken back', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    await place.file('graydeck.yaml', 'phasen: 3\n');
    expect(await place.run('set', '3')).toMatchObject({exitCode: 2});
    const {exitCode, stderr} = await place.run('rollback');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('mistakes; the rollback goes on without it');
  });
});

describe('the steps of a release', () => {
  test('are run and waited for by the verb that begins them', async () => {
    await using place = await Workplace.open();
    await place.file(
      'plan.yaml',
      `phases: [${all}]\nhooks: {deploy: ${hook('deploy')}, promote: ${hook('promote')}, cleanup: ${hook('cleanup')}}\n`,
    );
    const started = await place.run(...start, '--plan', 'plan.yaml');
    expect(started).toMatchObject({exitCode: 0});
    expect(started.stderr).toMatch(/✔ deploy gray/u);
    expect(await place.json('complete', '--confirm', 'v1.1.0')).toMatchObject({ended: 'completed'});
    expect(await readFile(join(place.folder, 'ran.txt'), 'utf8')).toBe(
      'deploy deploy.deploy v1.1.0\npromote promotion.promote v1.1.0\ncleanup promotion.cleanup v1.1.0\n',
    );
  });

  test('a deploy that fails is a fault that says what to type, and retry takes it up', async () => {
    await using place = await Workplace.open();
    await place.file('plan.yaml', `phases: [${all}]\nhooks: {deploy: [test, -f, ready]}\n`);
    const failed = await place.run(...start, '--plan', 'plan.yaml');
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toContain(
      'no user gets gray, but deploy.deploy failed: test ended with exit code 1.',
    );
    expect(failed.stderr).toContain('→ graydeck retry deploy.deploy');
    expect(await place.json('status')).toMatchObject({state: 'failed', percent: {set: 0}});
    await place.file('ready', '');
    expect(await place.run('retry')).toMatchObject({exitCode: 0});
    expect(await place.json('status')).toMatchObject({state: 'rolling', percent: {set: 100}});
  });

  test('a rollback whose stop hook fails has taken everybody back all the same', async () => {
    await using place = await Workplace.open();
    await place.file('plan.yaml', `phases: [${all}]\nhooks: {stop: ${hook('stop', 3)}}\n`);
    await place.run(...start, '--plan', 'plan.yaml');
    const {exitCode, stderr, stdout} = await place.run('rollback');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('written; no router confirms it');
    expect(stderr).toContain('everyone is on prod, but rollback.stop failed');
    expect(await place.json('status')).toMatchObject({state: 'rolled_back', percent: {set: 0}});
  });

  test('a rollback that no demote hook leads back from says at once that prod stays the new version', async () => {
    await using place = await Workplace.open();
    await place.file('plan.yaml', `phases: [${all}]\nhooks: {promote: ['true'], stop: ['true']}\n`);
    await place.run(...start, '--plan', 'plan.yaml');
    await place.run('complete', '--confirm', 'v1.1.0');
    const {exitCode, stderr} = await place.run('rollback');
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/no demote hook leads back: bring v1\.0\.9 back by hand.*✔ stop gray/su);
  });

  test('what a backup prints is kept, told to restore, and shown by log --output; so is what was known at the rollback', async () => {
    await using place = await Workplace.open();
    const backup = '[sh, -c, "echo dumping >&2; echo dump-17"]';
    const restore = '[sh, -c, "echo restores $GRAYDECK_BACKUP"]';
    await place.file('plan.yaml', `phases: [${all}]\nhooks: {backup: ${backup}, restore: ${restore}}\n`);
    await place.run(...start, '--plan', 'plan.yaml');
    const store = await openStore(place.store, 'router');
    await store.feature('pay').writeSamples([['side', 'gray', 'requests', '40', 'errors', '10']]);
    await store.close();
    const {exitCode, stderr} = await place.run('rollback');
    expect({exitCode, stderr}).toMatchObject({exitCode: 0, stderr: expect.stringMatching(/✔ snapshot/u)});
    const told = await place.run('log', '--output', 'restore');
    expect(told.stdout).toMatch(/rollback\.restore, attempt 1\nrestores dump-17$/u);
    const {outputs} = await place.json('log', '--output', 'deploy.backup');
    expect(outputs).toMatchObject([{step: 'deploy.backup', result: 'dump-17', attempt: 1}]);
    const kept = await place.json('log', '--output', 'rollback.snapshot');
    const {text} = (kept['outputs'] as {text: string}[]).at(-1)!;
    expect(JSON.parse(text)).toMatchObject({
      schema: 'graydeck.snapshot/1',
      version: 'v1.1.0',
      before: [{minutes: 1, gray: {requests: 40, errorRate: 25}}, {minutes: 5}, {minutes: 15}],
    });
    const {steps} = await place.json('status');
    expect(steps).toContainEqual(expect.objectContaining({id: 'rollback.notify', state: 'skipped'}));
    expect(await place.run('log', '--output', 'deploy.deploy')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/there is: deploy\.backup, .*rollback\.restore, rollback\.snapshot/u),
    });
  });

  test('--no-wait leaves them to others, and a second rollback says that it goes on already', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    expect(await place.run('rollback', '--no-wait')).toMatchObject({exitCode: 0});
    expect(await place.json('status')).toMatchObject({state: 'rolling_back', percent: {set: 0}});
    const second = await place.run('rollback');
    expect(second).toMatchObject({exitCode: 0});
    expect(second.stdout).toContain('already rolling back');
    expect(await place.json('status')).toMatchObject({state: 'rolled_back'});
    expect((await place.run('rollback')).stdout).toContain('already rolled back');
  });

  test('--supersede takes back what is live, then starts', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    expect(await place.run('start', 'v2', '--yes', '--supersede')).toMatchObject({exitCode: 0});
    expect(await place.json('status')).toMatchObject({version: 'v2', state: 'rolling'});
    expect((await place.run('log')).stdout).toContain('rollback, 5 % → 0 %');
  });
});

describe('a rollback with routers', () => {
  async function router(store: RoutingStore, name: string): Promise<AsyncDisposable> {
    const pay = store.feature('pay');
    const stop = new AbortController();
    const following = pay.follow(
      null,
      news => {
        if (news.type !== 'commit') return;
        const {split, version} = news.commit;
        const {release, percent, live} = split;
        void pay.report({name, kind: 'sdk', version, release, percent, live, boundMs: 15_000});
      },
      stop.signal,
    );
    await eventually(async () => expect(await pay.head()).not.toBeNull());
    return {
      async [Symbol.asyncDispose]() {
        stop.abort();
        await following;
      },
    };
  }

  test('tells how many confirmed, how fast, and what reached gray after the key', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    const store = await openStore(place.store, 'router');
    await using _one = await router(store, 'sdk web-1');
    await using _two = await router(store, 'sdk web-2');
    await eventually(async () => {
      expect(await place.json('status')).toMatchObject({routers: {live: 2, confirmed: 2}});
    });
    await store.feature('pay').writeSamples([['side', 'gray', 'requests', '3']]);
    const {stdout, exitCode} = await place.run('rollback');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /prod for everyone in 0\.\d\d s, 2 of 2 routers confirmed, 0 requests reached gray/u,
    );
    await store.close();
  });
});

describe('waiting', () => {
  test('ends once the state is there', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    const waiting = place.start(['wait', '--for', 'rolled_back', '--timeout', '60s']);
    await place.run('rollback');
    expect(await waiting).toMatchObject({exitCode: 0, stdout: 'pay  rolled_back'});
  });

  test('ends once the state can no longer come, and says where it is instead', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    const waiting = place.start(['wait', '--for', 'completed', '--timeout', '60s']);
    await place.run('rollback', '--no-wait');
    const {exitCode, stderr} = await waiting;
    expect(exitCode).toBe(5);
    expect(stderr).toContain('completed can no longer come: v1.1.0 is rolling back.');
  });

  test('status --watch prints a line for each change and ends with the release', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    const watching = place.start(['status', '--watch']);
    await place.run('set', '3');
    await place.run('complete', '--confirm', 'v1.1.0');
    const {exitCode, stdout} = await watching;
    expect(exitCode).toBe(0);
    expect(stdout.split('\n').at(-1)).toMatch(/pay {2}v1\.1\.0 {2}COMPLETED/u);
  });
});

test('where gray would reach everyone, --yes alone is not enough', async () => {
  await using place = await Workplace.open();
  await place.file('plan.yaml', 'phases: [{name: some, percent: 20}, {name: all, percent: 100}]\n');
  const whole = ['start', 'v1.1.0', '--feature', 'pay', '--plan', 'plan.yaml'];
  expect(await place.run(...whole, '--yes')).toMatchObject({exitCode: 0});
  for (const typed of [['set', '100'], ['next'], ['complete']]) {
    const refused = await place.run(...typed, '--yes');
    expect(refused).toMatchObject({exitCode: 2});
    expect(refused.stderr).toContain('--confirm v1.1.0');
    expect(await place.run(...typed, '--confirm', 'v1.0.9')).toMatchObject({exitCode: 2});
  }
  expect(await place.json('status')).toMatchObject({percent: {set: 20}});
  expect(await place.run('set', '100', '--confirm', 'v1.1.0')).toMatchObject({exitCode: 0});
  expect(await place.json('status')).toMatchObject({percent: {set: 100}});
});
