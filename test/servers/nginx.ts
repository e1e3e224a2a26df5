import {spawn, spawnSync, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {chmod, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {connect} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {noteMissing} from './missing.ts';
import {PATIENCE_MS} from '../patience.ts';

/** Debian keeps it where the path of a person does not lead. */
export const NGINX = ['/usr/sbin/nginx', '/usr/local/sbin/nginx'].find(path => existsSync(path)) ?? 'nginx';

/** True where there is no nginx. In CI that is an error. */
export const nginxMissing = spawnSync(NGINX, ['-v']).error !== undefined;
if (nginxMissing) noteMissing('nginx', 'the routing of edges');

export interface NginxOptions {
  /** What stands in the `http` block; `FOLDER` is the server's own folder. */
  http: string;
  /** Files beside the configuration, by name, before it starts. */
  files?: Readonly<Record<string, string>>;
  /** Above everything: `worker_processes 2;`. */
  main?: string;
}

/** A real server in its own folder, with a master process, as a package would install it. */
export interface NginxServer {
  readonly folder: string;
  readonly config: string;
  readonly pidFile: string;
  /** Its master process. */
  readonly pid: number;
  write(name: string, text: string): Promise<void>;
  /** `nginx -t`: null where it takes the configuration, else what it says. */
  test(): string | null;
  reload(): void;
  log(): Promise<string>;
  /** How many workers have gone so far. */
  retired(): Promise<number>;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Ends it and takes its folder away. */
  dispose(): Promise<void>;
}

/** @throws when it does not take its configuration */
export async function startNginx({http, files = {}, main = ''}: NginxOptions): Promise<NginxServer> {
  const folder = await mkdtemp(join(tmpdir(), 'graydeck-nginx-'));
  await chmod(folder, 0o755);
  const config = join(folder, 'nginx.conf');
  const pidFile = join(folder, 'nginx.pid');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map(kind => `${kind}_temp_path ${join(folder, kind)};`)
    .join('\n');
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await writeFile(
    config,
    `${user}\n${main}\npid ${pidFile};\nerror_log ${join(folder, 'error.log')} notice;\n` +
      `events { worker_connections 1024; }\nhttp {\naccess_log off;\n${temporary}\n` +
      `keepalive_requests 1000000;\n${http.replaceAll('FOLDER', folder)}\n}\n`,
  );
  const argv = ['-c', config, '-e', join(folder, 'error.log'), '-p', folder];
  const log = () => readFile(join(folder, 'error.log'), 'utf8').catch(() => '');
  let child: ChildProcess;

  const start = async (): Promise<void> => {
    child = spawn(NGINX, [...argv, '-g', 'daemon off;'], {stdio: 'ignore'});
    const orphaned = (): void => void child.kill('SIGKILL');
    process.once('exit', orphaned);
    child.once('exit', () => process.off('exit', orphaned));
    const until = Date.now() + PATIENCE_MS;
    // The pid file is written before the workers are there; the first answer tells that they are.
    while (!(await readFile(pidFile, 'utf8').catch(() => '')).includes(String(child.pid))) {
      if (child.exitCode !== null || Date.now() > until)
        throw new Error(`nginx does not start:\n${(await log()).slice(-1500)}`);
      await delay(5);
    }
  };
  await start();
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  return {
    folder,
    config,
    pidFile,
    get pid() {
      return child.pid ?? -1;
    },
    write: (name, text) => writeFile(join(folder, name), text),
    test() {
      const {status, stderr} = spawnSync(NGINX, ['-t', ...argv], {encoding: 'utf8'});
      return status === 0 ? null : stderr;
    },
    reload: () => void child.kill('SIGHUP'),
    log,
    retired: async () => (await log()).match(/worker process \d+ exited/g)?.length ?? 0,
    stop,
    start,
    async dispose() {
      await stop();
      await rm(folder, {recursive: true, force: true});
    },
  };
}

/** A request by headers as bytes: what Node would not let through, too. */
export interface Asking {
  headers?: Readonly<Record<string, string>>;
  /** Header lines where a name comes more than once. */
  lines?: readonly (readonly [name: string, value: string])[];
  path?: string;
}

/** Bodies of the answers to many requests over one connection, in order. @throws when the connection ends early */
export async function askMany(port: number, requests: readonly Asking[]): Promise<string[]> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  await once(socket, 'connect');
  const bodies: string[] = [];
  let rest = '';
  let sent = 0;
  const send = () => {
    const batch = requests.slice(sent, sent + 50);
    sent += batch.length;
    const texts = batch.map(({headers = {}, lines = [], path = '/'}) => {
      const named = [...Object.entries(headers), ...lines].map(([name, value]) => `${name}: ${value}\r\n`);
      return `GET ${path} HTTP/1.1\r\nHost: edge\r\n${named.join('')}\r\n`;
    });
    socket.write(texts.join(''), 'latin1');
  };
  try {
    send();
    while (bodies.length < requests.length) {
      const [chunk] = (await once(socket, 'data', {signal: AbortSignal.timeout(PATIENCE_MS)})) as [Buffer];
      rest += chunk.toString('latin1');
      for (;;) {
        const answer = /^[\s\S]*?content-length: (\d+)\r\n[\s\S]*?\r\n\r\n/i.exec(rest);
        const end = answer === null ? Infinity : answer[0].length + Number(answer[1]);
        if (answer === null || rest.length < end) break;
        bodies.push(rest.slice(answer[0].length, end));
        rest = rest.slice(end);
      }
      if (bodies.length === sent && sent < requests.length) send();
    }
    return bodies;
  } finally {
    socket.destroy();
  }
}
