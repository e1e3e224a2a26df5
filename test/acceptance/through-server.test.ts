/** An operator with a token and no Redis: every verb, and the console, through a real `serve` with a real Redis behind it. */
import {chmod} from 'node:fs/promises';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {errorOf, Workplace, type Ran} from '../cli/program.ts';
import {eventually} from '../patience.ts';
import {redisMissing} from '../servers/redis.ts';
import {FEATURE, openProgram, redisPlace, type Place} from './place.ts';

const OPS = 'a-token-of-an-operator-01';
const SECOND = 'a-token-of-another-operator';
const LOOK = 'a-token-that-only-looks-01';

const PLAN = `feature: ${FEATURE}
phases:
  - {name: alpha, percent: 5}
  - {name: beta, percent: 20}
  - {name: all, percent: 100}
evidence: off
`;

interface Away extends AsyncDisposable {
  cli: Workplace;
  /** Environment of an operator without any way to the store. */
  env: Record<string, string>;
  run(...argv: string[]): Promise<Ran>;
  json(...argv: string[]): Promise<Record<string, unknown>>;
  as(token: string): Away;
}

/** A server on the place's Redis, and a folder elsewhere with nothing but a token. */
async function openAway(place: Place): Promise<Away> {
  await place.cli.file(
    'tokens',
    `ops read,feedback,operate ${OPS}\nliu read,operate ${SECOND}\nwall read ${LOOK}\n`,
  );
  await chmod(join(place.cli.folder, 'tokens'), 0o600);
  const server = openProgram(place, ['serve', '--tokens', 'tokens', '--listen', '127.0.0.1:0']);
  onTestFinished(async () => {
    server.signal('SIGTERM');
    await server.exit();
    await server[Symbol.asyncDispose]();
  });
  await server.until(/serving on http:\S+ for 3 tokens/u);
  const url = /serving on (\S+) for/u.exec(server.text())![1]!;
  const cli = await Workplace.open();
  const as = (token: string): Away => {
    // A store that does not answer, so that nothing goes past the server.
    const env = {GRAYDECK_SERVER: url, GRAYDECK_TOKEN: token, GRAYDECK_STORE: 'redis://127.0.0.1:1/0'};
    const run = async (...argv: string[]) => await cli.runWith({env}, ...argv);
    return {
      cli,
      env,
      run,
      json: async (...argv) => JSON.parse((await run(...argv, '--json')).stdout) as Record<string, unknown>,
      as,
      [Symbol.asyncDispose]: () => cli[Symbol.asyncDispose](),
    };
  };
  return as(OPS);
}

test.skipIf(redisMissing)('a whole release by a token alone, as with a store', async () => {
  await using place = await redisPlace();
  await using away = await openAway(place);
  await away.cli.file('plan.yaml', PLAN);
  const ok = async (...argv: string[]): Promise<Ran> => {
    const ran = await away.run(...argv);
    expect(ran.exitCode, `${argv.join(' ')}\n${ran.stdout}\n${ran.stderr}`).toBe(0);
    return ran;
  };
  expect((await ok('start', 'v1.1.0', '--plan', 'plan.yaml', '--yes', '--by', 'liu')).stdout).toContain(
    'v1.1.0',
  );
  expect(await away.json('status')).toMatchObject({feature: FEATURE, state: 'rolling', percent: {set: 5}});
  // The same document as with the store itself.
  const [there, here] = await Promise.all([away.json('log'), place.cli.json('log')]);
  expect(there).toEqual(here);
  expect(here).toMatchObject({commits: [{by: 'liu', authenticated: 'token:ops'}]});
  await ok('next', '--yes');
  await ok('set', '30', '--yes', '--reason', 'looks good');
  expect(await away.run('set', '40')).toMatchObject({exitCode: 2});
  await ok('pause', '--reason', 'looking');
  expect(await away.run('next', '--yes')).toMatchObject({exitCode: 3});
  await ok('resume');
  await ok('alert', 'warning', 'the queue grows');
  const {alerts} = (await away.json('status')) as {alerts: {id: string}[]};
  await ok('alert', 'ack', alerts[0]!.id);
  await ok('alert', 'silence', 'queue', '--for', '5m');
  await ok('audience', 'deny', 'u-1');
  await ok('audience', 'include', 'u-2', '--yes');
  expect((await ok('audience', 'show')).stdout).toContain('u-1');
  await ok('disable');
  await ok('enable', '--yes');
  await ok('freeze', '--until', '1h', '--reason', 'audit week');
  expect(await away.run('set', '50', '--yes')).toMatchObject({exitCode: 3});
  expect(await away.json('status')).toMatchObject({
    frozen: {reason: 'audit week', authenticated: 'token:ops'},
  });
  await ok('freeze', 'lift');
  await ok(
    'feedback',
    'submit',
    'bug',
    'slow',
    '--rating',
    '2',
    '--deployment-phase',
    'beta',
    '--deployment-version',
    'v1.1.0',
  );
  expect(await away.json('feedback', 'stats')).toMatchObject({count: 1});
  expect((await ok('explain', 'u-1')).stdout).toContain('prod');
  await ok('log', 'verify');
  const waited = away.run('wait', '--for', 'rolled_back', '--timeout', '60s');
  expect((await ok('rollback', '--reason', 'it hurts')).stdout).toContain('30 % → 0 %');
  expect(await waited).toMatchObject({exitCode: 0});
  expect(await place.cli.json('status')).toMatchObject({state: 'rolled_back', percent: {set: 0}});
  expect((await ok('report', '--format', 'md')).stdout).toContain('v1.1.0');
  // A second one, to its end.
  await ok('start', 'v1.2.0', '--plan', 'plan.yaml', '--yes');
  await ok('complete', '--confirm', 'v1.2.0');
  expect(await away.json('status')).toMatchObject({state: 'completed', version: 'v1.2.0'});
});

