import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import type {Call} from '../../source/cli/call.ts';
import {findVerb} from '../../source/cli/command-line/find-verb.ts';
import {openOutput} from '../../source/cli/output/output.ts';
import {parseArguments} from '../../source/cli/command-line/parse.ts';
import {run} from '../../source/cli/verbs/explain.ts';
import {openStore} from '../../source/store/open.ts';
import {CASES, NOW, REQUESTS, SPLITS, splitNamed, type RoutingCase} from '../audience/conformance.ts';
import {appendNext} from '../store/commits.ts';

const output = openOutput({json: false, color: false});
let folder = '';
const address = () => `sqlite:${join(folder, 'deck.db')}`;

beforeAll(async () => {
  // Dates of the cases are compared with the moment the file names.
  vi.useFakeTimers({toFake: ['Date'], now: NOW});
  folder = await mkdtemp(join(tmpdir(), 'graydeck-explain-'));
  const store = await openStore(address(), 'operator');
  for (const name of SPLITS) await appendNext(store.feature(name), {split: splitNamed(name)});
  await store.close();
});
afterAll(async () => {
  vi.useRealTimers();
  await rm(folder, {recursive: true, force: true});
});

/** What the verb says, run in this process: a process each would take minutes. */
async function explain(argv: readonly string[]): Promise<{data: string[]; said: string[]}> {
  const {words, flags} = await parseArguments(['explain', `--store=${address()}`, ...argv], {});
  const data: string[] = [];
  const said: string[] = [];
  const out: Call['out'] = {
    ...output,
    isJson: flags.json,
    data: line => void data.push(line),
    say: line => void said.push(line),
    json: document => void data.push(JSON.stringify(document)),
  };
  const {verb, args} = findVerb(words);
  expect(await run({verb, args, flags, out, interrupted: () => new AbortController().signal})).toBe(0);
  return {data, said};
}

function argvOf({split, user, headers = {}, cookies = {}, address}: RoutingCase): string[] {
  const {id, ...attributes} = user;
  const pairs = (flag: string, of: Record<string, unknown>) =>
    Object.entries(of).flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map(one => `--${flag}=${name}=${String(one)}`),
    );
  const asked = [...pairs('attr', attributes), ...pairs('header', headers), ...pairs('cookie', cookies)];
  if (address !== undefined) asked.push(`--address=${address}`);
  return ['--json', `--feature=${split}`, ...asked, '--', String(id ?? '')];
}

/** Neither can be said on a command line: how far a router may go, and what an application registers. */
const askable = CASES.filter(one => (one.standing ?? 'fresh') === 'fresh' && one.registers !== true);

describe('explain says of every case of the conformance file what a router does', () => {
  test.each(askable)('$split: $name', async one => {
    const {data} = await explain(argvOf(one));
    const {schema, side, reason, cohort} = JSON.parse(data[0] ?? '') as Record<string, unknown>;
    expect({schema, side, reason, cohort}).toEqual({schema: 'graydeck.explain/1', ...one.expect});
  });
});

describe('explain says of every request of the conformance file what a router does', () => {
  const sayable = REQUESTS.filter(({typed}) => typed !== undefined);
  test.each(sayable)('$split: $name', async ({split, lines, typed = '', expect: expected}) => {
    const joined = lines.filter(([name]) => name === 'cookie').map(([, value]) => value);
    const asked = lines
      .filter(([name]) => name !== 'cookie')
      .flatMap(([name, value]) =>
        name === 'x-country' ? [`--attr=country=${value}`] : [`--header=${name}=${value}`],
      );
    if (joined.length > 0) asked.push(`--header=cookie=${joined.join('; ')}`);
    const {data} = await explain(['--json', `--feature=${split}`, ...asked, '--', typed]);
    const {side, reason, cohort} = JSON.parse(data[0] ?? '') as Record<string, unknown>;
    expect({side, reason, cohort}).toEqual(expected);
  });
});

test('it says the place of the user and the percentage, and where only the application knows', async () => {
  const {data} = await explain(['u-298', '--feature=ten-percent']);
  expect(data[0]).toMatch(/^ten-percent: u-298 gets gray: in at 10 %, the user's place is \d\.\d\d %$/u);
  const json = JSON.parse((await explain(['u-298', '--feature=half', '--json'])).data[0] ?? '') as object;
  expect(json).toMatchObject({bucket: expect.any(Number) as number, percent: 50, version: 1, release: 'r-2'});
  const {said} = await explain(['u-9', '--feature=own-predicate']);
  expect(said).toEqual(['only the application knows has_contract: read as no here']);
});

test('a pair that is none is bad input', async () => {
  await expect(explain(['u-1', '--feature=half', '--attr=country'])).rejects.toMatchObject({exit: 2});
  await expect(explain(['u-1', '--feature=half', '--header==true'])).rejects.toMatchObject({exit: 2});
});

test('a user outside the audience of the current phase is told so, then what earlier phases give', async () => {
  const {data} = await explain(['u-77', '--feature=all-then-lawyers', '--attr=user_type=clerk']);
  expect(data[0]).toMatch(
    /^all-then-lawyers: u-77 gets prod: outside the audience \(user_type is lawyer\) of the current phase; not in at 5 % of an earlier phase, the user's place is \d+\.\d\d %$/u,
  );
  const json = JSON.parse(
    (await explain(['u-77', '--feature=all-then-lawyers', '--json'])).data[0] ?? '',
  ) as object;
  expect(json).toMatchObject({
    percent: 50,
    phases: [
      {inside: true, percent: 5},
      {inside: false, percent: 50},
    ],
  });
  const none = await explain(['u-77', '--feature=staff-then-lawyers', '--attr=user_type=clerk']);
  expect(none.data[0]).toBe(
    'staff-then-lawyers: u-77 gets prod: outside the audience (user_type is lawyer); no earlier phase includes the user either',
  );
});

test('a date that is none is named', async () => {
  const {said} = await explain(['u-9', '--feature=dates', '--attr=last_login=yesterday']);
  expect(said).toEqual([
    'last_login is not a date, so no rule about it fits: yesterday; write 2026-11-30T14:05:00Z',
  ]);
});
