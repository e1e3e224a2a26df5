/**
 * How many samples of one request each a reader takes in, for a second of its CPU: from the stream in Redis to the
 * windows, beside the client library doing the same. A fresh process each time, interleaved.
 *
 * `node test/bench/ingest.ts [--count 300000] [--rounds 3] [--json]`
 */
import {execFile} from 'node:child_process';
import {cpus, loadavg} from 'node:os';
import {parseArgs, promisify} from 'node:util';
import {openStore} from '../../source/store/open.ts';
import {startRedis} from '../servers/redis.ts';
import {median} from './quantile.ts';

const {values} = parseArgs({
  options: {
    count: {type: 'string', default: '300000'},
    rounds: {type: 'string', default: '3'},
    json: {type: 'boolean', default: false},
  },
});
const count = Number(values.count);
const MODES = ['ours', 'ours-read', 'client', 'client-read'] as const;
const READER = new URL('ingest-reader.ts', import.meta.url).pathname;

const server = await startRedis();
try {
  const store = await openStore(server.url, 'operator', {env: {}});
  const {samples} = store.feature('bench');
  const began = performance.now();
  for (let n = 0; n < count; n += 10_000) {
    const batch = Array.from({length: Math.min(10_000, count - n)}, (_, m) => {
      const time = String(20 + (((n + m) * 7919) % 400));
      const side = (n + m) % 5 === 0 ? 'gray' : 'prod';
      return ['side', side, 'requests', '1', 'response_time', time, 'errors', '0', 'conversions', '1'];
    });
    await samples.write(batch, 3_600_000);
  }
  const writtenPerSecond = count / ((performance.now() - began) / 1000);
  await store.close();

  const cpuMs = new Map<string, number[]>();
  const wallMs = new Map<string, number[]>();
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const mode of MODES) {
      const {stdout} = await promisify(execFile)(process.execPath, [
        READER,
        server.url,
        'bench',
        String(count),
        mode,
      ]);
      const took = JSON.parse(stdout) as {cpuMs: number; wallMs: number};
      cpuMs.set(mode, [...(cpuMs.get(mode) ?? []), took.cpuMs]);
      wallMs.set(mode, [...(wallMs.get(mode) ?? []), took.wallMs]);
    }
  }
  const figures = MODES.map(mode => ({
    mode,
    microsecondsEach: Math.round((median(cpuMs.get(mode) ?? []) * 100_000) / count) / 100,
    perCpuSecond: Math.round(count / (median(cpuMs.get(mode) ?? []) / 1000)),
    perSecond: Math.round(count / (median(wallMs.get(mode) ?? []) / 1000)),
  }));
  const load = loadavg().map(value => value.toFixed(2));
  if (values.json) {
    process.stdout.write(
      `${JSON.stringify({count, cpus: cpus().length, load, writtenPerSecond, figures})}\n`,
    );
  } else {
    process.stdout.write(`${count} entries, ${cpus().length} CPUs, load ${load.join(' ')}\n`);
    for (const {mode, microsecondsEach, perCpuSecond, perSecond} of figures) {
      const told = `${microsecondsEach} µs CPU each, ${perCpuSecond} a CPU second, ${perSecond} a second`;
      process.stdout.write(`${mode.padEnd(12)} ${told}\n`);
    }
    process.stdout.write(`written      ${Math.round(writtenPerSecond)} a second, by one writer\n`);
  }
} finally {
  await server.dispose();
}
