import {userInfo} from 'node:os';
import {DatabaseSync} from 'node:sqlite';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {redisMissing, startRedis, type RedisServer} from '../servers/redis.ts';
import {Workplace} from './program.ts';

const start = ['start', 'v1.1.0', '--feature', 'pay', '--yes'];
const FORGED = 'CTO Alice (redis:alice)';

test('the user of the operating system stands beside the typed name, in log, status and report', async () => {
  await using place = await Workplace.open();
  const me = `os:${userInfo().username}`;
  await place.run(...start, '--by', FORGED);
  expect((await place.run('log')).stdout).toContain(`${FORGED} (${me})`);
  const {commits} = (await place.json('log')) as {commits: {by: string; authenticated: string}[]};
  expect(commits[0]).toMatchObject({by: FORGED, authenticated: me});
  expect(await place.json('status')).toMatchObject({change: {version: 1, by: FORGED, authenticated: me}});
  expect((await place.run('status')).stdout).toContain(`by ${FORGED} (${me})`);
  const report = await place.json('report');
  expect(report).toMatchObject({startedBy: FORGED, startedAs: me, head: {version: 1}});
  expect((await place.run('report')).stdout).toContain(me);
});

test('log verify names the first commit that was changed, and exits 1', async () => {
  await using place = await Workplace.open();
  await place.run(...start);
  await place.run('pause', '--reason', 'looking');
  const {stdout} = await place.run('log', 'verify');
  const [, head = ''] = /head: (2:[\da-f]{64})/u.exec(stdout) ?? [];
  expect(head).not.toBe('');
  expect(await place.run('log', 'verify', head.slice(0, 14))).toMatchObject({exitCode: 0});
  const database = new DatabaseSync(join(place.folder, 'graydeck.db'), {timeout: 1000});
  database.exec(`UPDATE log SET text = replace(text, 'looking', 'approved') WHERE version = 2`);
  database.close();
  const changed = await place.run('log', 'verify');
  expect(changed).toMatchObject({exitCode: 1, stdout: ''});
  expect(changed.stderr).toContain('version 2 of the log was changed');
  expect(await place.json('log', 'verify')).toMatchObject({changed: {version: 2}});
  expect((await place.run('doctor')).stdout).toContain('version 2 was changed after it was written');
  expect(await place.run('log', 'verify', 'junk')).toMatchObject({exitCode: 2});
  // The log goes on, and so does a rollback.
  expect(await place.run('rollback')).toMatchObject({exitCode: 0});
  expect(await place.run('log', 'verify', head)).toMatchObject({exitCode: 1});
});

describe.skipIf(redisMissing)('on a real Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
    await server.admin.call('ACL', 'SETUSER', 'alice', 'on', '>secret', '~*', '&*', '+@all');
  });
  afterAll(() => server.dispose());

  test('the user of Redis stands beside the typed name', async () => {
    await using place = await Workplace.open(`redis://alice:secret@127.0.0.1:${server.port}/0`);
    await place.run(...start, '--by', 'bob');
    expect(await place.json('log')).toMatchObject({commits: [{by: 'bob', authenticated: 'redis:alice'}]});
    await using other = await Workplace.open(server.url);
    await other.run('pause');
    expect(await other.json('status')).toMatchObject({change: {authenticated: 'redis:default'}});
  });
});
