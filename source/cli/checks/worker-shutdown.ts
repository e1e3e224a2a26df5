import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {doubt, type Finding} from './finding.ts';

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
