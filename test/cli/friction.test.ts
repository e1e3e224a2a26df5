import {describe, expect, inject, test} from 'vitest';
import {TestTerminal} from '../terminal/open.ts';
import {Workplace} from './program.ts';

const start = ['start', 'v1.1.0', '--feature', 'pay', '--over', 'v1.0.9'];

async function percentOf(place: Workplace): Promise<unknown> {
  const {percent} = (await place.json('status')) as {percent: {set: number}};
  return percent.set;
}

describe('without a terminal', () => {
  test.for([
    [['set', '30'], /pay v1\.1\.0: 5 % → 30 % of the people get gray\./u],
    [['next'], /pay v1\.1\.0: phase alpha → beta, 5 % → 20 % of the people get gray\./u],
    [['complete'], /no promote hook: everyone then goes to prod, which must already run v1\.1\.0\./u],
    [['audience', 'include', 'u-42'], /pay v1\.1\.0: user u-42 always gets gray\./u],
  ] as const)('%s says what would be, and changes nothing until it is confirmed', async ([typed, says]) => {
    const flags = typed[0] === 'complete' ? ['--confirm', 'v1.1.0'] : ['--yes'];
    await using place = await Workplace.open();
    await place.run(...start, '--yes');
    const refused = await place.run(...typed);
    expect(refused).toMatchObject({exitCode: 2, stdout: ''});
    expect(refused.stderr).toMatch(says);
    expect(refused.stderr).toMatch(/no terminal to ask on\.\n {2}→ graydeck .+ --\S+(?: v1\.1\.0)?$/u);
    expect(refused.stderr).toContain(flags.join(' '));
    expect(await place.json('status')).toMatchObject({head: 1});
    expect(await place.run(...typed, ...flags)).toMatchObject({exitCode: 0});
  });

  test('a start needs --yes too', async () => {
    await using place = await Workplace.open();
    const {exitCode, stderr} = await place.run(...start);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('pay v1.1.0 over v1.0.9: 0 % → 5 % of the people get gray, phase alpha.');
    expect(stderr).toContain('Then: beta 20 %, gamma 50 %, production 100 %.');
  });

  test.for([[['set', '3']], [['pause']], [['audience', 'deny', 'u-42']], [['rollback']]] as const)(
    '%s exposes fewer people and is done at once',
    async ([typed]) => {
      await using place = await Workplace.open();
      await place.run(...start, '--yes');
      expect(await place.run(...typed)).toMatchObject({exitCode: 0});
    },
  );

  test('taking a denied user off the list may bring gray to them, so it asks; an included one does not', async () => {
    await using place = await Workplace.open();
    await place.run(...start, '--yes');
    await place.run('audience', 'deny', 'u-1');
    expect(await place.run('audience', 'remove', 'u-1')).toMatchObject({exitCode: 2});
    await place.run('audience', 'include', 'u-2', '--yes');
    expect(await place.run('audience', 'remove', 'u-2')).toMatchObject({exitCode: 0});
  });

  test('a refusal comes before the question', async () => {
    await using place = await Workplace.open();
    await place.run(...start, '--yes');
    await place.run('pause');
    const {exitCode, stderr} = await place.run('set', '50');
    expect(exitCode).toBe(3);
    expect(stderr).not.toContain('--yes');
  });

  test('a dry run asks nothing and writes nothing', async () => {
    await using place = await Workplace.open();
    await place.run(...start, '--yes');
    const {exitCode, stdout} = await place.run('set', '50', '--dry-run');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('would write  pay  5 % → 50 %');
    expect(await percentOf(place)).toBe(5);
  });
});

describe('on a terminal', () => {
  async function typing(place: Workplace, ...argv: string[]): Promise<TestTerminal> {
    return new TestTerminal([process.execPath, inject('program'), ...argv], {
      env: place.environment(),
      cwd: place.folder,
    });
  }

  test('a raise shows before and after, and y carries it out', async () => {
    await using place = await Workplace.open();
    await place.run(...start, '--yes');
    await using terminal = await typing(place, 'set', '30');
    await terminal.until('Go on? [y/N]');
    expect(terminal.text()).toContain('5 % → 30 %');
    terminal.type('y\r');
    expect(await terminal.exit()).toBe(0);
    expect(await percentOf(place)).toBe(30);
  });

  test.for([
    ['Enter alone', '\r'],
    ['n', 'n\r'],
    ['the end of the input', '\u0004'],
  ])('%s is no yes', async ([, typed]) => {
    await using place = await Workplace.open();
    await place.run(...start, '--yes');
    await using terminal = await typing(place, 'set', '30');
    await terminal.until('Go on? [y/N]');
    terminal.type(typed!);
    expect(await terminal.exit()).toBe(2);
    expect(terminal.text()).toContain('nothing was changed');
    expect(await percentOf(place)).toBe(5);
  });

  test('what the terminal answers meanwhile is no part of the answer, and a pasted line is not sent by itself', async () => {
    await using place = await Workplace.open();
    await place.run(...start, '--yes');
    await using terminal = await typing(place, 'set', '30');
    await terminal.until('Go on? [y/N]');
    terminal.type('\u001B]11;rgb:1e1e/1e1e/2e2e\u0007\u001B[?62;1c');
    terminal.type('not yet, please\r');
    await terminal.until('not yet, please');
    terminal.press('Ctrl+U');
    terminal.press('y');
    await terminal.until(/\[y\/N\] y$/mu);
    terminal.press('Enter');
    expect(await terminal.exit()).toBe(0);
    expect(await percentOf(place)).toBe(30);
  });

  test('Ctrl+C at the question leaves everything as it is', async () => {
    await using place = await Workplace.open();
    await place.run(...start, '--yes');
    await using terminal = await typing(place, 'set', '30');
    await terminal.until('Go on? [y/N]');
    terminal.press('Ctrl+C');
    expect(await terminal.exit()).toBe(130);
    expect(terminal.modesLeftOn()).toEqual([]);
    expect(await percentOf(place)).toBe(5);
  });

  test('complete wants the version typed, and says what a missing hook means', async () => {
    await using place = await Workplace.open();
    await place.run(...start, '--yes');
    await using wrong = await typing(place, 'complete');
    await wrong.until('Type v1.1.0 to go on:');
    expect(wrong.text()).toContain('which must already run v1.1.0');
    wrong.type('y\r');
    expect(await wrong.exit()).toBe(2);
    await using right = await typing(place, 'complete');
    await right.until('Type v1.1.0 to go on:');
    right.type('v1.1.0\r');
    expect(await right.exit()).toBe(0);
    expect(await place.json('status')).toMatchObject({state: 'completed'});
  });
});
