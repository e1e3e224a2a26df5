import {readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, inject, test} from 'vitest';
import {TestTerminal} from '../terminal/open.ts';
import {Workplace} from './program.ts';

let place: Workplace;
beforeEach(async () => {
  place = await Workplace.open();
});
afterEach(() => place[Symbol.asyncDispose]());

const read = (name: string) => readFile(join(place.folder, name), 'utf8');

describe('init without a terminal', () => {
  test.for([
    ['--feature', 'new_payment'],
    [
      '--feature',
      'search',
      '--from',
      'seed-five',
      '--router',
      'nginx',
      '--prometheus',
      'http://127.0.0.1:9090',
    ],
    ['--feature', 'search', '--from', 'ramp', '--router', 'other', '--lang', 'zh'],
  ])('writes a project file and a plan that are read without a mistake: %j', async flags => {
    const {exitCode, stdout} = await place.run('init', ...flags);
    expect({exitCode, stdout}).toMatchObject({exitCode: 0});
    expect((await place.run('plan', 'check', 'plan.yaml')).stdout).toMatch(/no mistakes, \d+ phases/u);
    const doctor = await place.json('doctor');
    const findings = doctor['findings'] as {level: string; check: string}[];
    const strangers = findings.filter(
      ({level, check}) => level === 'wrong' && !/prometheus|edge|nginx/u.test(check),
    );
    expect(strangers).toEqual([]);
    expect((await place.run('start', 'v1.1.0', '--yes', '--skip-preflight')).exitCode).toBe(0);
  });

  test('never overwrites a file, and writes none of the two', async () => {
    await place.file('plan.yaml', 'mine');
    const {exitCode, stderr} = await place.run('init', '--feature', 'new_payment');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('plan.yaml exists in this folder; nothing was written');
    expect(await read('plan.yaml')).toBe('mine');
    expect(await readdir(place.folder)).not.toContain('graydeck.yaml');
  });

  test.for([
    [['--feature', 'New Payment'], 'cannot be the name of a feature'],
    [['--store', 'mysql://db'], 'graydeck init --help'],
    [['--from', 'seed-six'], '--from seed-four|seed-five|ramp'],
    [['--router', 'envoy'], '--router sdk|nginx|other'],
    [['--prometheus', 'nowhere'], 'graydeck init --help'],
  ] as const)('refuses %j and writes nothing', async ([flags, words]) => {
    const {exitCode, stderr} = await place.run('init', ...flags);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(words);
    expect(await readdir(place.folder)).not.toContain('graydeck.yaml');
  });

  test('shows both with --dry-run, and is refused with --read-only', async () => {
    const {stdout} = await place.run('init', '--feature', 'search', '--dry-run');
    expect(stdout).toContain('feature: search');
    expect((await place.run('init', '--read-only')).exitCode).toBe(2);
    expect(await readdir(place.folder)).not.toContain('graydeck.yaml');
  });
});

describe('init at a terminal', () => {
  const open = () =>
    new TestTerminal([process.execPath, inject('program'), 'init', '--feature', 'pay'], {
      cwd: place.folder,
      env: place.environment(),
    });

  test('asks five questions, says why an answer is none, and writes what was answered', async () => {
    await using terminal = open();
    await terminal.until('Which feature');
    terminal.press('!');
    await terminal.until('pay!');
    terminal.press('Enter');
    await terminal.until('cannot be the name of a feature');
    terminal.press('Backspace', '2');
    await terminal.until(/^pay2/mu);
    terminal.press('Enter');
    await terminal.until('Where is the store');
    terminal.press('Enter');
    await terminal.until('Which plan');
    terminal.press('Down', 'Enter');
    await terminal.until('What moves the users');
    terminal.press('Enter');
    await terminal.until('Where is Prometheus');
    terminal.press('Enter');
    expect(await terminal.exit()).toBe(0);
    expect(await read('graydeck.yaml')).toContain('feature: pay2');
    expect(await read('plan.yaml')).toContain('name: five-phases');
  });

  test('writes nothing after Ctrl-C', async () => {
    await using terminal = open();
    await terminal.until('Which feature');
    terminal.press('Ctrl+c');
    expect(await terminal.exit()).toBe(130);
    expect(await readdir(place.folder)).not.toContain('graydeck.yaml');
  });
});
