import {describe, expect, inject, test} from 'vitest';
import {TestTerminal} from '../terminal/open.ts';
import {errorOf, Workplace} from './program.ts';
import {eventually} from '../patience.ts';

const start = ['start', 'v1.1.0', '--feature', 'pay', '--over', 'v1.0.9', '--yes'];

/** What a stream of JSON lines has told so far. */
const lines = (text: string) =>
  text
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Record<string, unknown>);

async function guardOf(place: Workplace): Promise<unknown> {
  const {stdout} = await place.run('status', '--json');
  return (JSON.parse(stdout) as {guard: unknown}).guard;
}

describe('a headless guard', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'guards until %s, hands over and ends with exit code 0',
    async signal => {
      await using place = await Workplace.open();
      await place.run(...start);
      const guard = place.start(['guard', '--by', 'guard on ops-1', '--json']);
      await eventually(async () => expect(await guardOf(place)).toBe('guard on ops-1'));
      guard.kill(signal);
      const {exitCode, stdout} = await guard;
      expect(exitCode).toBe(0);
      expect(lines(stdout).filter(({schema}) => schema === 'graydeck.guard/1')).toMatchObject([
        {feature: 'pay', role: 'acting', epoch: 1},
        {feature: 'pay', role: 'handed-over'},
      ]);
      expect(await guardOf(place)).toBeNull();
    },
  );

  test('prints a line for each change, of the log and of its own part', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    const guard = place.start(['guard', '--feature', 'pay', '--by', 'guard on ops-1']);
    await eventually(async () => expect(await guardOf(place)).toBe('guard on ops-1'));
    await place.run('pause', '--reason', 'a look at the logs', '--by', 'liu on laptop');
    guard.kill('SIGTERM');
    const {stdout} = await guard;
    const told = stdout.split('\n').map(line => line.replace(/^[\d:]+ {2}/u, ''));
    expect(told).toContain('pay  this is the guard now, epoch 1');
    expect(told.join('\n')).toMatch(/^pay {2}paused: "a look at the logs" {2}liu on laptop \(os:.+\)$/mu);
    expect(told).toContain('pay  handed over');
  });

  test('watches over every feature of the store, and over those that come later', async () => {
    await using place = await Workplace.open();
    const guard = place.start(['guard', '--json']);
    for (const feature of ['pay', 'search']) await place.run('start', 'v2', '--feature', feature, '--yes');
    const guards = () =>
      Promise.all(
        ['pay', 'search'].map(async feature => (await place.json('status', '--feature', feature))['guard']),
      );
    await eventually(async () => {
      for (const name of await guards()) expect(name).toMatch(/^guard on /u);
    });
    guard.kill('SIGTERM');
    expect((await guard).exitCode).toBe(0);
  });

  test('that was killed is not taken for one that watches', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    const guard = place.start(['guard', '--by', 'guard on ops-1']);
    await eventually(async () => expect(await guardOf(place)).toBe('guard on ops-1'));
    await using terminal = new TestTerminal([process.execPath, inject('program'), '--read-only'], {
      env: place.environment(),
      cwd: place.folder,
    });
    await terminal.until('● guard');
    guard.kill('SIGKILL');
    await guard;
    await terminal.until(/▲ guard silent/u);
    expect(await guardOf(place)).toBeNull();
  });

  test('is refused to whoever may only look', async () => {
    await using place = await Workplace.open();
    const ran = await place.run('guard', '--read-only', '--json');
    expect(ran.exitCode).toBe(2);
    expect(errorOf(ran)).toMatchObject({schema: 'graydeck.error/1'});
  });
});

describe('a console that guards as well', () => {
  const open = (place: Workplace, ...argv: string[]) =>
    new TestTerminal([process.execPath, inject('program'), ...argv], {
      env: place.environment({TMPDIR: place.folder}),
      cwd: place.folder,
    });

  test('says so in its header, judges, and hands over when it is left', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    await using terminal = open(place, 'watch', '--guard');
    await terminal.until(/● guard on /u);
    await eventually(async () => expect((await place.run('log')).stdout).toContain('verdict hold'));
    terminal.press('q');
    expect(await terminal.exit()).toBe(0);
    expect(terminal.text()).toContain('No guard is running');
    expect(await guardOf(place)).toBeNull();
    expect((await place.run('log')).stdout).toContain('the guard has left');
  });

  test('is refused where the console may only look, and where there is none', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    const ran = await place.run('watch', '--guard');
    expect(ran).toMatchObject({exitCode: 2, stderr: expect.stringContaining('graydeck guard') as string});
    await using terminal = open(place, 'watch', '--guard', '--read-only');
    expect(await terminal.exit()).toBe(2);
  });
});
