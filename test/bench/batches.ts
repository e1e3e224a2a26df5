/**
 * What a sample costs Redis, written and read once, beside the SDK's batches of so many requests of one side in a
 * quarter of a second. CPU of the server's process; all kinds take turns. Two ways to write one by one are compared with:
 * as the seed does, an entry for each value (`metric response_time value 87`), three of them a request; and an entry for
 * each request that holds all of its values, which is the least that can be written without gathering.
 * `by call`: as an application sends them, a call for each entry, or for each flush. `packed`: a thousand entries in
 * one write, so that what a call costs by itself is left out of all. What an entry costs goes by its fields: about 10 of
 * the SDK's (who, which release and split, how old) beside 5 of a bare request, so that 250 requests in an entry are
 * not 250 times cheaper.
 *
 * `node test/bench/batches.ts [--rounds 3] [--requests 250] [--users]`
 */
import {loadavg} from 'node:os';
import {parseArgs} from 'node:util';
import type {Decision} from '../../source/audience/decide.ts';
import {normal, seeded} from '../../source/demo/behaviour.ts';
import {Batches} from '../../source/sdk/batches.ts';
import {openStore} from '../../source/store/open.ts';
import {startRedis} from '../servers/redis.ts';
import {quantile} from './quantile.ts';
import {keepRow} from './rows.ts';

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

type Fields = (time: string) => string[][];
const ofRequest: Fields = time => [
  ['side', 'prod', 'requests', '1', 'response_time', time, 'errors', '0', 'conversions', '0'],
];
const ofValues: Fields = time =>
  Object.entries({response_time: time, errors: '0', conversions: '0'}).map(([metric, value]) => {
    return ['side', 'prod', 'metric', metric, 'value', value];
  });

/** What so many requests cost one by one, at most so many entries in a write; by request. */
async function single(fields: Fields, count: number, inOneWrite: number): Promise<number> {
  await redis.admin.flushall();
  return await cpuFor(count, async () => {
    let entries: string[][] = [];
    for (let n = 0; n < count; n++) {
      for (const entry of fields(String(TIMES[n % TIMES.length]))) {
        entries.push(entry);
        if (entries.length < inOneWrite) continue;
        await samples.write(entries, 3_600_000);
        entries = [];
      }
    }
    if (entries.length > 0) await samples.write(entries, 3_600_000);
    await readAll();
  });
}

/** Entries of so many requests each, so many in a write. */
async function batched(flushes: number, inOneWrite: number): Promise<number> {
  await redis.admin.flushall();
  const batches = new Batches({
    instance: 'bench',
    kinds: KINDS,
    feature: 'bench',
    split: () => ({version: 1, split: null}),
  });
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

const figures: Record<string, {values: number[]; one: number[]; many: number[]}> = {
  'by call': {values: [], one: [], many: []},
  packed: {values: [], one: [], many: []},
};
for (let round = 0; round < Number(values.rounds); round++) {
  for (const [name, taken] of Object.entries(figures)) {
    const isPacked = name === 'packed';
    const inOneWrite = isPacked ? PACKED : 1;
    taken.values.push(await single(ofValues, isPacked ? 60_000 : 10_000, inOneWrite));
    taken.one.push(await single(ofRequest, isPacked ? 200_000 : 30_000, inOneWrite));
    taken.many.push(await batched(isPacked ? 10_000 : 5000, inOneWrite));
  }
}
const told = (taken: readonly number[]) =>
  [0.5, 0, 1].map(share => (quantile(taken, share) * 1000).toFixed(1)).join(' / ');
for (const [name, taken] of Object.entries(figures)) {
  keepRow({
    bench: 'batches',
    what: `CPU of Redis for a request, ${name}`,
    unit: 'ns',
    better: 'lower',
    ours: quantile(taken.many, 0.5) * 1000,
    peer: {name: 'an entry a value', value: quantile(taken.values, 0.5) * 1000},
    goal: GOAL,
  });
  const times = (single: readonly number[]) => (quantile(single, 0.5) / quantile(taken.many, 0.5)).toFixed(0);
  console.log(
    `${name}: CPU of Redis a request, ns, median / least / most: an entry a value ${told(taken.values)}; an entry a ` +
      `request ${told(taken.one)}; batches of ${requests} ${told(taken.many)}: ${times(taken.values)} and ` +
      `${times(taken.one)} times less (goal ${GOAL} a sample), load ${loadavg()[0]?.toFixed(1)}`,
  );
}
await store.close();
await redis.dispose();
