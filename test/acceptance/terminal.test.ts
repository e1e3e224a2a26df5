import stringWidth from 'string-width';
import {describe, expect, test} from 'vitest';
import {type TestTerminal} from '../terminal/open.ts';
import {pictureOf} from '../terminal/screen.ts';
import {embeddedPlace, openConsole, openProgram, startRelease, statusOf, type Place} from './place.ts';
import {eventually} from '../patience.ts';

const SIZES = [
  [80, 24],
  [120, 40],
  [200, 50],
] as const;

/** What hurts most on a narrow screen: long names, wide letters, everything that can be there at once. */
async function crowdedPlace(): Promise<Place> {
  const place = await embeddedPlace();
  await place.cli.file(
    'long.yaml',
    [
      'phases:',
      '  - {name: the very first people who volunteered, percent: 5, duration: 24h}',
      '  - {name: 内部测试人员与律师事务所的全体员工, percent: 20, duration: 48h}',
      '  - {name: everyone, percent: 100}',
    ].join('\n'),
  );
  await startRelease(place, '--plan', 'long.yaml', '--over', 'v1.0.9-build.20261122.deadbeef');
  for (const level of ['info', 'warning', 'critical'])
    await place.cli.run(
      'alert',
      level,
      `退款看起来很慢 ${'refunds look slow '.repeat(30)}`,
      '--by',
      '李'.repeat(40),
    );
  await place.cli.run('pause', '--reason', `检查用户报告 ${'checking a user report '.repeat(12)}`);
  return place;
}

/** Nothing reached past the last column or the last row: no row was wrapped, nothing scrolled away. */
function expectFits(console: TestTerminal): void {
  const {emulator} = console;
  const {active} = emulator.buffer;
  expect(active.type).toBe('alternate');
  expect(active.baseY).toBe(0);
  const wrapped = Array.from({length: emulator.rows}, (_, row) => active.getLine(row)?.isWrapped ?? false);
  expect(wrapped).not.toContain(true);
  for (const row of console.screen()) expect(stringWidth(row)).toBeLessThanOrEqual(emulator.cols);
  expect(console.screen().at(-1)).toMatch(/\S/u);
}

/** The screen without what goes on by itself: clock, ages, pings. */
function still(console: TestTerminal): string[] {
  return console
    .screen()
    .map(row => row.replaceAll(/\d+(?:[.:]\d+)*/gu, '0').replaceAll(/ {2,}|─{2,}/gu, '  '));
}

