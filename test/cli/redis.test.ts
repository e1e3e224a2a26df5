import {createServer} from 'node:http';
import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import {afterAll, beforeAll, describe, expect, inject, test} from 'vitest';
import {startRedis, redisMissing, type RedisServer} from '../servers/redis.ts';
import {TestTerminal} from '../terminal/open.ts';
import {errorOf, Workplace} from './program.ts';
import {eventually} from '../patience.ts';

const start = ['start', 'v1.1.0', '--feature', 'pay', '--yes'];
const SECRET = 'hunter2-öÄ';

describe.skipIf(redisMissing)('on a real Redis', () => {
  let server: RedisServer;
  let place: Workplace;

  const as = (user: string, password = SECRET) =>
    `redis://${user}:${encodeURIComponent(password)}@127.0.0.1:${server.port}/0`;

  beforeAll(async () => {
    server = await startRedis();
    place = await Workplace.open(server.url);
    for (const role of ['viewer', 'app', 'operator']) {
      const {stdout} = await place.run('acl', role);
      const words = stdout
        .replace(/^user /u, '')
        .replace('>PASSWORD', `>${SECRET}`)
        .split(' ');
      await server.admin.call('ACL', 'SETUSER', ...words);
    }
  });

  afterAll(async () => {
    await place[Symbol.asyncDispose]();
    await server.dispose();
  });

  test('a release is started, moved, told and taken back', async () => {
    for (const typed of [start, ['set', '20', '--yes'], ['pause'], ['rollback']]) {
      expect(await place.run(...typed)).toMatchObject({exitCode: 0});
    }
    expect(await place.json('status')).toMatchObject({state: 'rolled_back', percent: {set: 0}});
    expect((await place.run('log')).stdout).toContain('5 % → 20 %');
    expect(await server.admin.smembers('graydeck:features')).toEqual(['pay']);
  });

  test('a viewer looks, with a password from the environment', async () => {
    const env = {
      GRAYDECK_STORE: `redis://graydeck-viewer@127.0.0.1:${server.port}/0`,
      GRAYDECK_STORE_PASSWORD: SECRET,
    };
    for (const typed of [['status'], ['log'], ['audience', 'show'], ['status', '--json', '--read-only']]) {
      expect(await place.runWith({env}, ...typed)).toMatchObject({exitCode: 0});
    }
  });

  test('an operator acts with no more than the rights of an operator', async () => {
    const env = {GRAYDECK_STORE: as('graydeck-operator')};
    const words = ['start', 'v1.2.0', '--feature', 'card', '--yes'];
    expect(await place.runWith({env}, ...words)).toMatchObject({exitCode: 0});
    expect(await place.runWith({env}, 'rollback', '--feature', 'card')).toMatchObject({exitCode: 0});
  });

  test('a viewer who acts is told which rights that needs', async () => {
    const env = {GRAYDECK_STORE: as('graydeck-viewer')};
    const {exitCode, stderr} = await place.runWith({env}, 'start', 'v9', '--feature', 'pay', '--yes');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('This user may not');
    expect(stderr).toContain('graydeck acl operator');
  });

  test('an application that looks sees the log, and is told why it sees no measurements', async () => {
    const env = {GRAYDECK_STORE: as('graydeck-app')};
    const {exitCode, stdout, stderr} = await place.runWith({env}, 'status', '--feature', 'pay');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('v1.1.0');
    expect(stderr).toContain('measurements cannot be read: This user may not');
  });

  test.for([
    ['a wrong password', 'graydeck-viewer', 'does not accept this user and password'],
    ['nobody it knows', 'somebody', 'does not accept this user and password'],
  ] as const)('%s is refused, and no password is ever printed', async ([, user, says]) => {
    const secret = 'not-the-password';
    const env = {GRAYDECK_STORE: as(user, secret), GRAYDECK_TRACE: '1'};
    for (const typed of [['status'], ['status', '--json'], ['log', '--feature', 'pay']]) {
      const {exitCode, stdout, stderr} = await place.runWith({env}, ...typed);
      expect(exitCode).toBe(1);
      expect(stderr).toContain(says);
      expect(stdout + stderr).not.toContain(secret);
    }
  });

  test('a console on a Redis that hangs says so, and can be left at once', async () => {
    await place.run('start', 'v5', '--feature', 'hanging', '--yes');
    await using terminal = new TestTerminal([process.execPath, inject('program'), '--feature', 'hanging'], {
      env: place.environment(),
      cwd: place.folder,
    });
    await terminal.until('ROLLING');
    server.freeze();
    try {
      await terminal.until('away');
      terminal.press('q');
      expect(await terminal.exit(2000)).toBe(0);
    } finally {
      server.thaw();
    }
  });

  test('whoever reads lines is told that the store hangs, and goes on reading once it is back', async () => {
    await place.run('start', 'v6', '--feature', 'lines', '--yes');
    const running = place.start(['status', '--watch', '--feature', 'lines']);
    const told = {stdout: '', stderr: ''};
    running.stdout.on('data', chunk => (told.stdout += String(chunk)));
    running.stderr.on('data', chunk => (told.stderr += String(chunk)));
    await eventually(() => expect(told.stdout).toMatch(/lines {2}v6 {2}ROLLING/u));
    server.freeze();
    try {
      await eventually(() => expect(told.stderr).toMatch(/lines {2}✖ the log cannot be read for \d/u));
    } finally {
      server.thaw();
    }
    await place.run('alert', 'critical', 'refunds fail', '--feature', 'lines');
    await eventually(() => expect(told.stdout).toContain('1 open alert, 1 not acknowledged'));
    running.kill('SIGINT');
    expect((await running).exitCode).toBe(130);
  });

  test('a Redis that holds something else under our names is left alone', async () => {
    await server.admin.set('graydeck:{other}:log', 'a string');
    const {exitCode, stderr} = await place.run('start', 'v1', '--feature', 'other', '--yes');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('holds something that is not of Graydeck');
    expect(await server.admin.get('graydeck:{other}:log')).toBe('a string');
  });
});

describe('a store that is none', () => {
  test('what answers is not Redis', async () => {
    const server = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const {port} = server.address() as AddressInfo;
    await using place = await Workplace.open(`redis://127.0.0.1:${port}/0`);
    const ran = await place.run('status', '--json');
    server.close();
    expect(ran.exitCode).toBe(1);
    expect(errorOf(ran)).toMatchObject({code: 'store-not-ours'});
  });

  test.for([['status'], ['rollback', '--feature', 'pay'], ['log'], ['watch']])(
    'nothing listens there: %s ends with 69',
    async typed => {
      await using place = await Workplace.open('redis://127.0.0.1:1/0');
      const {exitCode, stderr} = await place.run(...typed);
      expect(exitCode).toBe(69);
      expect(stderr).toContain('nothing listens there');
    },
  );

  test('an embedded store is a file whatever its name: SQLite reads no settings out of it', async () => {
    await using place = await Workplace.open('sqlite:file:deck.db?mode=memory');
    await place.run('start', 'v1.1.0', '--feature', 'pay', '--yes');
    expect(await place.json('status')).toMatchObject({feature: 'pay', state: 'rolling'});
  });

  test('an embedded store that was never made is no reason to make one by looking', async () => {
    await using place = await Workplace.open();
    const {exitCode, stderr} = await place.run('status');
    expect(exitCode).toBe(69);
    expect(stderr).toContain('There is no store at');
    expect(await place.run('status')).toMatchObject({exitCode: 69});
  });
});
