/**
 * What a headless guard costs and how soon it acts, on a real redis-server, at default settings:
 *
 *     node test/bench/guard.ts [--runs 21] [--features 50] [--seconds 60] [--json]
 *
 * First `runs` releases without a single limit of their own, 50 gray requests a second and 950 of prod, errors 0.5 % on
 * both sides until gray's rise to 50 %: the time from the first bad request to the rollback in the log. It begins
 * anywhere in a second, and is judged 0.4 s after the end of that one or the next: medians of few runs differ by half a
 * second by where they happened to begin. Then `features`
 * releases with traffic on each: CPU time of the guard's process.
 */
import {mkdtemp, rm} from 'node:fs/promises';
import {cpus, loadavg, tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import {execa} from 'execa';
import {LogHistogram} from '../../source/analysis/sketches/log-histogram.ts';
import {builtInPlan} from '../../source/config/plan/built-in.ts';
import {openController} from '../../source/controller/controller.ts';
import type {Controller} from '../../source/controller/outcome.ts';
import {arrivals, normal, seeded} from '../../source/demo/behaviour.ts';
import {openStore} from '../../source/store/open.ts';
import type {FeatureStore, OperatorStore} from '../../source/store/port.ts';
import {buildProgram} from '../build.ts';
import {startRedis} from '../servers/redis.ts';
import {median, quantile} from './quantile.ts';
import {readUsage} from './usage.ts';

const {values} = parseArgs({
  options: {
    runs: {type: 'string', default: '21'},
    features: {type: 'string', default: '50'},
    seconds: {type: 'string', default: '60'},
    json: {type: 'boolean', default: false},
  },
});
const [runs, features, seconds] = [Number(values.runs), Number(values.features), Number(values.seconds)];
const random = seeded(19);
const FLUSH_MS = 250;
const HEALTHY = 0.005;
const BY = {name: 'bench', kind: 'person'} as const;

/** An app that measures itself four times a second, as the SDK does. */
class App {
  readonly feature: FeatureStore;
  readonly controller: Controller;
  /** Requests a second. */
  readonly prod: number;
  readonly gray: number;
  /** Gray's errors rise to a half with the first batch that begins then, by the store's clock; null: never. */
  failsAt: number | null = null;
  /** When they did. */
  failedAt: number | null = null;
  #timer: NodeJS.Timeout | null = null;
  #from = 0;

  constructor(store: OperatorStore, name: string, prod: number, gray: number) {
    this.feature = store.feature(name);
    this.controller = openController({feature: name, log: this.feature.log, now: () => store.now()});
    this.prod = prod;
    this.gray = gray;
  }

  async start(): Promise<void> {
    await this.controller.ready();
    // Apps do not all flush at one moment.
    await pause(random() * FLUSH_MS);
    this.#from = this.controller.now();
    this.#timer = setInterval(() => void this.#flush(), FLUSH_MS);
  }

  async release(): Promise<void> {
    const release = `r-${this.controller.feature}`;
    const start = {type: 'start', release, version: 'v2', over: 'v1', plan: builtInPlan} as const;
    const outcome = await this.controller.execute(start, {by: BY});
    if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  }

  async #flush(): Promise<void> {
    const {release} = this.controller.snapshot().state;
    const now = this.controller.now();
    const from = this.#from;
    this.#from = now;
    const fails = this.failsAt !== null && from >= this.failsAt;
    if (fails) this.failedAt ??= from;
    const gray = release?.state === 'rolling' ? this.gray : 0;
    const part = (now - from) / 1000;
    const age = (now - from) / 2;
    const entries = [
      entry('prod', this.prod * part, HEALTHY, age),
      entry('gray', gray * part, fails ? 0.5 : HEALTHY, age),
    ];
    await this.feature.samples.write(entries.flat()).catch(() => undefined);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.controller.close();
  }
}

function entry(side: string, mean: number, errorRate: number, age: number): string[][] {
  const requests = arrivals(mean, random);
  if (requests === 0) return [];
  const times = new LogHistogram();
  let errors = 0;
  let conversions = 0;
  for (let index = 0; index < requests; index++) {
    times.add(80 * Math.exp(0.6 * normal(random)));
    if (random() < errorRate) errors++;
    if (random() < 0.05) conversions++;
  }
  const counts = {age: Math.round(age), requests, errors, conversions, response_time: times.encode()};
  return [['side', side, ...Object.entries(counts).flatMap(([name, value]) => [name, String(value)])]];
}