describe('a terminal of any size', () => {
  test.for(SIZES)('of %dx%d holds every row and dialog without overflow', async ([columns, rows]) => {
    await using place = await crowdedPlace();
    await using console = await openConsole(place, [], {columns, rows});
    await console.until(screen => screen.at(-1)!.includes('q quit'));
    expectFits(console);
    for (const [key, sight] of [
      ['?', 'KEYS ─'],
      [':', 'ACTIONS ─'],
      ['r', 'ROLL BACK ─'],
      ['a', 'ALERT ─'],
      ['C', 'COMPLETE ─'],
      ['/', 'FILTER'],
    ] as const) {
      console.press(key);
      await console.until(sight);
      expectFits(console);
      console.press('Escape');
      await console.gone(sight);
    }
    // The program itself writes nothing that could scroll: no line feed on the last row.
    expect(console.emulator.buffer.active.length).toBe(rows);
  });

  test.for([
    [120, 40],
    [80, 24],
  ] as const)('after 50 resizes in a row ends at %dx%d as one that began so', async ([columns, rows]) => {
    await using place = await crowdedPlace();
    await using stormy = await openConsole(place, [], {columns: 100, rows: 30});
    await stormy.until('PAUSED');
    for (let turn = 0; turn < 50; turn++) {
      stormy.resize(20 + ((turn * 37) % 190), 5 + ((turn * 13) % 55));
      // Some at once, some while it draws.
      if (turn % 5 === 0) await new Promise(resolve => setImmediate(resolve));
    }
    stormy.resize(columns, rows);
    await using fresh = await openConsole(place, [], {columns, rows});
    await fresh.until('PAUSED');
    await eventually(() => expect(still(stormy)).toEqual(still(fresh)));
    expectFits(stormy);
  });

  test('of 20x5 says what it has and what it needs, and goes on once it is larger', async () => {
    await using place = await crowdedPlace();
    await using console = openProgram(place, [], {columns: 20, rows: 5});
    await console.until('20x5');
    expect(console.text().replaceAll(/\s+/gu, ' ')).toContain('60x16');
    expectFitsTiny(console);
    console.resize(120, 40);
    await console.until('PAUSED');
    console.resize(20, 5);
    await console.until('20x5');
    console.press('q');
    expect(await console.exit()).toBe(0);
  });

  test('that is too small raises nothing unseen, and still takes everything back', async () => {
    await using place = await embeddedPlace();
    await startRelease(place);
    await using console = await openConsole(place);
    console.press('+');
    await console.until('RAISE ─');
    console.resize(20, 5);
    await console.until('20x5');
    console.press('y', '+', 'y', 'n', 'y', 'p');
    // Asked while it is still small: a resize overtakes keys that are on their way.
    expect(await statusOf(place)).toMatchObject({head: 1, percent: {set: 5}});
    console.resize(120, 40);
    await console.until('RAISE ─');
    expect(await statusOf(place)).toMatchObject({head: 1, percent: {set: 5}});
    console.press('Escape');
    await console.gone('RAISE ─');
    console.resize(24, 6);
    await console.until('24x6');
    console.press('r');
    await console.until('0 %');
    console.press('y');
    await eventually(async () => expect(await statusOf(place)).toMatchObject({percent: {set: 0}}));
    await console.until('prod for everyone');
  });
});

function expectFitsTiny(console: TestTerminal): void {
  expect(console.emulator.buffer.active.baseY).toBe(0);
  for (const row of console.screen()) expect(stringWidth(row)).toBeLessThanOrEqual(console.emulator.cols);
}

