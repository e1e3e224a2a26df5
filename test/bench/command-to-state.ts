/**
 * How long it takes from a commit in one process until another has it as news of the log.
 *
 * `node test/bench/command-to-state.ts [--count 200] [--json] [ADDRESS…]`; without an address the embedded store in a
 * folder of its own, and a redis-server of its own where one is installed.
 */
import {randomUUID} from 'node:crypto';
import {mkdtemp, rm} from 'node:fs/promises';
import {cpus, loadavg, tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import {openStore} from '../../source/store/open.ts';
import {redisMissing, startRedis} from '../servers/redis.ts';
import {runProgram} from '../store/child.ts';
import {appendNext} from '../store/commits.ts';
import {median, quantile} from './quantile.ts';

interface Figures {
  store: string;
  /** The append alone, in the process that commands. */
  appendMedianMs: number;
  /** From before the append to the news in the other process. */
  medianMs: number;
  p95Ms: number;
  maxMs: number;
}

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {count: {type: 'string', default: '200'}, json: {type: 'boolean', default: false}},
});

const round = (ms: number) => Math.round(ms * 100) / 100;

async function measure(address: string, count: number): Promise<Figures> {
  const store = await openStore(address, 'operator');
  const feature = store.feature(`bench-${randomUUID().slice(0, 8)}`);
  await feature.log.head();
  const follower = runProgram('follow', [address, feature.feature]);
  await follower.printed(1);
  const began: bigint[] = [];
  const appendMs: number[] = [];
  for (let n = 0; n < count; n++) {
    // Apart by uneven times: a follower that polls must not fall into step with the writer.
    await delay(5 + Math.random() * 40);
    const start = process.hrtime.bigint();
    began.push(start);
    await appendNext(feature);
    appendMs.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  await follower.printed(count + 1);
  follower.process.kill('SIGTERM');
  await follower.ended;
  await store.close();
  const tookMs = follower.lines.slice(1).map((line, n) => {
    const heard = BigInt(line.split(' ')[1] ?? 0);
    return Number(heard - (began[n] ?? 0n)) / 1e6;
  });
  return {
    store: store.kind,
    appendMedianMs: round(median(appendMs)),
    medianMs: round(median(tookMs)),
    p95Ms: round(quantile(tookMs, 0.95)),
    maxMs: round(Math.max(...tookMs)),
  };
}

const count = Number(values.count);
const figures: Figures[] = [];
if (positionals.length > 0) {
  for (const address of positionals) figures.push(await measure(address, count));
} else {
  const folder = await mkdtemp(join(tmpdir(), 'graydeck-bench-'));
  figures.push(await measure(`sqlite:${join(folder, 'graydeck.db')}`, count));
  await rm(folder, {recursive: true});
  if (!redisMissing) {
    const server = await startRedis({appendonly: true});
    try {
      figures.push(await measure(server.url, count));
    } finally {
      await server.dispose();
    }
  }
}

const load = loadavg().map(value => value.toFixed(2));
if (values.json) {
  process.stdout.write(`${JSON.stringify({count, cpus: cpus().length, load, figures})}\n`);
} else {
  process.stdout.write(`${count} commits, ${cpus().length} CPUs, load ${load.join(' ')}\n`);
  for (const {store, appendMedianMs, medianMs, p95Ms, maxMs} of figures) {
    const told = `median ${medianMs} ms, p95 ${p95Ms} ms, longest ${maxMs} ms (the append itself ${appendMedianMs} ms)`;
    process.stdout.write(`${store.padEnd(8)} command to state: ${told}\n`);
  }
}
