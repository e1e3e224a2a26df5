import {spawn} from 'node:child_process';
import {chmod, mkdtemp, rm, stat, writeFile} from 'node:fs/promises';
import {createServer, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {openEdge} from '../../source/nginx/edge.ts';

/** Somebody else on the port of the probe. */
async function stranger(answer: (response: ServerResponse) => void) {
  const server = createServer((_, response) => answer(response));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const {port} = server.address() as AddressInfo;
  const probe = {host: '127.0.0.1', port};
  return {
    edge: openEdge({include: 'none.conf', test: ['true'], reload: {argv: ['true']}, probe}),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

describe('whoever answers where nginx is asked', () => {
  test('and never comes to an end keeps no agent waiting', async () => {
    await using other = await stranger(response => {
      const drops = setInterval(() => response.write('.'), 100);
      response.on('close', () => clearInterval(drops));
    });
    expect(await other.edge.ask()).toBeNull();
  });
});

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'graydeck-edge-'));
  onTestFinished(() => rm(path, {recursive: true}));
  return path;
}

describe('the include file', () => {
  test('names people, and is read by its group at most, unless the one in place may be read by others', async () => {
    const include = join(await folder(), 'graydeck.conf');
    const edge = openEdge({include, test: ['true'], reload: {argv: ['true']}, probe: {host: '::1', port: 9}});
    const modes = async () =>
      await Promise.all(
        [include, `${include}.prod`].map(async path => ((await stat(path)).mode & 0o777).toString(8)),
      );
    const put = async (text: string) => [await edge.put(text), await edge.putFallback(text)];
    expect(await put('# one')).toEqual([null, null]);
    expect(await modes()).toEqual(['640', '640']);
    await chmod(include, 0o644);
    expect(await put('# two')).toEqual([null, null]);
    expect(await modes()).toEqual(['644', '644']);
  });
});

describe.runIf(process.platform === 'linux')('a pid file that was left behind', () => {
  test('signals nobody: its number is that of another program by now', async () => {
    const pidFile = join(await folder(), 'nginx.pid');
    const other = spawn('sleep', ['60'], {stdio: 'ignore'});
    onTestFinished(() => void other.kill());
    await writeFile(pidFile, `${other.pid}\n`);
    const edge = openEdge({
      include: 'none.conf',
      test: ['true'],
      reload: {pidFile},
      probe: {host: '::1', port: 9},
    });
    expect(await edge.reload(AbortSignal.timeout(5000))).toEqual({
      code: 'not-running',
      text: `${pidFile} is stale: process ${other.pid} is no master process of an nginx`,
    });
    expect(other.signalCode).toBeNull();
  });
});