describe('colours', () => {
  /** Parameters of Select Graphic Rendition that set a colour of any kind, and those that name no colour of the 16. */
  const COLOUR = /\[(?:[\d;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[\d;]*)?m/u;
  const BEYOND_SIXTEEN = /\[(?:[\d;]*;)?[34]8[;:]/u;

  test('are there by default, from the sixteen of the terminal', async () => {
    await using place = await crowdedPlace();
    await using console = await openConsole(place);
    expect(console.output()).toMatch(COLOUR);
    expect(console.output()).not.toMatch(BEYOND_SIXTEEN);
  });

  test.for([[{NO_COLOR: '1'}, []] as const, [{}, ['--no-color']] as const])(
    'are left out with %j %j, everywhere',
    async ([env, argv]) => {
      await using place = await crowdedPlace();
      await using console = await openConsole(place, argv, {env});
      for (const [key, sight] of [
        ['?', 'KEYS ─'],
        [':', 'ACTIONS ─'],
        ['a', 'ALERT ─'],
        ['/', 'FILTER'],
      ] as const) {
        console.press(key);
        await console.until(sight);
        console.press('Escape');
        await console.gone(sight);
      }
      console.press('q');
      await console.exit();
      expect(console.output()).not.toMatch(COLOUR);
      const status = await place.cli.runWith({env: {...env, FORCE_COLOR: ''}}, 'status', ...argv);
      expect(status.stdout).not.toContain('\u001B');
    },
  );
});

describe('the end', () => {
  test.for([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('by %s is code %d and a clean terminal, whatever is open', async ([signal, code]) => {
    await using place = await crowdedPlace();
    for (const [key, sight] of [
      ['', 'PAUSED'],
      ['a', 'ALERT ─'],
      ['r', 'ROLL BACK ─'],
    ] as const) {
      await using console = await openConsole(place);
      if (key !== '') console.press(key);
      await console.until(sight);
      expect(console.modesLeftOn()).toContain('alternate screen');
      console.signal(signal);
      expect(await console.exit()).toBe(code);
      expect(console.modesLeftOn()).toEqual([]);
      expect(console.emulator.buffer.active.type).toBe('normal');
    }
  });

  test('by Ctrl+C is code 130, by q 0; both leave the terminal clean with a farewell', async () => {
    await using place = await crowdedPlace();
    for (const [key, code] of [
      ['Ctrl+C', 130],
      ['q', 0],
    ] as const) {
      await using console = await openConsole(place);
      console.press(key);
      expect(await console.exit()).toBe(code);
      expect(console.modesLeftOn()).toEqual([]);
      expect(console.text()).toContain('v1.1.0 is paused and goes on without this console.');
    }
  });

  test('by a crash inside the program leaves the terminal clean, says why, and is not 0', async () => {
    await using place = await crowdedPlace();
    // A fault that nobody foresaw, from a timer as one of ours would be.
    const preload = await place.cli.file(
      'crash.cjs',
      `process.on('SIGUSR2', () => { throw new TypeError('unforeseen \\u001B[31m fault'); });`,
    );
    await using console = await openConsole(place, [], {
      env: {NODE_OPTIONS: `--require ./${preload}`},
    });
    console.signal('SIGUSR2');
    expect(await console.exit()).toBe(1);
    expect(console.modesLeftOn()).toEqual([]);
    expect(console.emulator.buffer.active.type).toBe('normal');
    expect(console.text()).toContain('unforeseen');
  });

  test('of the terminal itself ends the program too', async () => {
    await using place = await crowdedPlace();
    const console = await openConsole(place);
    const {pid} = console;
    await console.close();
    await eventually(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'));
  });
});

describe('without a terminal to draw on', () => {
  test('TERM=dumb prints plain lines and says so', async () => {
    await using place = await crowdedPlace();
    await using console = openProgram(place, [], {env: {TERM: 'dumb'}});
    await console.until('no terminal here');
    await console.until(/new_payment +v1\.1\.0 +PAUSED/u);
    expect(console.output()).not.toContain('\u001B');
    console.signal('SIGTERM');
    expect(await console.exit()).toBe(143);
  });

  test.for([[], ['demo']])('%j prints a line for each change into a pipe', async argv => {
    await using place = await crowdedPlace();
    const started = place.cli.start(argv);
    let told = '';
    started.stdout.on('data', chunk => (told += String(chunk)));
    await eventually(() => expect(told).toMatch(/new_payment +v1\.1\.0 +(?:PAUSED|ROLLING)/u));
    started.kill('SIGTERM');
    const {exitCode, signal, stderr} = await started;
    expect(exitCode ?? signal).toSatisfy((code: unknown) => code === 143 || code === 'SIGTERM');
    expect(told).not.toContain('\u001B');
    expect(stderr).toContain('no terminal here');
  });

  test('a reader that leaves ends log --follow quietly', async () => {
    await using place = await crowdedPlace();
    const started = place.cli.start(['log', '--follow']);
    started.stdout.once('data', () => started.stdout.destroy());
    // Only the next line finds the pipe closed.
    await eventually(() => expect(started.stdout.destroyed).toBe(true));
    await place.cli.run('resume');
    const {exitCode, stderr} = await started;
    expect({exitCode, stderr}).toEqual({exitCode: 0, stderr: ''});
  });
});

test('what a screen shows does not depend on what was there before', async () => {
  await using place = await crowdedPlace();
  await using console = await openConsole(place, [], {env: {NO_COLOR: '1'}});
  console.press('?');
  await console.until('KEYS ─');
  console.press('Escape');
  await console.gone('KEYS ─');
  await using fresh = await openConsole(place, [], {env: {NO_COLOR: '1'}});
  await eventually(() => expect(still(console)).toEqual(still(fresh)));
  expect(pictureOf(console.emulator)).not.toBe('');
});