test.skipIf(redisMissing)('a token without the scope looks, and is refused by name', async () => {
  await using place = await redisPlace();
  await using ops = await openAway(place);
  await ops.cli.file('plan.yaml', `${PLAN}hooks: {deploy: [/bin/echo, secret-of-the-hook]}\n`);
  await place.cli.file('plan.yaml', PLAN);
  await place.cli.run('start', 'v1.1.0', '--plan', 'plan.yaml', '--yes');
  await place.cli.run('audience', 'deny', 'u-secret');
  await eventually(async () => expect(await ops.json('status')).toMatchObject({state: 'rolling'}));
  const wall = ops.as(LOOK);
  expect(await wall.json('status')).toMatchObject({state: 'rolling', percent: {set: 5}, faults: []});
  const log = await wall.run('log');
  expect(log).toMatchObject({exitCode: 0});
  expect(log.stdout).not.toContain('u-secret');
  for (const argv of [
    ['pause'],
    ['rollback'],
    ['set', '20', '--yes'],
    ['freeze', '--until', '1h', '--reason', 'x'],
  ]) {
    const refused = await wall.run(...argv, '--json');
    expect(refused).toMatchObject({exitCode: 1, stdout: ''});
    expect(errorOf(refused)).toMatchObject({code: 'store-no-rights'});
    expect(refused.stderr).toContain('scope operate');
  }
  expect(await place.cli.json('status')).toMatchObject({state: 'rolling', percent: {set: 5}, frozen: null});
  expect((await place.cli.run('log')).stdout).toContain(
    'token wall tried rollback and lacks the scope operate',
  );
  const stranger = await ops.as('a-token-that-is-not-known').run('status');
  expect(stranger).toMatchObject({exitCode: 1});
  expect(stranger.stderr).toContain('does not know this token');
  expect(await wall.run('explain', 'u-secret')).toMatchObject({exitCode: 1, stdout: ''});
  for (const verb of ['guard', 'doctor', 'share']) expect(await ops.run(verb)).toMatchObject({exitCode: 2});
  expect(await ops.run('status', '--store', 'sqlite:x')).toMatchObject({exitCode: 2});
  expect(await ops.run('status', '--server', 'http://user:word@127.0.0.1:1')).toMatchObject({exitCode: 2});
  const gone = await ops.run('rollback', '--server', 'http://127.0.0.1:1', '--json');
  expect(gone).toMatchObject({exitCode: 69});
  expect(JSON.stringify(errorOf(gone))).toContain('rollback --offline');
});

test.skipIf(redisMissing)('two tokens are the two people of a plan', async () => {
  await using place = await redisPlace();
  await using ops = await openAway(place);
  await ops.cli.file('plan.yaml', `${PLAN}approval: 2\n`);
  // With the store alone, whose user is shared, such a plan is refused.
  await place.cli.file('plan.yaml', `${PLAN}approval: 2\n`);
  expect(await place.cli.run('start', 'v1.1.0', '--plan', 'plan.yaml', '--yes')).toMatchObject({exitCode: 3});
  expect(await ops.run('start', 'v1.1.0', '--plan', 'plan.yaml', '--yes')).toMatchObject({exitCode: 0});
  expect(await ops.run('approve', '--yes')).toMatchObject({exitCode: 3});
  expect(await ops.as(SECOND).run('approve', '--yes')).toMatchObject({exitCode: 0});
  expect(await place.cli.json('status')).toMatchObject({percent: {set: 5}, disabled: null});
});

test.skipIf(redisMissing)('the console looks and acts through a server', async () => {
  await using place = await redisPlace();
  await using ops = await openAway(place);
  await ops.cli.file('plan.yaml', PLAN);
  await ops.run('start', 'v1.1.0', '--plan', 'plan.yaml', '--yes');
  await using deck = openProgram(ops, ['--feature', FEATURE], {env: ops.env});
  await deck.until('PROD');
  await place.cli.run('set', '20', '--yes');
  await deck.until('5 % → 20 %');
  deck.press('-');
  await eventually(async () => expect((await place.cli.json('status'))['percent']).toMatchObject({set: 10}));
  deck.press('r');
  await deck.until('roll back now');
  deck.press('y');
  await eventually(async () => expect(await place.cli.json('status')).toMatchObject({state: 'rolled_back'}));
  deck.press('q');
  expect(await deck.exit()).toBe(0);
});
