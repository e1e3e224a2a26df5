import {randomUUID} from 'node:crypto';
import {describe, expect, test} from 'vitest';
import {builtInPlan} from '../../source/config/plan/built-in.ts';
import type {Commit} from '../../source/release/commit.ts';
import {deriveSplit} from '../../source/release/derive-split.ts';
import {evolveCommit} from '../../source/release/evolve/evolve.ts';
import {initialState} from '../../source/release/state.ts';
import {openStore} from '../../source/store/open.ts';
import {redisMissing} from '../servers/redis.ts';
import type {TestTerminal} from '../terminal/open.ts';
import {
  embeddedPlace,
  FEATURE,
  openConsole,
  redisPlace,
  startRelease,
  statusOf,
  type Place,
} from './place.ts';
import {entry, xadd} from './writer.ts';

/** What would act on a terminal: title, colour, movement, bell, one-byte controls, direction, hidden letters. */
const EVIL = [
  '\u001B]0;PWNED\u0007',
  '\u001B[31mRED',
  '\u001B[2J\u001B[1;1H',
  '\u009B31m',
  '\u202Egnp.exe\u202C',
  '\u2066hidden\u2069',
  'a\u200Bb',
  '\u0000\u0008\u007F\r\n\t',
  'e' + '\u0301'.repeat(40),
].join('-');

const BELL = '\u0007';
const KEY = (name: string) => `graydeck:{${FEATURE}}:${name}`;

/** The window's name as the console sets it at an alarm; in between is nothing that a terminal acts on. */
const TITLE = new RegExp(`${EVIL[0]}\\]2;[^\\p{Cc}\\p{Bidi_Control}\\u200B]*${BELL}`, 'gu');
/** Styles and movements as the program writes them. */
const OWN = new RegExp(`${EVIL[0]}(?:\\[[\\d;?]*[A-Za-z]|[78])`, 'gu');

/**
 * What the program itself may write beside letters: movements and styles of its own, modes, line ends. Everything else
 * that a terminal acts on came from outside.
 */
function rawOf(output: string): string[] {
  const own = output
    .replaceAll(TITLE, '')
    .replaceAll(OWN, '')
    .replaceAll(/\r?\n|\r/gu, '');
  return Array.from(own.matchAll(/[\p{Cc}\p{Bidi_Control}\u200B]/gu), ([raw]) =>
    raw.codePointAt(0)!.toString(16),
  );
}

/** No title, no bell, no movement but our own; and no decoration that climbs out of its row. */
function expectNothingRaw(console: TestTerminal): void {
  const output = console.output();
  // It rings once by itself: there is an alarm.
  const [alarm, ...rest] = rawOf(output);
  expect([alarm ?? '7', ...rest]).toEqual(['7']);
  expect(output).not.toContain(']0;PWNED');
  expect(output).not.toContain('\u001B[31mRED');
  expect(output).not.toMatch(/\u0301{4}/u);
}

describe.skipIf(redisMissing)('junk in the sample stream', () => {
  test('is counted, shown without its control characters, and skipped; what is sound is counted', async () => {
    await using place = await redisPlace();
    const {admin, port} = place.redis;
    await startRelease(place);
    await using console = await openConsole(place);
    const good = entry({side: 'gray', requests: 10, errors: 1, response_time: 80});
    const megabyte = 'x'.repeat(1_000_000);
    const bad: string[][] = [
      ['side', `gray${EVIL}`, 'requests', '1'],
      ['side', 'gray', 'requests', `1${EVIL}`],
      ['side', 'gray', EVIL, '1'],
      ['side', 'gray', 'requests', megabyte],
      ['side', 'gray', megabyte, '1'],
      ['side', 'gray', 'instance', megabyte, 'requests', '1'],
      ['side', 'gray', 'response_time', `~${megabyte}`],
      ['requests', '1'],
      ['side', 'gray', 'side', 'prod', 'requests', '1'],
      ['side', 'gray', 'requests', '-1'],
      ['side', 'gray', 'requests', 'NaN'],
      ['side', 'gray', 'requests', '1e400'],
      ['side', 'gray', 'cohort', 'vip', 'requests', '1'],
      Array.from({length: 600}, (_, n) => (n % 2 === 0 ? `m${n}` : '1')),
      ['hello', 'world'],
    ];
    await xadd(port, [good]);
    for (const fields of bad) await admin.xadd(KEY('metrics'), '*', ...fields);
    // Odd, yet sound: names from outside that reach the screen.
    const odd = ['side', 'gray', 'instance', `web${EVIL}`, 'release', '', 'requests', '5', 'errors', '0'];
    await admin.xadd(KEY('metrics'), '*', ...odd);
    await xadd(port, [good]);
    await console.until(/GRAY.* 25 requests in/u);
    await console.until(`${bad.length} entries of the sample stream are not counted`);
    expectNothingRaw(console);
    console.press('q');
    await console.exit();
    expectNothingRaw(console);

    expect((await statusOf(place)).sides.gray).toMatchObject({requests: 25, errors: 2});
    const status = await place.cli.run('status');
    expect(status.stderr).toContain(`${bad.length} entries of the sample stream are not counted`);
    expect(rawOf(status.stdout + status.stderr)).toEqual([]);
    expect(status.stderr.length).toBeLessThan(500);
  });

  test('of another type than a stream is a fault that is told, and the keys go on', async () => {
    await using place = await redisPlace();
    await place.redis.admin.set(KEY('metrics'), 'a string');
    await startRelease(place);
    await using console = await openConsole(place);
    await console.until('measurements cannot be read');
    console.press('p');
    await console.until('PAUSED');
    expect((await statusOf(place)).state).toBe('paused');
  });

  test('among the reports of routers is passed over, and odd names are shown clean', async () => {
    await using place = await redisPlace();
    const {admin} = place.redis;
    await startRelease(place);
    const report = {kind: 'sdk', version: 1, release: null, percent: 5, live: true, boundMs: 15_000};
    const silent = {...report, name: `sdk ${EVIL}web-9`, at: Date.now() - 20_000};
    await admin.hset(KEY('routers'), 'evil', JSON.stringify(silent));
    await admin.hset(KEY('routers'), 'junk', EVIL, 'json', '[1]', 'huge', 'x'.repeat(1_000_000));
    await using console = await openConsole(place);
    await console.until(/1 router silent.*web-9/u);
    expectNothingRaw(console);
    const {stdout, stderr} = await place.cli.run('status');
    expect(rawOf(stdout + stderr)).toEqual([]);
  });
});

