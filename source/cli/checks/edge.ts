import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {plainText} from '../../text/plain-text.ts';
import {exposureBound} from '../../nginx/agent.ts';
import {openEdge} from '../../nginx/edge.ts';
import {hashOf} from '../../nginx/render.ts';
import {STALE_AFTER_MS} from '../../release/split.ts';
import {edgeConfigOf} from '../agent/heartbeat.ts';
import type {Settings} from '../session/settings.ts';
import {type Finding, doubt, fine, wrong} from './finding.ts';

const DUMP_MS = 4000;
const LONGEST_DUMP = 16 * 1024 * 1024;
const UNITS: Readonly<Record<string, number>> = {ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000};

/**
 * Whether nginx ends its old workers as soon as the bound says. Nothing where its configuration cannot be dumped.
 * @param test the command that tests it: with `-T` instead of `-t` it tells it
 */
export async function checkWorkerShutdown(test: readonly string[], shutdownMs: number): Promise<Finding[]> {
  const [program = '', ...args] = test.map(word => (word === '-t' ? '-T' : word));
  if (!args.includes('-T')) return [];
  const {stdout} = await promisify(execFile)(program, args, {
    timeout: DUMP_MS,
    maxBuffer: LONGEST_DUMP,
  }).catch(() => ({stdout: ''}));
  return findShutdown(stdout, shutdownMs);
}

/** What a dump of nginx's configuration says of it. Pure. */
export function findShutdown(dump: string, shutdownMs: number): Finding[] {
  if (!dump.includes('# configuration file')) return [];
  const plain = dump.replaceAll(/#.*$/gm, '');
  const found = /(?:^|[;{}\s])worker_shutdown_timeout\s+(?<number>\d+)(?<unit>ms|[smhd])?\s*;/.exec(
    plain,
  )?.groups;
  const remedy = `worker_shutdown_timeout ${Math.max(1, Math.round(shutdownMs / 1000))}s; in nginx.conf, above http`;
  if (found === undefined)
    return [
      doubt(
        'nginx',
        'it sets no worker_shutdown_timeout: a request under way, or a WebSocket, may stay with gray as long as it lasts',
        remedy,
      ),
    ];
  const ms = Number(found['number']) * (UNITS[found['unit'] ?? 's'] ?? 1000);
  if (ms <= shutdownMs) return [];
  const text = `its worker_shutdown_timeout is ${ms / 1000} s, and shutdown: in the configuration says ${shutdownMs / 1000} s`;
  return [doubt('nginx', text, remedy)];
}

const CHECK = 'nginx';
const TEST_MS = 4000;

/** Whether this host's nginx takes its configuration and works by the agent's file, and how long it may lag behind. */
export async function checkEdge(settings: Pick<Settings, 'config'>): Promise<Finding[]> {
  const config = edgeConfigOf(settings);
  if (config === null) return [];
  const {site, include, test, watchdogMs, shutdownMs} = config;
  const edge = openEdge({...config, probe: site.probe});
  const file = plainText(include, 120);
  const [text, answer, said, shutdown] = await Promise.all([
    edge.read(),
    edge.ask(),
    edge.test(AbortSignal.timeout(TEST_MS)),
    checkWorkerShutdown(test, shutdownMs),
  ]);
  const hash = text === null ? null : hashOf(text);
  const bound = exposureBound(null, config, STALE_AFTER_MS) / 1000;
  const parts = `${STALE_AFTER_MS / 1000} s stale, ${watchdogMs / 1000} s watchdog, ${shutdownMs / 1000} s worker_shutdown_timeout`;
  return [
    ...(hash === null ? [wrong(CHECK, `${file} is not there, or no agent wrote it`, 'graydeck agent')] : []),
    ...(said === null
      ? []
      : [wrong(CHECK, `it refuses its configuration: ${plainText(said.text, 200)}`, test.join(' '))]),
    standing(`${site.probe.host}:${site.probe.port}`, file, hash, answer),
    ...shutdown,
    fine(CHECK, `cut off, no user is on gray after ${bound} s at most: ${parts}`),
  ];
}

function standing(address: string, file: string, hash: string | null, answer: string | null): Finding {
  if (answer === null)
    return doubt(
      CHECK,
      `no answer at ${address}: the file that nginx uses is not known`,
      `start nginx, with "include ${file};" in its http block`,
    );
  return answer === hash
    ? fine(CHECK, `nginx uses ${file}`)
    : doubt(CHECK, `nginx uses another file than ${file}`, 'nginx -s reload, or start graydeck agent');
}
