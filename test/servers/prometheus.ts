import {spawn, spawnSync, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {openSync, closeSync} from 'node:fs';
import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {Registry} from 'prom-client';
import {stringify} from 'yaml';
import {freeze} from './freeze.ts';
import {noteMissing} from './missing.ts';
import {freePort} from './ports.ts';
import {PATIENCE_MS} from '../patience.ts';

const PROGRAM = 'prometheus';
const EXPORTER = 'prometheus-node-exporter';

/** True where there is no prometheus. In CI that is an error. */
export const prometheusMissing = isMissing(PROGRAM, 'numbers by Prometheus');
/** True where there is no node_exporter. */
export const exporterMissing = isMissing(EXPORTER, 'the built-in queries for CPU and memory');

function isMissing(program: string, unproved: string): boolean {
  if (spawnSync(program, ['--version']).error === undefined) return false;
  noteMissing(program, unproved);
  return true;
}

/** What Prometheus scrapes, with the labels that it gives to it. */
export interface ScrapeTarget {
  address: string;
  labels?: Record<string, string>;
}

export interface PrometheusOptions {
  /** Seconds between two scrapes. */
  scrapeSeconds?: number;
  targets?: ScrapeTarget[];
  /** User and bcrypt hash of the password, as `web.config.file` wants them. */
  users?: Record<string, string>;
  /** Features of Prometheus that are off by default. */
  features?: string[];
}

/** A real server on its own port, in its own folder. */
export interface PrometheusServer {
  readonly port: number;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** The first number a query gives, past the adapter; null without any. */
  ask(query: string): Promise<number | null>;
  /** Resolves once a query gives a number that will do. */
  until(query: string, fits?: (value: number) => boolean): Promise<number>;
  /** Scrapes these targets from now on. */
  scrape(targets: ScrapeTarget[]): Promise<void>;
  /** Ends it; folder and port stay. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** It keeps its connections and answers nothing. */
  freeze(): void;
  thaw(): void;
  /** Ends it and takes its folder away. */
  dispose(): Promise<void>;
}

export async function startPrometheus(options: PrometheusOptions = {}): Promise<PrometheusServer> {
  const folder = await mkdtemp(join(tmpdir(), 'graydeck-prometheus-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  await configure(folder, options);
  let child = await launch(folder, port, options);
  const end = (): Promise<void> => stopProcess(child);

  const ask = async (query: string): Promise<number | null> => {
    const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`);
    const body = (await response.json()) as {data?: {result?: {value?: [number, string]}[]}};
    const text = body.data?.result?.[0]?.value?.[1];
    return text === undefined ? null : Number(text);
  };
  return {
    port,
    url,
    ask,
    async until(query, fits = () => true) {
      const until = Date.now() + PATIENCE_MS;
      for (;;) {
        const value = await ask(query).catch(() => null);
        if (value !== null && fits(value)) return value;
        if (Date.now() > until) throw new Error(`${query} still gives ${value}`);
        await delay(50);
      }
    },
    async scrape(targets) {
      await configure(folder, {...options, targets});
      await fetch(`${url}/-/reload`, {method: 'POST'});
    },
    stop: end,
    start: async () => {
      child = await launch(folder, port, options);
    },
    freeze: () => freeze(child.pid ?? -1),
    thaw: () => void child.kill('SIGCONT'),
    dispose: async () => {
      await end();
      await rm(folder, {recursive: true, force: true});
    },
  };
}

async function configure(
  folder: string,
  {targets = [], scrapeSeconds = 1, users}: PrometheusOptions,
): Promise<void> {
  const every = `${scrapeSeconds}s`;
  const config = {
    global: {scrape_interval: every, scrape_timeout: every, evaluation_interval: every},
    scrape_configs: [
      {
        job_name: 'service',
        honor_timestamps: true,
        static_configs: targets.map(({address, labels = {}}) => ({targets: [address], labels})),
      },
    ],
  };
  await writeFile(join(folder, 'prometheus.yml'), stringify(config));
  if (users !== undefined) await writeFile(join(folder, 'web.yml'), stringify({basic_auth_users: users}));
}

async function launch(
  folder: string,
  port: number,
  {users, features = []}: PrometheusOptions,
): Promise<ChildProcess> {
  const args = [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--web.enable-lifecycle',
    '--query.timeout=10s',
    '--query.max-concurrency=4',
    ...(features.length === 0 ? [] : [`--enable-feature=${features.join(',')}`]),
    ...(users === undefined ? [] : [`--web.config.file=${join(folder, 'web.yml')}`]),
  ];
  return await startProcess(
    PROGRAM,
    args,
    join(folder, 'prometheus.log'),
    `http://127.0.0.1:${port}/-/ready`,
  );
}

/** A node_exporter of its own. */
export async function startNodeExporter(): Promise<{address: string; dispose(): Promise<void>}> {
  const folder = await mkdtemp(join(tmpdir(), 'graydeck-exporter-'));
  const port = await freePort();
  const args = [
    `--web.listen-address=127.0.0.1:${port}`,
    '--collector.disable-defaults',
    '--collector.cpu',
    '--collector.meminfo',
  ];
  const child = await startProcess(EXPORTER, args, join(folder, 'exporter.log'), `http://127.0.0.1:${port}/`);
  return {
    address: `127.0.0.1:${port}`,
    dispose: async () => {
      await stopProcess(child);
      await rm(folder, {recursive: true, force: true});
    },
  };
}

async function startProcess(
  program: string,
  args: string[],
  log: string,
  ready: string,
): Promise<ChildProcess> {
  const output = openSync(log, 'a');
  const child = spawn(program, args, {stdio: ['ignore', output, output]});
  closeSync(output);
  const orphaned = (): void => void child.kill('SIGKILL');
  process.once('exit', orphaned);
  child.once('exit', () => process.off('exit', orphaned));
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const status = await fetch(ready).then(
      response => response.status,
      () => 0,
    );
    // 401: it is up and wants a password.
    if (status === 200 || status === 401) return child;
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > until) {
      child.kill('SIGKILL');
      const tail = (await readFile(log, 'utf8').catch(() => '')).slice(-800);
      throw new Error(`${program} does not serve:\n${tail}`);
    }
    await delay(50);
  }
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  // A frozen process ends only once it runs again.
  child.kill('SIGCONT');
  child.kill('SIGKILL');
  await ended;
}

/** Answers a request, now or later. */
type Answering = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A little HTTP server of the test, for what is scraped and for what answers as Prometheus never would. */
export interface Stand {
  readonly port: number;
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  readonly url: string;
  /** Answers differently from now on. */
  answer(listener: Answering): void;
  close(): Promise<void>;
}

export async function startStand(listener: Answering): Promise<Stand> {
  let current = listener;
  const server: Server = createServer((request, response) => void current(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  return {
    port,
    address: `127.0.0.1:${port}`,
    url: `http://127.0.0.1:${port}`,
    answer: next => {
      current = next;
    },
    close: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A service with metrics of its own, as prom-client serves them. */
export async function startTarget(): Promise<Stand & {registry: Registry}> {
  const registry = new Registry();
  const tell: Answering = async (_, response) => {
    const text = await registry.metrics();
    response.setHeader('content-type', registry.contentType);
    response.end(text);
  };
  return {...(await startStand(tell)), registry};
}