/** A log as a program without any care would write it: names, texts and people full of what a terminal acts on. */
async function forge(place: Place): Promise<void> {
  const store = await openStore(place.cli.store, 'operator');
  try {
    const {log} = store.feature(FEATURE);
    let state = initialState(FEATURE);
    let parent: string | null = null;
    const phases = builtInPlan.phases.map(phase => ({...phase, name: `${EVIL}${phase.name}`}));
    const plan = {...builtInPlan, phases};
    const told: Commit['events'][] = [
      [
        {
          type: 'release-started',
          release: `r-${EVIL}`,
          version: `v1${EVIL}`,
          over: `v0${EVIL}`,
          plan,
          steps: [],
        },
        {type: 'phase-entered', release: `r-${EVIL}`, phase: 0, percent: 5},
      ],
      [
        {
          type: 'alert-raised',
          alert: `a-${EVIL}`,
          level: 'critical',
          message: `slow ${EVIL}`,
          key: EVIL,
          silenced: false,
        },
      ],
      [{type: 'user-included', release: `r-${EVIL}`, user: `u-${EVIL}`}],
      [{type: 'release-paused', release: `r-${EVIL}`, reason: `because ${EVIL}`}],
      [{type: `from-tomorrow ${EVIL}`, ignorable: true}],
    ];
    for (const [index, events] of told.entries()) {
      const commit: Commit = {
        version: index + 1,
        id: randomUUID(),
        parent,
        schema: 1,
        minReader: 1,
        by: `liu ${EVIL}`,
        at: store.now(),
        reason: `why ${EVIL}`,
        events,
        split: deriveSplit(state),
      };
      state = evolveCommit(state, commit);
      const {outcome} = await log.append({...commit, split: deriveSplit(state)});
      if (outcome !== 'written') throw new Error(`version ${commit.version} is not written`);
      parent = commit.id;
    }
  } finally {
    await store.close();
  }
}

describe('a log full of control characters and bidi marks', () => {
  test('reaches no terminal raw: not the console, its dialogs or its farewell, not status, log or audience', async () => {
    await using place = await embeddedPlace();
    await forge(place);
    await using console = await openConsole(place);
    await console.until('gnp.exe');
    for (const [key, sight] of [
      ['r', 'ROLL BACK ─'],
      ['C', 'COMPLETE ─'],
      ['?', 'KEYS ─'],
      [':', 'ACTIONS ─'],
    ] as const) {
      console.press(key);
      await console.until(sight);
      console.press('Escape');
      await console.gone(sight);
    }
    console.press('A');
    await console.until(/acknowledged/u);
    console.resize(80, 24);
    await console.until(rows => rows.length === 24 && rows.at(-1)!.includes('q quit'));
    console.press('q');
    expect(await console.exit()).toBe(0);
    expectNothingRaw(console);
    for (const argv of [
      ['status'],
      ['log'],
      ['audience', 'show'],
      ['status', '--json'],
      ['log', '--json'],
      ['set', '1'],
    ]) {
      const {stdout, stderr} = await place.cli.run(...argv);
      expect({argv, raw: rawOf(stdout + stderr)}).toEqual({argv, raw: []});
    }
  });

  test('cannot be begun by a command: names, texts and people are refused or cleaned', async () => {
    await using place = await embeddedPlace();
    await startRelease(place);
    // NUL cannot be an argument of a program.
    const evil = EVIL.replaceAll('\u0000', '');
    for (const argv of [
      ['start', `v2${evil}`, '--supersede', '--yes'],
      ['alert', 'critical', `slow ${evil}`],
      ['pause', '--reason', evil],
      ['pause', '--by', evil],
      ['audience', 'include', evil, '--yes'],
      ['alert', 'silence', evil, '--for', '1m'],
      ['status', '--feature', evil],
      [evil],
      [`--${evil}`],
    ]) {
      const {exitCode, stdout, stderr} = await place.cli.run(...argv);
      expect({argv: argv[0], raw: rawOf(stdout + stderr)}).toEqual({argv: argv[0], raw: []});
      expect([0, 2]).toContain(exitCode);
    }
    const {stdout} = await place.cli.run('log', '--json');
    expect(rawOf(stdout)).toEqual([]);
  });
});
