import {describe, expect, test} from 'vitest';
import {openStore} from '../../source/store/open.ts';
import {errorOf, Workplace} from './program.ts';
import {eventually} from '../patience.ts';

const start = ['start', 'v1.1.0', '--feature', 'pay', '--over', 'v1.0.9', '--yes'];

/** A document with every value replaced by its kind: what a script may rely on. */
function shapeOf(value: unknown): unknown {
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value !== 'object') return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, shapeOf(field)]));
}

describe('under --json', () => {
  test('status has every field of the contract, and what is not known is null', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    const {verdict, ...status} = await place.json('status');
    // Whether it is too early for a verdict depends on how long this took.
    expect(Object.keys(verdict as object)).toEqual([
      'action',
      'reasons',
      'onset',
      'footing',
      'forecastSeconds',
    ]);
    expect(shapeOf(status)).toMatchInlineSnapshot(`
      {
        "alerts": [],
        "approval": "null",
        "cause": "null",
        "change": {
          "at": "number",
          "authenticated": "string",
          "by": "string",
          "id": "string",
          "version": "number",
        },
        "disabled": "null",
        "faults": [],
        "feature": "string",
        "frozen": "null",
        "guard": "null",
        "head": "number",
        "metrics": [
          {
            "ageSeconds": "null",
            "gray": "null",
            "limit": "null",
            "name": "string",
            "prod": "null",
            "source": "string",
            "state": "string",
          },
        ],
        "notices": [],
        "percent": {
          "applied": "null",
          "observed": "null",
          "set": "number",
        },
        "phase": {
          "endsAt": "number",
          "enteredAt": "number",
          "index": "number",
          "name": "string",
          "of": "number",
        },
        "release": "string",
        "routers": {
          "confirmed": "number",
          "live": "number",
          "silent": "number",
          "troubles": [],
        },
        "schema": "string",
        "sides": {
          "gray": {
            "availability": "null",
            "conversionRate": "null",
            "conversions": "null",
            "errorRate": "null",
            "errors": "null",
            "requests": "null",
            "requestsPerSecond": "null",
            "responseTime": {
              "mean": "null",
              "p50": "null",
              "p95": "null",
              "p99": "null",
            },
          },
          "prod": {
            "availability": "null",
            "conversionRate": "null",
            "conversions": "null",
            "errorRate": "null",
            "errors": "null",
            "requests": "null",
            "requestsPerSecond": "null",
            "responseTime": {
              "mean": "null",
              "p50": "null",
              "p95": "null",
              "p99": "null",
            },
          },
        },
        "state": "string",
        "steps": [
          {
            "error": "null",
            "id": "string",
            "ms": "null",
            "name": "string",
            "startedAt": "null",
            "state": "string",
            "words": "null",
          },
        ],
        "version": "string",
        "window": {
          "from": "number",
          "seconds": "number",
          "to": "number",
        },
      }
    `);
  });

  test('status tells what routers applied and what the samples show', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    const store = await openStore(place.store, 'router');
    const pay = store.feature('pay');
    const head = (await pay.head())!;
    const report = {
      kind: 'sdk',
      release: head.split.release,
      percent: 5,
      live: true,
      boundMs: 15_000,
    } as const;
    await pay.report({...report, name: 'sdk web-1', version: head.version});
    // Numbers begin with the first whole second of the split.
    const second = (at: number) => Math.floor(at / 1000);
    await eventually(() => expect(second(Date.now())).toBeGreaterThan(second(head.at)));
    const sample = (side: string, requests: number, errors: number) =>
      Object.entries({side, requests, errors, response_time: 80}).flat().map(String);
    await pay.writeSamples([
      [...sample('prod', 952, 19), 'people', '~AA=='],
      sample('gray', 50, 2),
      ['side', 'gray', 'requests', 'many', 'person', 'secret-of-ann'],
    ]);
    await store.close();
    const told = await place.run('status', '--feature', 'pay');
    expect(told.stdout).toContain('people of 1 entry cannot be read: they are not counted');
    expect(`${told.stdout} ${told.stderr}`).not.toContain('secret');
    expect(told.stderr).toContain('requests is no number');
    expect(await place.json('status', '--window', '1m')).toMatchObject({
      // 50 of 1002: with two decimals at most, as every percentage of users.
      percent: {set: 5, applied: 5, observed: 4.99},
      routers: {live: 1, confirmed: 1, silent: 0},
      faults: [{code: 'people-unreadable', count: 1}],
      window: {seconds: 60},
      sides: {
        prod: {requests: 952, errors: 19, errorRate: expect.closeTo(1.9958, 4)},
        gray: {requests: 50, errors: 2, errorRate: 4, availability: null},
      },
    });
  });

  test('status of a feature without a release is idle', async () => {
    await using place = await Workplace.open();
    await place.run('start', 'v1', '--feature', 'other', '--yes', '--dry-run');
    expect(await place.json('status', '--feature', 'other')).toMatchObject({
      feature: 'other',
      state: 'idle',
      version: null,
      release: null,
      phase: {name: null, index: null},
      percent: {set: 0, applied: null, observed: null},
      head: 0,
    });
  });

  test('a command tells what it wrote, and a dry run what it would have written', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    const dry = await place.json('set', '30', '--dry-run');
    expect(dry).toMatchObject({dryRun: true, outcome: 'done', percent: {before: 5, after: 30}});
    const done = await place.json('set', '3');
    expect(done).toMatchObject({
      schema: 'graydeck.command/1',
      command: 'set',
      outcome: 'done',
      dryRun: false,
      percent: {before: 5, after: 3},
      head: 2,
      events: [{type: 'percent-set', percent: 3, from: 5}],
    });
    expect(shapeOf(done)).toMatchInlineSnapshot(`
      {
        "command": "string",
        "dryRun": "boolean",
        "events": [
          {
            "from": "number",
            "percent": "number",
            "release": "string",
            "type": "string",
          },
        ],
        "feature": "string",
        "head": "number",
        "notice": "null",
        "outcome": "string",
        "percent": {
          "after": "number",
          "before": "number",
        },
        "release": "string",
        "schema": "string",
        "state": "string",
        "version": "string",
      }
    `);
  });

  test('a rollback tells how fast it was and who confirmed', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    expect(await place.json('rollback')).toMatchObject({
      command: 'rollback',
      ended: 'rolled_back',
      ms: null,
      routers: {known: 0, confirmed: 0, silent: 0},
      grayRequestsAfter: null,
    });
    expect(await place.json('rollback')).toMatchObject({outcome: 'nothing', notice: 'already-rolled-back'});
  });

  test('log is one document; followed, one a commit and line', async () => {
    await using place = await Workplace.open();
    await place.run(...start, '--reason', 'the card is due');
    await place.run('pause', '--by', 'liu');
    const commits = [
      {version: 1, reason: 'the card is due'},
      {version: 2, by: 'liu', events: [{type: 'release-paused'}]},
    ];
    expect(await place.json('log')).toMatchObject({schema: 'graydeck.log/1', feature: 'pay', commits});

    const following = place.start(['log', '--follow', '--json']);
    let told = '';
    following.stdout.on('data', chunk => (told += String(chunk)));
    await eventually(() => expect(told.match(/\n/gu)).toHaveLength(2));
    following.kill('SIGINT');
    await following;
    const lines = told
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as unknown);
    expect(lines).toMatchObject(
      commits.map(commit => ({schema: 'graydeck.commit/1', feature: 'pay', ...commit})),
    );
  });

  test('an error is one document on stderr, and stdout stays empty', async () => {
    await using place = await Workplace.open();
    await place.run(...start);
    const refused = await place.run('start', 'v2', '--yes', '--json');
    expect(refused).toMatchObject({exitCode: 3, stdout: ''});
    expect(errorOf(refused)).toEqual({
      schema: 'graydeck.error/1',
      code: 'already-live',
      message: 'v1.1.0 is rolling',
      next: 'complete it or roll it back, or start with --supersede',
      exitCode: 3,
    });
    const unknown = await place.run('--json', '--frob');
    expect(errorOf(unknown)).toMatchObject({code: 'unknown-flag', exitCode: 2});
    const raise = await place.run('set', '50', '--json');
    expect(errorOf(raise)).toMatchObject({code: 'not-confirmed', exitCode: 2});
  });

  test('what a person is told beside is left out: stderr is one document, or empty', async () => {
    await using place = await Workplace.open();
    // Nobody says how long its first phase lasts: that is told of, and no mistake.
    await place.file('open.yaml', 'phases: [{name: few, percent: 5}, {name: all, percent: 100}]\n');
    const begin = ['start', 'v1.1.0', '--feature', 'pay', '--plan', 'open.yaml'];
    expect((await place.run(...begin)).stderr).toMatch(/^open\.yaml:1:/mu);
    expect(errorOf(await place.run(...begin, '--json'))).toMatchObject({code: 'not-confirmed'});
    expect(await place.run(...begin, '--yes', '--json')).toMatchObject({exitCode: 0, stderr: ''});
    const {release} = await place.json('status');
    for (const typed of [
      ['split', 'render', '--format', 'nginx'],
      ['rollback', '--offline', '--feature', 'pay', '--release', String(release)],
    ]) {
      expect(await place.run(...typed, '--json')).toMatchObject({exitCode: 0, stderr: ''});
    }
  });

  test('the mistakes of a plan come with their places', async () => {
    await using place = await Workplace.open();
    await place.file('wrong.yaml', 'phases:\n  - {name: all, percent: 130}\n');
    const ran = await place.run('plan', 'check', 'wrong.yaml', '--json');
    expect(errorOf(ran)).toMatchObject({
      code: 'bad-file',
      mistakes: [{file: 'wrong.yaml', line: 2, path: 'phases[0].percent'}],
    });
  });
});
