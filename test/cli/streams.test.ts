import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {chmod} from 'node:fs/promises';
import {join} from 'node:path';
import {execa} from 'execa';
import {describe, expect, inject, test} from 'vitest';
import {Workplace} from './program.ts';
import {eventually} from '../patience.ts';

const start = ['start', 'v1.1.0', '--feature', 'pay', '--yes'];

/** Verbs that go on until somebody stops them. */
const lasting: readonly string[][] = [
  ['status', '--watch'],
  ['log', '--follow'],
  ['wait', '--for', 'paused'],
  ['watch'],
];

describe('a signal ends', () => {
  test.for(lasting.flatMap(typed => [['SIGINT', 130, typed] as const, ['SIGTERM', 143, typed] as const]))(
    'by %s with exit code %i: %s',
    async ([signal, code, typed]) => {
      await using place = await Workplace.open();
      await place.run(...start);
      const running = place.start([...typed]);
      await Promise.race([once(running.stdout, 'data'), once(running.stderr, 'data')]);
      running.kill(signal);
      expect(await running).toMatchObject({exitCode: code});
      expect(await place.json('status')).toMatchObject({state: 'rolling', head: 1});
    },
  );

  test('a rollback only in so far as nobody waits any more: traffic is back', async () => {
    await using place = await Workplace.open();
    await place.file('plan.yaml', 'phases: [{name: all, percent: 100}]\nhooks: {stop: [sleep, "30"]}\n');
    await place.run(...start, '--plan', 'plan.yaml');
    const running = place.start(['rollback']);
    let told = '';
    running.stderr.on('data', chunk => (told += String(chunk)));
    await eventually(() => expect(told).toContain('… stop gray'));
    running.kill('SIGINT');
    const {exitCode, stderr} = await running;
    expect(exitCode).toBe(130);
    expect(stderr).toContain('interrupted: a guard or an open console continues the steps.');
    expect(await place.json('status')).toMatchObject({percent: {set: 0}});
  });
});

describe('a closed pipe', () => {
  test.for([['log'], ['status'], ['--help']])('ends %s without a word', async typed => {
    await using place = await Workplace.open();
    await place.run(...start);
    const running = place.start(typed);
    running.stdout.destroy();
    expect(await running).toMatchObject({stderr: '', exitCode: 0});
  });

  test.for([
    ['log', '--follow'],
    ['status', '--watch'],
  ])('ends %s %s once there is something to say', async (...[typed]) => {
    await using place = await Workplace.open();
    await place.run(...start);
    const running = place.start(typed);
    await once(running.stdout, 'data');
    running.stdout.destroy();
    await place.run('set', '3');
    expect(await running).toMatchObject({stderr: '', exitCode: 0});
  });

  test('does not keep a rollback from being finished', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    const running = place.start(['rollback']);
    running.stdout.destroy();
    running.stderr.destroy();
    expect(await running).toMatchObject({exitCode: 0});
    expect(await place.json('status')).toMatchObject({state: 'rolled_back'});
  });
});

/** Runs it with a stdout that takes nothing. */
async function runFull(place: Workplace, ...typed: string[]) {
  const argv = ['-c', 'exec "$0" "$@" >/dev/full', process.execPath, inject('program'), ...typed];
  return await execa('sh', argv, {
    cwd: place.folder,
    env: place.environment(),
    extendEnv: false,
    reject: false,
  });
}

describe.skipIf(!existsSync('/dev/full'))('a disk that is full', () => {
  test.for([['log'], ['status', '--json'], ['--help']])(
    'is a fault of %s, which lost what it told',
    async typed => {
      await using place = await Workplace.open();
      await place.run(...start);
      const ran = await runFull(place, ...typed);
      expect(ran.exitCode).toBe(1);
      expect(ran.stderr).toContain('stdout could not be written: ENOSPC');
    },
  );

  test('keeps no command from being carried out', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    expect(await runFull(place, 'rollback')).toMatchObject({exitCode: 1});
    expect(await place.json('status')).toMatchObject({state: 'rolled_back'});
  });
});

describe('data goes to stdout, everything else to stderr', () => {
  test('so a script reads only what it asked for', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    const {stdout, stderr} = await place.run('rollback');
    expect(stdout).not.toMatch(/traffic {2}/u);
    expect(stderr).toMatch(/✔ traffic/u);
  });

  test('where a fault comes from is told line by line, where that is asked for', async () => {
    await using place = await Workplace.open('redis://127.0.0.1:1/0');
    const {stdout, stderr} = await place.runWith({env: {GRAYDECK_TRACE: '1'}}, 'status');
    expect(stdout).toBe('');
    expect(stderr.split('\n').filter(line => /^ +at /u.test(line)).length).toBeGreaterThan(3);
  });

  test('colour only where it is wanted', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    const escape = '\u001B[';
    expect((await place.run('status')).stdout).not.toContain(escape);
    const forced = await place.runWith({env: {FORCE_COLOR: '1'}}, 'status');
    expect(forced.stdout).toContain(escape);
    const asked = await place.runWith({env: {FORCE_COLOR: '1', NO_COLOR: '1'}}, 'status');
    expect(asked.stdout).not.toContain(escape);
    const flagged = await place.runWith({env: {FORCE_COLOR: '1'}}, 'status', '--no-color');
    expect(flagged.stdout).not.toContain(escape);
  });
});

test('a store that everybody may write to is told of once, on stderr, and not to scripts', async () => {
  await using place = await Workplace.open();
  await place.run('start', 'v1.1.0', '--feature', 'pay', '--yes');
  expect((await place.run('status')).stderr).not.toContain('everybody');
  await chmod(join(place.folder, 'graydeck.db'), 0o666);
  for (const words of [['status'], ['set', '6', '--yes']]) {
    const {exitCode, stdout, stderr} = await place.run(...words);
    expect(exitCode).toBe(0);
    expect(stderr.match(/every user of this machine may write to .*graydeck\.db.*chmod o-w/gu)).toHaveLength(
      1,
    );
    expect(stdout).not.toContain('everybody');
  }
  expect((await place.run('status', '--json')).stderr).toBe('');
});
