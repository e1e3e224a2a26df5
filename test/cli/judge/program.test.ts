import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {createInterface} from 'node:readline';
import {execa} from 'execa';
import {afterAll, beforeAll, describe, expect, inject, test} from 'vitest';
import {errorOf, Workplace} from '../program.ts';

const read = (name: string) =>
  readFileSync(new URL(`../../../fixtures/judge/${name}`, import.meta.url), 'utf8');
const RECORDING = read('recording.ndjson');
const PLAN = read('plan.yaml');

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.open('redis://127.0.0.1:1/0');
  await place.file('plan.yaml', PLAN);
});
afterAll(() => place[Symbol.asyncDispose]());

const judge = (input: string, ...more: string[]) =>
  place.runWith({input}, 'judge', '--plan', 'plan.yaml', ...more);

const start = (id: string) => JSON.stringify({type: 'start', id, tickSeconds: 1, grayShare: 0.1});
const side = (requests: number, errors = 0) => ({requests, errors, conversions: 0, hist: [[53, requests]]});
const tick = (id: string, t: number, errors = 0) =>
  JSON.stringify({type: 'tick', id, t, grayShare: 0.1, prod: side(90), gray: side(10, errors)});
const lines = (text: string) => text.split('\n').map(line => JSON.parse(line) as Record<string, string>);

describe('a plan on a recording', () => {
  test('gives the transcript it always gave, exit code 5, and wants no store', async () => {
    const {stdout, stderr, exitCode} = await judge(RECORDING);
    await expect(`${stdout}\n`).toMatchFileSnapshot('../../../fixtures/judge/answers.ndjson');
    expect({stderr, exitCode}).toEqual({stderr: '', exitCode: 5});
  });

  test('gives the same however its ids are interleaved', async () => {
    const {stdout} = await judge(RECORDING);
    const apart = ['bad', 'good'].map(id => RECORDING.split('\n').filter(line => line.includes(`"${id}"`)));
    const {stdout: other} = await judge(apart.flat().join('\n'));
    const of = (text: string, id: string) => text.split('\n').filter(line => line.includes(`"id":"${id}"`));
    for (const id of ['bad', 'good']) {
      expect(of(other, id)).toHaveLength(20);
      expect(of(other, id)).toEqual(of(stdout, id));
    }
  });

  test('that is well to its last tick ends with exit code 0', async () => {
    const well = [start('a'), ...Array.from({length: 5}, (_, index) => tick('a', index + 1))].join('\n');
    const {stdout, exitCode} = await judge(well);
    expect(lines(stdout).map(({decision}) => decision)).toEqual(Array.from({length: 5}, () => 'continue'));
    expect(exitCode).toBe(0);
  });
});

/** The program with its streams in hand. */
function open(...argv: string[]) {
  const running = execa(process.execPath, [inject('program'), 'judge', ...argv], {
    cwd: place.folder,
    env: place.environment(),
    extendEnv: false,
    reject: false,
    buffer: {stdout: false},
  });
  return {running, stdin: running.stdin, stdout: running.stdout, stderr: running.stderr};
}

describe('whoever is at the other end', () => {
  test('gets the answer to every tick before the next one is sent', async () => {
    const {running, stdin, stdout} = open('--plan', 'plan.yaml');
    const answers = createInterface({input: stdout})[Symbol.asyncIterator]();
    stdin.write(`${start('a')}\n`);
    for (let t = 1; t <= 20; t++) {
      stdin.write(`${tick('a', t)}\n`);
      const {value} = (await answers.next()) as {value: string};
      expect(JSON.parse(value)).toMatchObject({id: 'a', decision: 'continue'});
    }
    stdin.end();
    expect((await running).exitCode).toBe(0);
  });

  test('may stop reading without a word from the program', async () => {
    const {running, stdin, stdout} = open('--plan', 'plan.yaml');
    stdin.on('error', () => {});
    stdin.write(`${start('a')}\n${tick('a', 1)}\n`);
    await once(stdout, 'data');
    stdout.destroy();
    let t = 2;
    const feeding = setInterval(() => stdin.write(`${tick('a', t++)}\n`), 5);
    const {exitCode, stderr} = await running;
    clearInterval(feeding);
    expect({exitCode, stderr}).toEqual({exitCode: 0, stderr: ''});
  });

  test('may read slowly: what is not taken is not produced', async () => {
    const {running, stdin, stdout} = open('--plan', 'plan.yaml');
    stdin.write(`${start('a')}\n`);
    const ticks = Array.from({length: 30_000}, (_, index) => tick('a', index + 1)).join('\n');
    let isTaken = false;
    stdin.end(`${ticks}\n`, () => (isTaken = true));
    await once(stdout, 'readable');
    // Its pipes are full and it waits: the rest of the ticks is still in our hands.
    expect(stdin.writableLength).toBeGreaterThan(1_000_000);
    let count = 0;
    stdout.on('data', (chunk: Buffer) => (count += chunk.toString().split('\n').length - 1));
    await running;
    expect({isTaken, count}).toEqual({isTaken: true, count: 30_000});
  });
});

