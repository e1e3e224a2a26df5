import {execFileSync} from 'node:child_process';
import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {Workplace} from './program.ts';

let place: Workplace;

beforeAll(async () => {
  place = await Workplace.open();
  await place.run('start', 'v1.1.0', '--feature', 'pay', '--yes');
  await place.file('broken.yaml', 'phases: [{name: all, percent: 100}\nname: "x');
  await place.file('wrong.yaml', 'phases:\n  - {name: all, percent: 130}\nguardrail: []\n');
  await mkdir(join(place.folder, 'folder'));
});

afterAll(() => place[Symbol.asyncDispose]());

/** What is typed, what is said, and what is proposed. */
const table: readonly [typed: string[], message: RegExp, next: RegExp][] = [
  [['roleback'], /there is no verb "roleback"\./u, /did you mean graydeck rollback\?/u],
  [['abort'], /there is no verb "abort"\./u, /did you mean graydeck rollback\?/u],
  [['audience', 'inclde', 'u'], /audience cannot "inclde"\./u, /did you mean graydeck audience include\?/u],
  [['plan'], /plan needs one of: check, show, new\./u, /graydeck plan --help/u],
  [['status', '--jsn'], /there is no flag "--jsn"\./u, /did you mean --json\?/u],
  [['status', '--dry-run'], /status does not take --dry-run\./u, /graydeck status --help/u],
  [['status', '--by'], /--by needs a value\./u, /--by NAME/u],
  [['status', '--read-only=perhaps'], /--read-only is a switch and takes no value\./u, /--read-only/u],
  [['status', '--feature', 'a', '--feature', 'b'], /feature can only be set once\./u, /graydeck --help/u],
  [['status', 'pay'], /status does not know what to do with "pay"\./u, /graydeck status --help/u],
  [['status', '--lang', 'fr'], /--lang cannot be "fr"\./u, /--lang en\|zh/u],
  [['set'], /set needs PERCENT\./u, /graydeck set --help/u],
  [['set', '101'], /"101" is not a percentage/u, /graydeck set 12\.5/u],
  [['set', '-1'], /"-1" is not a percentage/u, /graydeck set 12\.5/u],
  [['set', 'NaN'], /"NaN" is not a percentage/u, /graydeck set 12\.5/u],
  [['set', '12.345'], /"12\.345" is not a percentage/u, /at most two decimals/u],
  [['set', ''], /nothing is not a percentage/u, /graydeck set 12\.5/u],
  [['set', '1e1'], /"1e1" is not a percentage/u, /graydeck set 12\.5/u],
  [['start', ''], /the version is empty\./u, /graydeck start v1\.1\.0/u],
  [['start', 'v1\u0007'], /cannot be a version\./u, /no control characters/u],
  [['start', 'v\u202E1'], /cannot be a version\./u, /no control characters/u],
  [['start', 'v'.repeat(10_000)], /"v+…" cannot be a version\./u, /up to 128 characters/u],
  [
    ['start', 'v2', '--feature', 'New Payment'],
    /"New Payment" cannot be the name of a feature\./u,
    /--feature new_payment/u,
  ],
  [
    ['start', 'v2', '--plan', 'none.yaml'],
    /"none\.yaml" cannot be read: there is no such file\./u,
    /check the path/u,
  ],
  [['start', 'v2', '--plan', 'folder'], /"folder" cannot be read: it is a folder\./u, /check the path/u],
  [
    ['start', 'v2', '--plan', 'broken.yaml'],
    /broken\.yaml has (?:a|\d+) mistakes?\./u,
    /graydeck plan check broken\.yaml/u,
  ],
  [['plan', 'check', 'wrong.yaml'], /wrong\.yaml has 2 mistakes\./u, /graydeck plan check wrong\.yaml/u],
  [['status', '--config', 'none.yaml'], /"none\.yaml" cannot be read/u, /check the path/u],
  [['status', '--config', 'wrong.yaml'], /wrong\.yaml has \d+ mistakes\./u, /--config FILE/u],
  [['status', '--store', 'redsi://h'], /it begins with "redsi:\/\/"/u, /Allowed: sqlite:PATH/u],
  [['status', '--store', 'graydeck.db'], /does not begin with a known scheme/u, /Allowed: sqlite:PATH/u],
  [['status', '--window', '5'], /--window: 5 has no unit/u, /30s, 5m or 1h30m/u],
  [['status', '--window', '0s'], /--window is shorter than a second/u, /--window 5m/u],
  [['pause', '--by', 'a\nb'], /--by cannot be "a\\nb"\./u, /plain characters/u],
  [
    ['pause', '--reason', 'a\u001Bb'],
    /the reason is empty, too long or holds control characters\./u,
    /--reason/u,
  ],
  [['alert', 'fatal', 'x'], /"fatal" is no LEVEL: info, warning, critical\./u, /graydeck alert --help/u],
  [['alert', 'warnin', 'x'], /"warnin" is no LEVEL/u, /did you mean graydeck alert warning\?/u],
  [['alert', 'info', ' '], /a message[:;] the message is empty\./u, /up to 2000 characters/u],
  [['alert', 'info', 'x'.repeat(2001)], /the message has 2001 characters\./u, /up to 2000 characters/u],
  [['alert', 'silence', 'x'], /a silence needs to end\./u, /graydeck alert silence MATCH --for 30m/u],
  [
    ['alert', 'info', 'x', '--feature', 'pya'],
    /the store knows no feature pya: did you mean pay\?/u,
    /graydeck start/u,
  ],
  [['wait'], /wait needs to know for what\./u, /graydeck wait --for completed/u],
  [
    ['wait', '--for', 'rolledback'],
    /"rolledback" is no state/u,
    /did you mean graydeck wait --for rolled_back\?/u,
  ],
  [
    ['completions', 'powershell'],
    /"powershell" is no SHELL: bash, zsh, fish\./u,
    /graydeck completions --help/u,
  ],
  [['acl', 'root'], /"root" is no ROLE: viewer, app, agent, operator\./u, /graydeck acl --help/u],
  [['rollback', '--offline'], /which feature is meant\?/u, /--offline --feature NAME/u],
  [['agent'], /says nothing about an nginx/u, /nginx: \{include/u],
  [['serve', '--listen', 'x'], /--listen takes a host and a port\./u, /127\.0\.0\.1:8080/u],
];

describe('bad input is told in one sentence with what to type instead, exit code 2', () => {
  test.for(table)('%s', async ([typed, message, next]) => {
    const {exitCode, stdout, stderr} = await place.run(...typed);
    expect(stderr).toMatch(message);
    expect({exitCode, stdout}).toEqual({exitCode: 2, stdout: ''});
    expect(stderr).toMatch(new RegExp(`^ {2}→ .*${next.source}`, 'mu'));
    // Nothing that was typed may act on the terminal.
    expect(stderr.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    expect(stderr.length).toBeLessThan(2000);
  });

  test('every mistake of a plan is told at once, each with its place', async () => {
    const {stderr} = await place.run('plan', 'check', 'wrong.yaml');
    expect(stderr).toMatch(/^wrong\.yaml:2:\d+: .*130 % is above 100 %/mu);
    expect(stderr).toMatch(/^wrong\.yaml:3:1: .*"guardrail" is not known here; did you mean guardrails\?/mu);
  });

  test('a file in another encoding is told of as such', async () => {
    await writeFile(join(place.folder, 'wide.yaml'), '\uFEFFphases: []', 'utf16le');
    const {exitCode, stderr} = await place.run('plan', 'check', 'wide.yaml');
    expect(stderr).toContain('"wide.yaml" is no text in UTF-8.\n  → save it as UTF-8');
    expect(exitCode).toBe(2);
  });

  test('a file that never ends is no plan', async () => {
    for (const argv of [
      ['plan', 'check', '/dev/zero'],
      ['status', '--config', '/dev/zero'],
    ]) {
      const {exitCode, stderr} = await place.run(...argv);
      expect(stderr).toContain('"/dev/zero" is too large');
      expect(exitCode).toBe(2);
    }
  });

  test('a feature that the store does not know is a slip', async () => {
    const {exitCode, stderr} = await place.run('status', '--feature', 'pya');
    expect(stderr).toContain('the store knows no feature pya');
    expect(exitCode).toBe(2);
  });

  test.runIf(process.platform !== 'win32')(
    'a pipe that no process writes into is not waited for',
    async () => {
      execFileSync('mkfifo', [join(place.folder, 'pipe')]);
      const serve = await place.run('serve', '--tokens', 'pipe');
      expect(serve).toMatchObject({exitCode: 2, stdout: ''});
      expect(serve.stderr).toContain('"pipe" is not a plain file');
      const check = await place.run('plan', 'check', 'pipe');
      expect(check.exitCode).toBe(2);
      expect(check.stderr).toContain('"pipe" is a pipe, and no process wrote into it for 5 s');
    },
  );

  test('nothing of it changed the release', async () => {
    expect(await place.json('status')).toMatchObject({version: 'v1.1.0', state: 'rolling', head: 1});
  });
});