async function until(holds: () => boolean, what: string, ms = 60_000): Promise<void> {
  const giveUpAt = performance.now() + ms;
  while (!holds()) {
    if (performance.now() > giveUpAt) throw new Error(`in ${ms} ms not: ${what}`);
    await pause(50);
  }
}

/** Runs the built guard over a store of its own in which `make` has put apps. */
async function guarded<T>(
  names: readonly string[],
  rates: {prod: number; gray: number},
  measure: (apps: App[], pid: number) => Promise<T>,
): Promise<T> {
  const redis = await startRedis();
  const folder = await mkdtemp(join(tmpdir(), 'graydeck-bench-guard-'));
  const store = await openStore(redis.url, 'operator', {env: {}});
  await buildProgram(folder);
  const apps = names.map(name => new App(store, name, rates.prod, rates.gray));
  await Promise.all(apps.map(app => app.start()));
  // Prod alone, from which restlessness is learned.
  await pause(20_000);
  await Promise.all(apps.map(app => app.release()));
  const guard = execa(process.execPath, [join(folder, 'main.js'), 'guard', '--store', redis.url, '--json'], {
    cwd: folder,
    reject: false,
    stderr: 'inherit',
    buffer: {stdout: false},
  });
  guard.stdout.resume();
  try {
    const isGuarded = ({controller}: App) => controller.snapshot().state.guard !== null;
    await until(() => apps.every(isGuarded), 'all features are guarded');
    await pause(20_000);
    return await measure(apps, guard.pid ?? 0);
  } finally {
    guard.kill('SIGTERM');
    await guard;
    await Promise.all(apps.map(app => app.stop()));
    await store.close();
    await redis.dispose();
    await rm(folder, {recursive: true});
  }
}

const takenBackAt = ({controller}: App): number | null =>
  controller.snapshot().state.release?.rollback?.at ?? null;

const named = (word: string, count: number) => Array.from({length: count}, (_, index) => `${word}-${index}`);

const delays = await guarded(named('fails', runs), {prod: 950, gray: 50}, async apps => {
  const early = apps.filter(app => takenBackAt(app) !== null);
  if (early.length > 0) throw new Error(`${early.length} healthy releases were taken back`);
  const now = apps[0]?.controller.now() ?? 0;
  for (const app of apps) app.failsAt = now + 500 + random() * 5000;
  await until(() => apps.every(app => takenBackAt(app) !== null), 'all of them are taken back');
  return apps.map(app => (takenBackAt(app) ?? Number.NaN) - (app.failedAt ?? Number.NaN));
});

const usage = await guarded(named('runs', features), {prod: 190, gray: 10}, async (apps, pid) => {
  const before = readUsage(pid);
  const begin = performance.now();
  await pause(seconds * 1000);
  const after = readUsage(pid);
  const took = (performance.now() - begin) / 1000;
  return {
    corePercent: ((after.cpuSeconds - before.cpuSeconds) / took) * 100,
    rssMiB: after.rssMiB,
    takenBack: apps.filter(app => takenBackAt(app) !== null).length,
  };
});

const figures = {
  runs,
  secondsToRollback: {
    median: median(delays) / 1000,
    p90: quantile(delays, 0.9) / 1000,
    most: Math.max(...delays) / 1000,
  },
  features,
  ...usage,
};
const cpu = cpus()[0]?.model ?? 'unknown';
process.stdout.write(
  values.json
    ? `${JSON.stringify({...figures, cpu, load: loadavg()[0]})}\n`
    : `from the first bad request to the rollback: median ${(median(delays) / 1000).toFixed(2)} s (goal 2), ` +
        `90 % within ${(quantile(delays, 0.9) / 1000).toFixed(2)} s, ${runs} runs\n` +
        `${features} features: ${usage.corePercent.toFixed(1)} % of a core (goal 20), ${usage.rssMiB.toFixed(0)} MiB, ` +
        `${usage.takenBack} taken back. ${cpu}, load ${loadavg()[0]?.toFixed(1)}\n`,
);
