import {DatabaseSync} from 'node:sqlite';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {redisMissing, startRedis, type RedisServer} from '../servers/redis.ts';
import {errorOf, Workplace} from './program.ts';

const start = ['start', 'v1.1.0', '--feature', 'pay', '--yes'];

test('disable gives prod to everyone at once, and enable asks before it goes back', async () => {
  await using place = await Workplace.open();
  await place.run(...start);
  expect(await place.run('disable', '--reason', 'refunds')).toMatchObject({exitCode: 0});
  expect(await place.json('status')).toMatchObject({
    state: 'rolling',
    percent: {set: 0},
    disabled: {why: 'person', reason: 'refunds'},
  });
  expect((await place.run('status')).stdout).toContain('disabled, prod for everyone: "refunds"');
  expect((await place.run('status', '--lang', 'zh')).stdout).toContain('已停用');
  expect(await place.run('set', '30', '--yes')).toMatchObject({exitCode: 3});
  expect(await place.run('enable')).toMatchObject({exitCode: 2});
  expect(await place.run('enable', '--yes')).toMatchObject({exitCode: 0});
  expect(await place.json('status')).toMatchObject({percent: {set: 5}, disabled: null});
});

test('a freeze refuses every raise with exit code 3 and its reason, and never a rollback', async () => {
  await using place = await Workplace.open();
  await place.run(...start);
  expect(await place.run('freeze', '--until', '2h', '--reason', 'audit week')).toMatchObject({exitCode: 0});
  expect(await place.json('status')).toMatchObject({frozen: {reason: 'audit week'}});
  expect((await place.run('status')).stdout).toContain('raises are frozen until');
  for (const typed of [
    ['next', '--yes'],
    ['set', '30', '--yes'],
    ['audience', 'include', 'u-1', '--yes'],
    ['complete', '--confirm', 'v1.1.0'],
    ['start', 'v2', '--feature', 'other', '--yes'],
  ]) {
    const refused = await place.run(...typed);
    expect(refused).toMatchObject({exitCode: 3});
    expect(refused.stderr).toContain('audit week');
  }
  expect(errorOf(await place.run('next', '--yes', '--json', '--feature', 'pay'))).toMatchObject({
    code: 'frozen',
  });
  expect(await place.run('set', '1', '--feature', 'pay')).toMatchObject({exitCode: 0});
  expect(await place.run('rollback', '--feature', 'pay')).toMatchObject({exitCode: 0});
  expect(await place.run('start', 'v3', '--feature', 'pay', '--yes')).toMatchObject({exitCode: 3});
  expect(await place.run('freeze', 'lift')).toMatchObject({exitCode: 0});
  expect(await place.run('start', 'v3', '--feature', 'pay', '--yes')).toMatchObject({exitCode: 0});
});

test('a freeze wants an end and a reason', async () => {
  await using place = await Workplace.open();
  expect(await place.run('freeze')).toMatchObject({exitCode: 2});
  expect(await place.run('freeze', '--until', 'yesterday', '--reason', 'x')).toMatchObject({exitCode: 2});
  expect(await place.run('freeze', '--until', '2020-01-01', '--reason', 'x')).toMatchObject({exitCode: 2});
});

test('a person who raises outside of the hours of the project is told so before the answer', async () => {
  await using place = await Workplace.open();
  const day = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][(new Date().getUTCDay() + 3) % 7]!;
  await place.file('graydeck.yaml', `raise: {when: "${day} 09:00-17:00 UTC"}\n`);
  await place.run(...start);
  const asked = await place.run('next');
  expect(asked).toMatchObject({exitCode: 2});
  expect(asked.stderr).toContain(`outside of the raise hours (${day} 09:00-17:00 UTC)`);
  expect(await place.run('next', '--yes')).toMatchObject({exitCode: 0});
});

test('a plan for two people is refused where the store knows one alone', async () => {
  await using place = await Workplace.open();
  await place.file('plan.yaml', 'approval: 2\nphases: [{name: a, percent: 5}, {name: b, percent: 100}]\n');
  const refused = await place.run(...start, '--plan', 'plan.yaml');
  expect(refused).toMatchObject({exitCode: 3});
  expect(refused.stderr).toContain('cannot be told apart');
  expect(refused.stderr).toContain('graydeck acl operator');
});

test('a person answers for an event that is not known; the steps of a rollback run without that', async () => {
  await using place = await Workplace.open();
  await place.run(...start);
  const database = new DatabaseSync(join(place.folder, 'graydeck.db'), {timeout: 1000});
  const row = database.prepare('SELECT text FROM log WHERE version = 1').get();
  const commit = JSON.parse(String(row!['text'])) as {events: object[]};
  commit.events.push({type: 'weather-changed'});
  database.prepare('UPDATE log SET text = ? WHERE version = 1').run(JSON.stringify(commit));
  database.close();
  expect(await place.run('set', '30', '--yes')).toMatchObject({exitCode: 3});
  expect(await place.run('doctor', '--accept-unknown')).toMatchObject({exitCode: 2});
  await place.run('doctor', '--accept-unknown', '--reason', 'read its notes');
  expect((await place.run('log')).stdout).toContain('passed over "weather-changed"');
  expect(await place.run('set', '30', '--yes')).toMatchObject({exitCode: 0});
});

