import {readdir} from 'node:fs/promises';
import {describe, expect, inject, test} from 'vitest';
import {TestTerminal} from '../terminal/open.ts';
import {Workplace} from './program.ts';
import {eventually} from '../patience.ts';

const start = ['start', 'v1.1.0', '--feature', 'pay', '--over', 'v1.0.9', '--yes'];

function open(place: Workplace, ...argv: string[]): TestTerminal {
  const env = place.environment({TMPDIR: place.folder});
  return new TestTerminal([process.execPath, inject('program'), ...argv], {env, cwd: place.folder});
}

/** Folders of demos that are left in the place for temporary files. */
async function demosLeft(place: Workplace): Promise<string[]> {
  return (await readdir(place.folder)).filter(name => name.startsWith('graydeck-demo-'));
}

describe('the console', () => {
  test('opens on the only feature and leaves the terminal as it was', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    await using terminal = open(place);
    await terminal.until('ROLLING');
    await terminal.until('v1.1.0');
    terminal.press('q');
    expect(await terminal.exit()).toBe(0);
    expect(terminal.modesLeftOn()).toEqual([]);
  });

  test('takes everything back by two keys, and runs the steps of it', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    await using terminal = open(place, 'watch', '--by', 'liu on laptop');
    await terminal.until('ROLLING');
    terminal.press('r', 'y');
    await eventually(async () =>
      expect(await place.json('status')).toMatchObject({state: 'rolled_back', percent: {set: 0}}),
    );
    expect((await place.run('log')).stdout).toMatch(/rollback, 5 % → 0 % {2}liu on laptop \(os:.+\)$/mu);
  });

  test('read-only has no key that changes anything', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    await using terminal = open(place, '--read-only');
    await terminal.until('READ-ONLY');
    terminal.press('r', 'y');
    terminal.press('q');
    expect(await terminal.exit()).toBe(0);
    expect(await place.json('status')).toMatchObject({state: 'rolling', head: 1});
  });

  test('shows what another process does meanwhile', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    await using terminal = open(place);
    await terminal.until('ROLLING');
    await place.run('pause', '--reason', 'a look at the logs');
    await terminal.until('PAUSED');
    await terminal.until('a look at the logs');
  });

  test('takes up steps that somebody left behind', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    await place.run('rollback', '--no-wait');
    await using terminal = open(place);
    await terminal.until('ROLLED BACK');
    expect(await place.json('status')).toMatchObject({state: 'rolled_back'});
  });

  test('ends by SIGTERM with 143 and a clean terminal', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    await using terminal = open(place);
    await terminal.until('ROLLING');
    terminal.signal('SIGTERM');
    expect(await terminal.exit()).toBe(143);
    expect(terminal.modesLeftOn()).toEqual([]);
  });

  test('turns to another feature of the store', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    await place.run('start', 'v7', '--feature', 'search', '--yes');
    await using terminal = open(place, '--feature', 'pay');
    await terminal.until('v1.1.0');
    terminal.press(']');
    await terminal.until('v7');
    terminal.press('[');
    await terminal.until('v1.1.0');
  });

  test('is plain lines where there is no terminal, and says so', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    const running = place.start(['watch']);
    await eventually(() => expect(running.exitCode).toBeNull());
    await place.run('rollback');
    const {exitCode, stdout, stderr} = await running;
    expect(exitCode).toBe(5);
    expect(stderr).toContain('no terminal here: a line for each change');
    expect(stdout).toMatch(/pay {2}v1\.1\.0 {2}ROLLED BACK/u);
  });
});

describe('the demo', () => {
  test('needs nothing, shows both sides, and leaves nothing behind', async () => {
    await using place = await Workplace.open('redis://127.0.0.1:1/0');
    await using terminal = open(place, 'demo');
    await terminal.until('DEMO');
    await terminal.until(/PROD[^]*GRAY/u);
    await terminal.until(/3\/3/u);
    expect(await demosLeft(place)).toHaveLength(1);
    terminal.press('q');
    expect(await terminal.exit()).toBe(0);
    expect(await demosLeft(place)).toEqual([]);
  });

  test('lets gray fail by a key, and takes it back by two', async () => {
    await using place = await Workplace.open();
    await using terminal = open(place, 'demo');
    await terminal.until(/3\/3/u);
    terminal.press('x');
    await terminal.until('gray begins to fail');
    terminal.press('r', 'y');
    await terminal.until('ROLLED BACK');
    await terminal.until('3 of 3 routers confirmed');
  });

  test('is plain lines where there is no terminal, says so, and cleans up after SIGTERM', async () => {
    await using place = await Workplace.open();
    const running = place.start(['demo'], {env: {TMPDIR: place.folder}});
    let told = '';
    running.stdout.on('data', chunk => (told += String(chunk)));
    await eventually(() => expect(told).toMatch(/new_payment {2}v1\.1\.0 {2}ROLLING/u));
    running.kill('SIGTERM');
    const {exitCode, stderr} = await running;
    expect(exitCode).toBe(143);
    expect(stderr).toContain('no terminal here');
    expect(await demosLeft(place)).toEqual([]);
  });
});
