import {execFileSync, spawn} from 'node:child_process';
import {chmod, lstat, mkdtemp, readFile, rm, stat, symlink, writeFile} from 'node:fs/promises';
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

describe('a folder that another user owns', () => {
  test('has links where the agent writes and reads: none is followed, and what they point at stays as it is', async () => {
    const at = await folder();
    const include = join(at, 'graydeck.conf');
    const secret = join(at, 'shadow');
    await writeFile(secret, 'root:secret', {mode: 0o600});
    const edge = openEdge({include, test: ['true'], reload: {argv: ['true']}, probe: {host: '::1', port: 9}});
    const links = ['.next', '.previous', '.prod', '.prod.next', ''].map(end => `${include}${end}`);
    for (const path of links) await symlink(secret, path);
    expect(await edge.read()).toBeNull();
    expect(await edge.readFallback()).toBeNull();
    expect([await edge.put('# one'), await edge.putFallback('# prod')]).toEqual([null, null]);
    expect(await readFile(secret, 'utf8')).toBe('root:secret');
    expect((await stat(secret)).mode & 0o777).toBe(0o600);
    expect([await edge.read(), await edge.readFallback()]).toEqual(['# one', '# prod']);
    for (const path of [include, `${include}.prod`]) {
      const found = await lstat(path);
      expect({isFile: found.isFile(), mode: (found.mode & 0o777).toString(8)}).toEqual({
        isFile: true,
        mode: '640',
      });
    }
  });

  test('has a pipe in place of the file: it keeps no agent waiting', async () => {
    const include = join(await folder(), 'graydeck.conf');
    execFileSync('mkfifo', [include]);
    const edge = openEdge({include, test: ['true'], reload: {argv: ['true']}, probe: {host: '::1', port: 9}});
    expect(await edge.read()).toBeNull();
    expect(await edge.put('# one')).toBeNull();
    expect(await edge.read()).toBe('# one');
  });

  test('is no reason to run as root: the unit runs as a user of its own', async () => {
    const unit = await readFile(
      new URL('../../fixtures/deploy/graydeck-agent.service', import.meta.url),
      'utf8',
    );
    expect(/^User=(?<user>.*)$/mu.exec(unit)?.groups?.['user']).toBe('graydeck');
    expect(/^CapabilityBoundingSet=(?<set>.*)$/mu.exec(unit)?.groups?.['set']).not.toMatch(
      /CHOWN|SYS_ADMIN|SETUID/u,
    );
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
