import {connect} from 'node:net';
import {chmod} from 'node:fs/promises';
import {join} from 'node:path';
import {execa} from 'execa';
import {describe, expect, test} from 'vitest';
import {redisMissing} from '../servers/redis.ts';
import type {TestTerminal} from '../terminal/open.ts';
import {errorOf, Workplace} from '../cli/program.ts';
import {FEATURE, openProgram, redisPlace, startRelease, type Place} from './place.ts';

const TOKEN = 'a-token-for-the-tests-0123';
const PASSWORD = 'a-secret-of-the-tests';

async function tokensIn(cli: Workplace, text = `ci read,feedback ${TOKEN}\n`): Promise<void> {
  await cli.file('tokens', text);
  await chmod(join(cli.folder, 'tokens'), 0o600);
}

/** A server, and where it listens. */
async function openServer(
  place: Pick<Place, 'cli'>,
  env: Record<string, string> = {},
): Promise<{server: TestTerminal; url: string}> {
  await tokensIn(place.cli);
  const server = openProgram(place, ['serve', '--tokens', 'tokens', '--listen', '127.0.0.1:0'], {env});
  await server.until(/serving on http:\S+ for one token/u);
  return {server, url: /serving on (\S+) for/u.exec(server.text())![1]!};
}

describe.skipIf(redisMissing)('serve, on a real Redis', () => {
  test('answers the command of the guide to feedback as it is written there', async () => {
    await using place = await redisPlace();
    await startRelease(place, '--over', 'v1.0.9');
    const {server, url} = await openServer(place);
    await using _server = server;
    await place.cli.run('feedback', 'submit', 'bug', 'slow', '--rating', '2', '--deployment-phase', 'beta');
    await place.cli.run(
      'feedback',
      'submit',
      'experience',
      'fine',
      '--rating',
      '5',
      '--deployment-phase',
      'beta',
    );
    await place.cli.run('feedback', 'submit', 'bug', 'slow', '--rating', '1');
    // Only the address is another one: that of the test.
    const command = `curl -H "Authorization: Bearer $TOKEN" \\
  "${url}/api/v1/canary/feedback/stats?deployment_phase=beta"`;
    const {stdout} = await execa('bash', ['-c', command], {env: {TOKEN}});
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'graydeck.feedback-stats/1',
      feature: FEATURE,
      deployment_phase: 'beta',
      count: 2,
      rating: 3.5,
      types: {bug: 1, suggestion: 0, experience: 1, performance: 0},
    });
    expect(JSON.parse(stdout)).toEqual(
      await place.cli.json('feedback', 'stats', '--deployment-phase', 'beta'),
    );
    server.signal('SIGTERM');
    expect(await server.exit()).toBe(0);
    expect(server.text()).not.toContain(TOKEN);
  });

  test('needs no more than the rights of a viewer to read, and those of an app to write', async () => {
    await using nowhere = await Workplace.open();
    const acl = async (role: string) =>
      (await nowhere.run('acl', role)).stdout.replaceAll('PASSWORD', PASSWORD);
    const both = (await acl('viewer')).replace('graydeck-viewer', 'both');
    const app = (await acl('app')).split(' ').filter(word => /^[%+]/u.test(word));
    const users = ['user default on nopass ~* &* +@all', await acl('viewer'), `${both} ${app.join(' ')}`];
    await using place = await redisPlace({acl: users});
    await startRelease(place, '--over', 'v1.0.9');
    const as = (user: string) => ({
      GRAYDECK_STORE: `redis://${user}@127.0.0.1:${place.redis.port}/0`,
      GRAYDECK_STORE_PASSWORD: PASSWORD,
    });
    const headers = {authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json'};
    const body = JSON.stringify({
      type: 'bug',
      message: 'slow',
      rating: 2,
      deployment_phase: 'beta',
      deployment_version: 'v1.1.0',
    });
    const wanted: [string, number, string][] = [
      ['graydeck-viewer', 503, 'store-no-rights'],
      ['both', 201, 'graydeck.feedback/1'],
    ];
    for (const [user, status, says] of wanted) {
      const {server, url} = await openServer(place, as(user));
      await using _server = server;
      const read = await fetch(`${url}/api/v1/canary/status?feature=${FEATURE}`, {headers});
      expect(await read.json()).toMatchObject({feature: FEATURE, state: 'rolling'});
      const written = await fetch(`${url}/api/v1/canary/feedback`, {method: 'POST', headers, body});
      expect(written.status).toBe(status);
      expect(await written.text()).toContain(says);
      expect(server.text()).not.toContain(PASSWORD);
    }
  });

  test('says that the store is away, and goes on once it is back', async () => {
    await using place = await redisPlace();
    await startRelease(place);
    const {server, url} = await openServer(place);
    await using _server = server;
    const health = async () => (await fetch(`${url}/healthz`)).status;
    expect(await health()).toBe(200);
    await place.redis.stop();
    await expect.poll(health).toBe(503);
    const headers = {authorization: `Bearer ${TOKEN}`};
    const stats = await fetch(`${url}/api/v1/canary/feedback/stats`, {headers});
    expect(stats.status).toBe(503);
    expect(JSON.stringify(await stats.json())).not.toContain(String(place.redis.port));
    // What was last known is still told: it says when it is from.
    expect((await fetch(`${url}/api/v1/canary/status`, {headers})).status).toBe(200);
    await place.redis.start();
    await expect.poll(health).toBe(200);
  });

  test('begins while the store is away, says so, and serves what is there once it is back', async () => {
    await using place = await redisPlace({appendonly: true});
    await startRelease(place);
    await place.redis.stop();
    const {server, url} = await openServer(place);
    await using _server = server;
    const health = async () => {
      const response = await fetch(`${url}/healthz`);
      return [response.status, ((await response.json()) as {state: string}).state];
    };
    expect(await health()).toEqual([503, 'away']);
    const headers = {authorization: `Bearer ${TOKEN}`};
    const status = async () => await fetch(`${url}/api/v1/canary/status?feature=${FEATURE}`, {headers});
    expect((await status()).ok).toBe(false);
    await place.redis.start();
    await expect.poll(health).toEqual([200, 'up']);
    await expect.poll(async () => (await status()).status).toBe(200);
    expect(await (await status()).json()).toMatchObject({feature: FEATURE, state: 'rolling'});
  });

  test('cuts off who never ends his request, while others are served', async () => {
    await using place = await redisPlace();
    await startRelease(place);
    const {server, url} = await openServer(place);
    await using _server = server;
    const {port} = new URL(url);
    const slow = Array.from({length: 50}, (_, index) => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.write(
        index % 2 === 0
          ? 'GET /api/v1/canary/status HTTP/1.1\r\nHost: x\r\nX-Slow: '
          : `POST /api/v1/canary/feedback HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\n` +
              'Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n{"type":',
      );
      const drip = setInterval(() => socket.write('x'), 200);
      socket.on('error', () => undefined);
      socket.resume();
      return new Promise<void>(resolve => {
        socket.on('close', () => {
          clearInterval(drip);
          resolve();
        });
      });
    });
    const headers = {authorization: `Bearer ${TOKEN}`};
    expect((await fetch(`${url}/api/v1/canary/status`, {headers})).status).toBe(200);
    await Promise.all(slow);
    expect((await fetch(`${url}/api/v1/canary/status`, {headers})).status).toBe(200);
  });
});

