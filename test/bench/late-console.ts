/**
 * How long a console that is opened late takes to show numbers: 15 minutes of a service with many instances lie in a real
 * redis-server, raw and rolled up, and go on meanwhile.
 *
 * `node test/bench/late-console.ts [--instances 1000] [--minutes 15] [--runs 5] [--no-roll-ups] [--json]`
 */
import {mkdtemp, rm} from 'node:fs/promises';
import {cpus, loadavg, tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import {Redis} from 'ioredis';
import {DistinctSketch} from '../../source/analysis/sketches/distinct-sketch.ts';
import {LogHistogram} from '../../source/analysis/sketches/log-histogram.ts';
import {encodeTally} from '../../source/analysis/windows/roll-up.ts';
import {Sample} from '../../source/analysis/sample.ts';
import {Windows} from '../../source/analysis/windows/windows.ts';
import {builtInPlan} from '../../source/config/plan/built-in.ts';
import {openController} from '../../source/controller/controller.ts';
import {arrivals, normal, seeded} from '../../source/demo/behaviour.ts';
import {encodeSample} from '../../source/metrics/encode.ts';
import {keepRollUps} from '../../source/metrics/keep-roll-ups.ts';
import {SampleParser} from '../../source/metrics/sample.ts';
import {openStore} from '../../source/store/open.ts';
import {buildProgram} from '../build.ts';
import {startRedis} from '../servers/redis.ts';
import {median} from './quantile.ts';
import {readUsage} from './usage.ts';
import {watch} from './watch.ts';

const {values} = parseArgs({
  options: {
    instances: {type: 'string', default: '1000'},
    minutes: {type: 'string', default: '15'},
    runs: {type: 'string', default: '5'},
    'no-roll-ups': {type: 'boolean', default: false},
    json: {type: 'boolean', default: false},
  },
});
const [instances, minutes, runs] = [Number(values.instances), Number(values.minutes), Number(values.runs)];
const FEATURE = 'checkout';
const KEY = `graydeck:{${FEATURE}}:metrics`;
const GRAY_SHARE = 0.1;
const REQUESTS_EACH = 5;
const random = seeded(11);

/** What one instance sends of a side in a second. */
function entry(side: 'prod' | 'gray', mean: number, release: string, split: number): string[] {
  const requests = Math.max(1, arrivals(mean, random));
  const times = new LogHistogram();
  const users = new DistinctSketch();
  for (let index = 0; index < requests; index++) {
    times.add(60 * Math.exp(0.7 * normal(random)));
    users.add(`u-${Math.floor(random() * 50_000)}`);
  }
  const counters = {requests, errors: random() < 0.02 ? 1 : 0, conversions: random() < 0.2 ? 1 : 0};
  return encodeSample({side, release, split, counters, distributions: {response_time: times}, users});
}

const folder = await mkdtemp(join(tmpdir(), 'graydeck-bench-late-'));
await buildProgram(join(folder, 'program'));
const server = await startRedis();
const stop = new AbortController();
const redis = new Redis(server.port, '127.0.0.1');
const store = await openStore(server.url, 'operator', {env: {}});
const feature = store.feature(FEATURE);
const controller = openController({feature: FEATURE, log: feature.log, now: () => store.now()});
try {
  await controller.ready();
  await controller.execute(
    {type: 'start', release: 'r-1', version: 'v2', over: 'v1', plan: builtInPlan},
    {by: {name: 'bench', kind: 'person'}},
  );
  const {head} = controller.snapshot();
  const split = head?.version ?? 1;
  const side = (name: 'prod' | 'gray', mean: number) =>
    Array.from({length: 400}, () => entry(name, mean, 'r-1', split));
  // A few hundred different ones will do: what counts is how much there is to read, not which.
  const entries = {
    prod: side('prod', REQUESTS_EACH * (1 - GRAY_SHARE)),
    gray: side('gray', REQUESTS_EACH * GRAY_SHARE),
  };
  const windows = new Windows();
  windows.begin({release: 'r-1', splitVersion: split, since: 0});
  const parser = new SampleParser(windows.table);
  const sample = new Sample();

  /** One second of the service: every instance speaks of prod, and one in three of gray. */
  const second = (t: number): string[][] => {
    const sent = Array.from({length: instances}, (_, index) => entries.prod[index % 400]!);
    for (let index = 0; index < instances / 3; index++) sent.push(entries.gray[index % 400]!);
    for (const fields of sent)
      if (parser.parse(fields, t + 500, sample) === null) windows.add(sample, t + 1000);
    return sent;
  };
  const write = async (t: number | null, sent: readonly string[][]) => {
    const pipeline = redis.pipeline();
    for (const [index, fields] of sent.entries())
      pipeline.xadd(
        KEY,
        t === null ? '*' : `${t + Math.floor((index / sent.length) * 1000)}-${index}`,
        ...fields,
      );
    await pipeline.exec();
  };

  const began = Math.floor(store.now() / 1000) * 1000;
  let written = 0;
  let next = began - minutes * 60_000;
  // Time goes on while the past is written: until it has been caught up with.
  for (; next + 1000 <= store.now(); next += 1000) {
    const sent = second(next);
    written += sent.length;
    await write(next, sent);
    const tally = windows.rollUp(next);
    if (tally !== null && !values['no-roll-ups'])
      await feature.rollUps.write('seconds', [{t: next, body: encodeTally(tally)}], 3_600_000);
  }
  const fillSeconds = (Date.now() - began) / 1000;
  const living = (async () => {
    for (; !stop.signal.aborted; next += 1000) {
      await pause(Math.max(0, next + 1000 - store.now()), undefined, {signal: stop.signal}).catch(
        () => undefined,
      );
      await write(null, second(next));
    }
  })();
  const keeping = values['no-roll-ups']
    ? Promise.resolve()
    : keepRollUps({windows, shelf: feature.rollUps, now: () => store.now()}, stop.signal);
  await pause(6000);

  const argv = [
    process.execPath,
    join(folder, 'program', 'bin.js'),
    'watch',
    '--feature',
    FEATURE,
    '--store',
    server.url,
  ];
  const home = {HOME: folder, XDG_STATE_HOME: folder, XDG_CACHE_HOME: folder, XDG_CONFIG_HOME: folder};
  const firstScreen: number[] = [];
  const firstNumbers: number[] = [];
  const cpu: number[] = [];
  const memory: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const numbers = /error rate\s+\d/u;
    const watched = watch(argv as [string, ...string[]], {env: home, columns: 120, rows: 40}, numbers);
    try {
      await watched.terminal.until(numbers, 60_000);
      const usage = readUsage(watched.terminal.pid);
      // The first start ever compiles; what it leaves is what every later one finds.
      if (run > 0) {
        firstScreen.push(watched.firstScreenMs() ?? Number.NaN);
        firstNumbers.push(watched.firstNumbersMs() ?? Number.NaN);
        cpu.push(usage.cpuSeconds);
        memory.push(usage.rssMiB);
      }
      watched.terminal.press('q');
      await watched.terminal.exit();
    } finally {
      await watched.terminal.close();
    }
  }
  stop.abort();
  await Promise.all([living, keeping]);
  const rounded = (list: readonly number[]) => list.map(value => Math.round(value));
  const figures = {
    instances,
    minutes,
    entries: written,
    fillSeconds: Math.round(fillSeconds),
    firstScreenMs: Math.round(median(firstScreen)),
    firstNumbersMs: Math.round(median(firstNumbers)),
    eachMs: rounded(firstNumbers),
    cpuSeconds: Number(median(cpu).toFixed(2)),
    rssMiB: Math.round(median(memory)),
  };
  const where = `${cpus()[0]?.model ?? 'unknown'}, load ${loadavg()[0]?.toFixed(1) ?? '?'}`;
  process.stdout.write(
    values.json
      ? `${JSON.stringify({...figures, where})}\n`
      : `first numbers after ${figures.firstNumbersMs} ms (goal 1000; ${figures.eachMs.join(', ')}), first screen after ` +
          `${figures.firstScreenMs} ms, ${figures.cpuSeconds} s of CPU and ${figures.rssMiB} MiB until then; ` +
          `${written} entries of ${instances} instances in ${minutes} min. ${where}\n`,
  );
} finally {
  stop.abort();
  redis.disconnect();
  await controller.close();
  await store.close();
  await server.dispose();
  await rm(folder, {recursive: true, force: true});
}
