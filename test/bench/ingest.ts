/**
 * How many entries a reader takes in, for a second of its CPU: from the stream in Redis to the windows, beside the
 * client library doing the same. A fresh process each time, interleaved. An entry is one request, or with --batch a
 * sketch of so many, as the SDK sends them.
 *
 * `node test/bench/ingest.ts [--count 300000] [--batch 250] [--rounds 3] [--json]`
 */
import {execFile} from 'node:child_process';
import {cpus, loadavg} from 'node:os';
import {parseArgs, promisify} from 'node:util';
import {LogHistogram} from '../../source/analysis/sketches/log-histogram.ts';
import {encodeSample} from '../../source/metrics/encode.ts';
import {openStore} from '../../source/store/open.ts';
import {startRedis} from '../servers/redis.ts';
import {median} from './quantile.ts';
import {keepRow} from './rows.ts';

const {values} = parseArgs({
  options: {
    count: {type: 'string', default: '300000'},
    batch: {type: 'string', default: '1'},
    rounds: {type: 'string', default: '3'},
    json: {type: 'boolean', default: false},
  },
});
const count = Number(values.count);
const requests = Number(values.batch);
const MODES = ['ours', 'ours-read', 'client', 'client-read'] as const;
const READER = new URL('ingest-reader.ts', import.meta.url).pathname;

function entry(n: number): string[] {
  const side = n % 5 === 0 ? 'gray' : 'prod';
  if (requests === 1) {
    const time = String(20 + ((n * 7919) % 400));
    return ['side', side, 'requests', '1', 'response_time', time, 'errors', '0', 'conversions', '1'];
  }
  const times = new LogHistogram();
  for (let m = 0; m < requests; m++) times.add(20 + ((n * 7919 + m * 104_729) % 400));
  const counters = {requests, errors: 1, conversions: 3};
  return encodeSample({side, counters, distributions: {response_time: times}, instance: 'web-3', seq: n});
}

const server = await startRedis();
try {
  const store = await openStore(server.url, 'operator', {env: {}});
  const {samples} = store.feature('bench');
  const began = performance.now();
  for (let n = 0; n < count; n += 10_000) {
    const batch = Array.from({length: Math.min(10_000, count - n)}, (_, m) => entry(n + m));
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
  const eachOf = (mode: string) => figures.find(one => one.mode === mode)?.microsecondsEach ?? Number.NaN;
  keepRow({
    bench: 'ingest',
    what: `reading an entry of ${requests} requests, CPU`,
    unit: 'µs',
    better: 'lower',
    ours: eachOf('ours'),
    peer: {name: 'ioredis', value: eachOf('client')},
    goal: 1.4,
  });
  const load = loadavg().map(value => value.toFixed(2));
  if (values.json) {
    process.stdout.write(
      `${JSON.stringify({count, requests, cpus: cpus().length, load, writtenPerSecond, figures})}\n`,
    );
  } else {
    process.stdout.write(`${count} entries of ${requests}, ${cpus().length} CPUs, load ${load.join(' ')}\n`);
    for (const {mode, microsecondsEach, perCpuSecond, perSecond} of figures) {
      const told = `${microsecondsEach} µs CPU each, ${perCpuSecond} a CPU second, ${perSecond} a second`;
      process.stdout.write(`${mode.padEnd(12)} ${told}\n`);
    }
    process.stdout.write(`written      ${Math.round(writtenPerSecond)} a second, by one writer\n`);
  }
} finally {
  await server.dispose();
}