describe('serve does not begin', () => {
  test.for([
    [[], null, /--tokens FILE/u],
    [['--tokens', 'none'], null, /is not there/u],
    [['--tokens', 'tokens', '--listen', '80'], 0o600, /127\.0\.0\.1:8080/u],
    [['--tokens', 'tokens', '--listen', '1.2.3.4:0'], 0o600, /no address of this host/u],
    [['--tokens', 'tokens', '--allow-origin', 'https://a/b'], 0o600, /origins/u],
    [['--tokens', 'tokens'], 0o640, /chmod 600/u],
    [['--tokens', 'tokens'], 0o604, /chmod 600/u],
  ] as const)('without what it needs: %j', async ([words, mode, why]) => {
    await using place = await Workplace.open();
    await place.run('start', 'v1', '--feature', 'pay', '--yes');
    await tokensIn(place);
    if (mode !== null) await chmod(join(place.folder, 'tokens'), mode);
    const ran = await place.run('serve', ...words, '--json');
    expect(ran).toMatchObject({exitCode: 2, stdout: ''});
    expect(JSON.stringify(errorOf(ran))).toMatch(why);
    expect(ran.stderr).not.toContain(TOKEN);
  });

  test('with mistakes in the file of tokens, each told by its line', async () => {
    await using place = await Workplace.open();
    await tokensIn(place, `ci read ${TOKEN}\nb admin ${TOKEN}2\nc read kürz\n`);
    const ran = await place.run('serve', '--tokens', 'tokens');
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toMatch(/tokens:2: scopes are.*\n.*tokens:3: the token has up to 512/u);
    expect(ran.stderr).not.toMatch(/0123|kürz/u);
  });
});
