import {chmod, chown, mkdir, symlink, writeFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {redisMissing, startRedis, type RedisServer} from '../servers/redis.ts';
import {Workplace} from './program.ts';

const SECRET = 'hunter2';
const isRoot = process.getuid?.() === 0;

describe('a configuration in the folder', () => {
  test.skipIf(!isRoot)('of another user is not read', async () => {
    await using place = await Workplace.open();
    const file = join(place.folder, 'graydeck.yaml');
    await writeFile(file, 'store: sqlite:other.db\n');
    await chown(file, 12_345, 12_345);
    const {exitCode, stderr} = await place.run('status');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('belongs to user 12345');
    expect(stderr).toContain('chown');
    expect((await place.run('status', '--config', file)).exitCode).toBe(2);
    const link = join(place.folder, 'mine.yaml');
    await symlink(file, link);
    expect((await place.run('status', '--config', link)).exitCode).toBe(2);
    // Root has called sudo as that user, who may do all this anyway.
    const {exitCode: asCaller} = await place.runWith({env: {SUDO_UID: '12345'}}, 'status');
    expect(asCaller).not.toBe(2);
  });

  test('that every user may write to is not read', async () => {
    await using place = await Workplace.open();
    const file = join(place.folder, 'graydeck.yaml');
    await writeFile(file, 'store: sqlite:other.db\n');
    await chmod(file, 0o666);
    const {exitCode, stderr} = await place.run('status');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('chmod o-w');
  });

  test('gets no token of the environment for the Prometheus that it names', async () => {
    const heard: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      heard.push(request.headers.authorization);
      response.setHeader('content-type', 'application/json');
      response.end('{"status":"success","data":{"resultType":"vector","result":[]}}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await using place = await Workplace.open();
    await writeFile(join(place.folder, 'graydeck.yaml'), `prometheus: ${url}\n`);
    await place.run('start', 'v1', '--feature', 'pay', '--yes', '--skip-preflight');
    const env = {GRAYDECK_PROMETHEUS_TOKEN: SECRET};
    const found = await place.runWith({env}, 'doctor', '--feature', 'pay');
    expect(heard.length).toBeGreaterThan(0);
    expect(heard.filter(one => one !== undefined)).toEqual([]);
    expect(found.stderr).toContain('GRAYDECK_PROMETHEUS_TOKEN is not sent');
    await place.runWith({env}, 'doctor', '--feature', 'pay', '--config', 'graydeck.yaml');
    await place.runWith({env: {...env, GRAYDECK_PROMETHEUS: url}}, 'doctor', '--feature', 'pay');
    expect(heard.filter(one => one === `Bearer ${SECRET}`).length).toBeGreaterThan(1);
    server.close();
  });
});

describe.skipIf(redisMissing)('a password of the environment', () => {
  let server: RedisServer;
  let place: Workplace;
  beforeAll(async () => {
    server = await startRedis({requirepass: SECRET});
    place = await Workplace.open();
    await mkdir(join(place.folder, 'secrets'));
    await writeFile(join(place.folder, 'secrets', 'redis'), `${SECRET}\n`);
  });
  afterAll(async () => {
    await place[Symbol.asyncDispose]();
    await server.dispose();
  });

  const config = async (text: string) => writeFile(join(place.folder, 'graydeck.yaml'), `${text}\n`);
  const env = {GRAYDECK_STORE: '', GRAYDECK_STORE_PASSWORD: SECRET};
  const listed = ['start', 'v1', '--feature', 'pay', '--dry-run', '--yes', '--skip-preflight'];

  test('is not sent to a store that the configuration in the folder names', async () => {
    await config(`store: ${server.url}`);
    const ran = await place.runWith({env}, ...listed);
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toContain('GRAYDECK_STORE_PASSWORD is not sent to the store that graydeck.yaml names');
    expect(ran.stderr).toContain('wants a password, and none was given');
    expect(ran.stdout + ran.stderr).not.toContain(SECRET);
  });

  test('is sent to a store that the user names, by address or by file', async () => {
    await config(`store: ${server.url}`);
    const named = {env: {...env, GRAYDECK_STORE: server.url}};
    expect(await place.runWith(named, ...listed)).toMatchObject({exitCode: 0});
    expect(await place.runWith({env}, ...listed, '--store', server.url)).toMatchObject({exitCode: 0});
    expect(await place.runWith({env}, ...listed, '--config', 'graydeck.yaml')).toMatchObject({exitCode: 0});
  });

  test('is not needed where the configuration says where the password is', async () => {
    for (const store of [
      `{url: "${server.url}", password: {file: secrets/redis}}`,
      `{url: "${server.url}", password: "\${REDIS_PASSWORD}"}`,
      server.url.replace('://', '://:${REDIS_PASSWORD}@'),
    ]) {
      await config(`store: ${store}`);
      const ran = await place.runWith({env: {GRAYDECK_STORE: '', REDIS_PASSWORD: SECRET}}, ...listed);
      expect(ran).toMatchObject({exitCode: 0});
      expect(ran.stderr).not.toContain('is not sent');
    }
  });
});