test('a recording may begin with the mark that some shells put before what they pass on', async () => {
  const {stdout, stderr, exitCode} = await judge(`\uFEFF${start('a')}\n${tick('a', 1)}\n`);
  expect({stderr, exitCode}).toEqual({stderr: '', exitCode: 0});
  expect(lines(stdout)).toMatchObject([{id: 'a', decision: 'continue'}]);
});

describe('bad lines', () => {
  const input = [
    start('a'),
    tick('a', 1),
    'nonsense \u001b[31m',
    '',
    '{"type":"tick","id":"a","t":2,"prod":{}}',
    tick('b', 2),
    tick('a', 1),
    start('a'),
    JSON.stringify({type: 'history', id: 'a', t: -1, prod: side(9)}),
    tick('a', 3),
    JSON.stringify({type: 'end', id: 'b'}),
    JSON.stringify({type: 'end', id: 'a'}),
  ].join('\n');

  test('are told with their number and change nothing; a tick has its one answer all the same', async () => {
    const {stdout, stderr, exitCode} = await judge(input);
    expect(exitCode).toBe(2);
    expect(lines(stdout).map(({id, decision}) => `${id} ${decision}`)).toEqual([
      'a continue',
      'a continue',
      'b continue',
      'a continue',
      'a continue',
    ]);
    expect(lines(stdout)[1]).toMatchObject({reason: 'not judged: "prod.requests" is missing'});
    expect(stderr).toBe(
      [
        'line 3: not JSON',
        'line 5: "prod.requests" is missing',
        'line 6: recording "b" was not started',
        'line 7: "t" of "a" goes from 1 to 1',
        'line 8: recording "a" was started and has not ended',
        'line 9: history of "a" comes after its first tick',
        'line 11: recording "b" was not started',
        'graydeck: 7 lines of 12 could not be used.',
        '  → graydeck judge --help shows what a line looks like',
      ].join('\n'),
    );
  });

  test('are told as JSON where JSON is asked for', async () => {
    const {stderr, exitCode} = await judge('nonsense', '--json');
    expect(exitCode).toBe(2);
    expect(lines(stderr)).toMatchObject([
      {schema: 'graydeck.error/1', code: 'bad-line', line: 1, message: 'not JSON'},
      {schema: 'graydeck.error/1', code: 'bad-lines', exitCode: 2},
    ]);
  });

  test('without end are told a hundred times', async () => {
    const {stderr} = await judge('x\n'.repeat(1000));
    expect(stderr.split('\n')).toHaveLength(102);
    expect(stderr).toContain('1000 lines of 1000');
  });

  test('a name that would move the cursor is given back as JSON, not as a command', async () => {
    const id = '\u009b2J\u202e';
    const {stdout, stderr} = await judge([start(id), tick(id, 1), tick(id, 1)].join('\n'));
    // oxlint-disable-next-line no-control-regex
    expect(stdout + stderr).not.toMatch(/[\u0080-\u009f\u202e]/u);
    expect(lines(stdout)).toMatchObject([{id}, {id}]);
  });
});

test('a plan that has mistakes, is not there or would come from stdin is bad input', async () => {
  await place.file('wrong.yaml', 'phases: 7');
  for (const plan of ['wrong.yaml', 'missing.yaml', '-']) {
    const ran = await place.runWith({input: ''}, 'judge', '--plan', plan, '--json');
    expect({plan, exitCode: ran.exitCode, stdout: ran.stdout}).toEqual({plan, exitCode: 2, stdout: ''});
    expect(errorOf(ran)).toMatchObject({schema: 'graydeck.error/1'});
  }
});
