import {Redis} from 'ioredis';
import {spawn, spawnSync, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {createConnection} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {freeze} from './freeze.ts';
import {noteMissing} from './missing.ts';
import type {Network} from './network.ts';
import {freePort} from './ports.ts';
import {PATIENCE_MS} from '../patience.ts';

const PROGRAM = 'redis-server';
const HERE = '127.0.0.1';

/** True where there is no redis-server. In CI that is an error. */
export const redisMissing = spawnSync(PROGRAM, ['--version']).error !== undefined;
if (redisMissing) noteMissing(PROGRAM, 'the store on Redis');

export interface RedisOptions {
  appendonly?: boolean;
  /** Bytes; with the policy that a log needs, noeviction. */
  maxmemory?: number;
  requirepass?: string;
  /** Lines of an ACL file: `user liu on >secret …`. */
  acl?: string[];
  replicaof?: {port: number};
  cluster?: boolean;
  /** Any other setting, as in a configuration file. */
  settings?: Record<string, string>;
  /** It runs on the host of this network. */
  network?: Pick<Network, 'host' | 'command'>;
  /** Runs as a sentinel: these lines are its configuration. */
  sentinel?: string[];
}

/** A real server on its own port, in its own folder. */
export interface RedisServer {
  readonly port: number;
  readonly folder: string;
  /** 127.0.0.1, or its host in another network. */
  readonly host: string;
  /** `redis://HOST:PORT/0`, without a password. */
  readonly url: string;
  readonly pid: number;
  /** For what a test does past the adapter; connects when it is first used. Has every right. */
  readonly admin: Redis;
  /** Ends it in peace; folder and port stay. */
  stop(): Promise<void>;
  /** Ends it between two instructions. */
  kill(): Promise<void>;
  /** Resolves once it has ended, whoever ended it. */
  ended(): Promise<void>;
  /** Starts it again on the same port and folder, with these settings beside its own. */
  start(settings?: Record<string, string>): Promise<void>;
  /** It keeps its connections and answers nothing. */
  freeze(): void;
  thaw(): void;
  /** Ends it and takes its folder away. */
  dispose(): Promise<void>;
}

export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'graydeck-redis-'));
  const port = await freePort();
  const host = options.network?.host ?? HERE;
  if (options.acl !== undefined) await writeFile(join(folder, 'users.acl'), `${options.acl.join('\n')}\n`);
  const busPort = options.cluster === true ? await freePort() : port;
  let child = await launch(folder, port, {
    ...options,
    settings: {...options.settings, ...busOf(port, busPort)},
  });
  let admin: Redis | null = null;

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    admin?.disconnect();
    admin = null;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    // A frozen process ends only once it runs again.
    child.kill('SIGCONT');
    child.kill(signal);
    await ended;
  };
  return {
    port,
    folder,
    host,
    url: `redis://${host}:${port}/0`,
    get pid() {
      return child.pid ?? -1;
    },
    get admin() {
      admin ??= new Redis({
        port,
        host,
        ...(options.requirepass !== undefined && {password: options.requirepass}),
        retryStrategy: () => 50,
      }).on('error', () => undefined);
      return admin;
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    async ended() {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
    start: async settings => {
      const more = {...options.settings, ...busOf(port, busPort), ...settings};
      child = await launch(folder, port, {...options, settings: more});
    },
    freeze: () => freeze(child.pid ?? -1),
    thaw: () => void child.kill('SIGCONT'),
    dispose: async () => {
      await end('SIGKILL');
      await rm(folder, {recursive: true, force: true});
    },
  };
}

/** The port by which nodes of a cluster talk; the default, 10000 more, may not exist. */
function busOf(port: number, busPort: number): Record<string, string> {
  return port === busPort ? {} : {'cluster-port': String(busPort)};
}

async function launch(folder: string, port: number, options: RedisOptions): Promise<ChildProcess> {
  const {host, command} = options.network ?? {host: HERE, command: []};
  const settings: Record<string, string> = {
    port: String(port),
    bind: host,
    ...(host !== HERE && {'protected-mode': 'no'}),
    dir: folder,
    logfile: join(folder, 'redis.log'),
    save: '',
    appendonly: options.appendonly === true ? 'yes' : 'no',
    // A test that kills the server asks what was acknowledged, not what the disk had time for.
    appendfsync: 'always',
    ...(options.maxmemory !== undefined && {maxmemory: String(options.maxmemory)}),
    'maxmemory-policy': 'noeviction',
    ...(options.requirepass !== undefined && {requirepass: options.requirepass}),
    ...(options.acl !== undefined && {aclfile: join(folder, 'users.acl')}),
    ...(options.replicaof !== undefined && {replicaof: `127.0.0.1 ${options.replicaof.port}`}),
    ...(options.cluster === true && {'cluster-enabled': 'yes', 'cluster-node-timeout': '60000'}),
    ...options.settings,
  };
  const args =
    options.sentinel === undefined
      ? Object.entries(settings).flatMap(([name, value]) => [`--${name}`, ...wordsOf(name, value)])
      : [await sentinelFile(folder, port, options.sentinel), '--sentinel'];
  const [program = PROGRAM, ...words] = [...command, PROGRAM, ...args];
  const child = spawn(program, words, {stdio: 'ignore'});
  const orphaned = (): void => void child.kill('SIGKILL');
  process.once('exit', orphaned);
  child.once('exit', () => process.off('exit', orphaned));
  await ready(child, {port, host}, join(folder, 'redis.log'));
  return child;
}

/** A sentinel writes into its configuration what it learns: it needs a file of its own. */
async function sentinelFile(folder: string, port: number, lines: string[]): Promise<string> {
  const path = join(folder, 'sentinel.conf');
  const own = [`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`, `logfile ${join(folder, 'redis.log')}`];
  await writeFile(path, `${[...own, ...lines].join('\n')}\n`);
  return path;
}

/** An empty value is a word of its own; others are as many words as they show. */
function wordsOf(name: string, value: string): string[] {
  return name === 'save' || !value.includes(' ') ? [value] : value.split(' ');
}

/** Until it answers a PING, with an error or without. @throws when it ends instead, with the end of its log */
async function ready(child: ChildProcess, at: {port: number; host: string}, log: string): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ping(at).catch(() => '');
    if (answer.startsWith('+PONG') || answer.startsWith('-NOAUTH') || answer.startsWith('-MASTERDOWN'))
      return;
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > until) {
      child.kill('SIGKILL');
      const tail = (await readFile(log, 'utf8').catch(() => '')).slice(-800);
      throw new Error(`redis-server on port ${at.port} does not serve:\n${tail}`);
    }
    await delay(10);
  }
}

function ping(at: {port: number; host: string}): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(at);
    socket.setTimeout(500, () => socket.destroy(new Error('no answer')));
    socket.once('error', reject);
    socket.once('data', chunk => {
      socket.destroy();
      resolve(chunk.toString());
    });
    socket.write('PING\r\n');
  });
}
