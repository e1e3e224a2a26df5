/**
 * What a sample costs Redis, written and read once: one entry for each as in the seed, beside the SDK's batches of so
 * many requests of one side in a quarter of a second. CPU of the server's process; all kinds take turns.
 * `by call`: as an application sends them, a call for each request, or for each flush. `packed`: a thousand entries in
 * one write, so that what a call costs by itself is left out of both.
 *
 * `node test/bench/batches.ts [--rounds 3] [--requests 250] [--users]`
 */
import {parseArgs} from 'node:util';
import type {Decision} from '../../source/audience/decide.ts';
import {normal, seeded} from '../../source/demo/random.ts';
import {Batches} from '../../source/sdk/batches.ts';
import {openStore} from '../../source/store/open.ts';
import {startRedis} from '../servers/redis.ts';
import {quantile} from './quantile.ts';

const {values} = parseArgs({
  options: {
    rounds: {type: 'string', default: '3'},
    requests: {type: 'string', default: '250'},
    users: {type: 'boolean', default: false},
  },
});
const PROD: Decision = {side: 'prod', reason: 'percent', cohort: 'eligible', version: 1, release: 'r-1'};
const GOAL = 200;

const redis = await startRedis();
const store = await openStore(redis.url, 'operator', {env: {}});
const {samples} = store.feature('bench');

/** Microseconds of the server's CPU that this takes for each of so many samples. */
async function cpuFor(count: number, work: () => Promise<void>): Promise<number> {
  const used = async () => {
    const info = await redis.admin.info('cpu');
    return ['user', 'sys'].reduce((sum, kind) => {
      return sum + Number(new RegExp(`used_cpu_${kind}:([\\d.]+)`).exec(info)?.[1] ?? Number.NaN);
    }, 0);
  };
  const before = await used();
  await work();
  return (((await used()) - before) * 1e6) / count;
}
const readAll = async () => {
  await samples.history(0, () => undefined, new AbortController().signal);
};

const requests = Number(values.requests);
const PACKED = 1000;
/** As services answer: log-normal, most around 90 ms. */
const random = seeded(7);
const TIMES = Array.from({length: 9973}, () => Math.round(90 * Math.exp(0.46 * normal(random))));
const KINDS = {distributions: new Set<string>(), gauges: new Set<string>()};

/** One entry for each of so many requests, so many in a write. */
async function single(count: number, inOneWrite: number): Promise<number> {
  await redis.admin.flushall();
  return await cpuFor(count, async () => {
    for (let n = 0; n < count; n += inOneWrite) {
      const entries = Array.from({length: inOneWrite}, (_, m) => {
        const time = String(TIMES[(n + m) % TIMES.length]);
        return ['side', 'prod', 'requests', '1', 'response_time', time, 'errors', '0', 'conversions', '0'];
      });
      await samples.write(entries, 3_600_000);
    }
    await readAll();
  });
}

/** Entries of so many requests each, so many in a write. */
async function batched(flushes: number, inOneWrite: number): Promise<number> {
  await redis.admin.flushall();
  const batches = new Batches('bench', KINDS, () => undefined);
  return await cpuFor(flushes * requests, async () => {
    let entries: string[][] = [];
    for (let flush = 0; flush < flushes; flush++) {
      for (let n = 0; n < requests; n++) {
        const response_time = TIMES[(flush * requests + n) % TIMES.length] ?? 0;
        const user = values.users ? {user: n * flush} : {};
        batches.record(PROD, {requests: 1, errors: 0, conversions: 0, response_time, ...user}, flush);
      }
      batches.flush(flush, true);
      const next = batches.next(flush);
      entries.push(...next.entries);
      batches.taken(next.last);
      if (entries.length < inOneWrite && flush < flushes - 1) continue;
      await samples.write(entries, 3_600_000);
      entries = [];
    }
    await readAll();
  });
}

const figures: Record<string, {one: number[]; many: number[]}> = {
  'by call': {one: [], many: []},
  packed: {one: [], many: []},
};
for (let round = 0; round < Number(values.rounds); round++) {
  for (const [name, {one, many}] of Object.entries(figures)) {
    const inOneWrite = name === 'packed' ? PACKED : 1;
    one.push(await single(name === 'packed' ? 200_000 : 30_000, inOneWrite));
    many.push(await batched(name === 'packed' ? 10_000 : 5000, inOneWrite));
  }
}
const told = (taken: readonly number[]) =>
  [0.5, 0, 1].map(share => (quantile(taken, share) * 1000).toFixed(1)).join(' / ');
for (const [name, {one, many}] of Object.entries(figures)) {
  const times = quantile(one, 0.5) / quantile(many, 0.5);
  console.log(
    `${name}: CPU of Redis a sample, ns, median / least / most: one entry each ${told(one)}; ` +
      `batches of ${requests} ${told(many)}: ${times.toFixed(0)} times less (goal ${GOAL})`,
  );
}
await store.close();
await redis.dispose();