test('a rollback goes through all of its steps though the log holds an event that is not known', async () => {
  await using place = await Workplace.open();
  await place.file(
    'plan.yaml',
    'hooks: {stop: [touch, stopped]}\nphases: [{name: a, percent: 5}, {name: b, percent: 100}]\n',
  );
  await place.run(...start, '--plan', 'plan.yaml');
  const database = new DatabaseSync(join(place.folder, 'graydeck.db'), {timeout: 1000});
  const row = database.prepare('SELECT text FROM log WHERE version = 1').get();
  const commit = JSON.parse(String(row!['text'])) as {minReader: number};
  database
    .prepare('UPDATE log SET text = ? WHERE version = 1')
    .run(JSON.stringify({...commit, minReader: 2}));
  database.close();
  expect(await place.run('rollback')).toMatchObject({exitCode: 0});
  expect(await place.json('status')).toMatchObject({state: 'rolled_back'});
});

test('a hook runs where its plan was started, and nowhere that does not list it', async () => {
  await using place = await Workplace.open();
  await place.file(
    'plan.yaml',
    'hooks: {deploy: [sh, -c, "test -e ready"]}\nphases: [{name: a, percent: 5}, {name: b, percent: 100}]\n',
  );
  // It runs where it was started, and fails there by itself.
  expect((await place.run(...start, '--plan', 'plan.yaml')).stderr).toContain('sh ended with exit code 1');
  await place.file('ready', '');
  // Another host: the same store, another home.
  const elsewhere = {env: {HOME: join(place.folder, 'other')}};
  const refused = await place.runWith(elsewhere, 'retry', '--feature', 'pay');
  expect(refused).toMatchObject({exitCode: 1});
  expect(refused.stderr).toContain('sh is not listed on');
  expect(await place.json('status')).toMatchObject({state: 'failed'});
  await place.file('graydeck.yaml', 'hooks: {allow: [/bin/*, /usr/bin/*]}\n');
  expect(await place.runWith(elsewhere, 'retry', '--feature', 'pay')).toMatchObject({exitCode: 0});
  expect(await place.json('status')).toMatchObject({state: 'rolling'});
});

describe.skipIf(redisMissing)('two people on a real Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
    for (const user of ['alice', 'bob']) {
      const place = await Workplace.open(server.url);
      const {stdout} = await place.run('acl', 'operator');
      const words = stdout
        .replace(/^user \S+/u, user)
        .replace('>PASSWORD', '>secret')
        .split(' ');
      await server.admin.call('ACL', 'SETUSER', ...words);
      await place[Symbol.asyncDispose]();
    }
  });
  afterAll(() => server.dispose());
  const as = (user: string) => ({env: {GRAYDECK_STORE: `redis://${user}:secret@127.0.0.1:${server.port}/0`}});

  test('raise what a plan lets two people raise, with no more than the rights of an operator', async () => {
    await using place = await Workplace.open(server.url);
    await place.file('plan.yaml', 'approval: 2\nphases: [{name: a, percent: 5}, {name: b, percent: 100}]\n');
    const begin = [...start, '--plan', 'plan.yaml'];
    // Everybody is the default user.
    expect(await place.run(...begin)).toMatchObject({exitCode: 3});
    expect(await place.runWith(as('alice'), ...begin)).toMatchObject({exitCode: 0});
    expect(await place.json('status')).toMatchObject({
      percent: {set: 0},
      approval: {needed: 2, approvers: [{authenticated: 'redis:alice'}]},
    });
    expect((await place.run('status')).stdout).toContain('enable gray waits for two people');
    expect(await place.runWith(as('alice'), 'approve', '--yes', '--by', 'bob')).toMatchObject({exitCode: 3});
    expect(await place.runWith(as('bob'), 'approve')).toMatchObject({exitCode: 2});
    expect(await place.runWith(as('bob'), 'approve', '--yes')).toMatchObject({exitCode: 0});
    expect(await place.json('status')).toMatchObject({percent: {set: 5}, approval: null});
    expect(await place.runWith(as('bob'), 'freeze', '--until', '1h', '--reason', 'audit')).toMatchObject({
      exitCode: 0,
    });
    expect(await place.runWith(as('alice'), 'next', '--yes')).toMatchObject({exitCode: 3});
    expect(await place.runWith(as('alice'), 'freeze', 'lift')).toMatchObject({exitCode: 0});
  });
});
