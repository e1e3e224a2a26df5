/**
 * What a server of status and events holds, and whether a guard beside it notices, on a real redis-server:
 *
 *     node test/bench/serve.ts [--rate 2000] [--followers 500] [--seconds 20] [--runs 5] [--json]
 *
 * `runs` releases are taken back by a guard with nobody asking; then as many while `rate` requests a second ask for
 * status and `followers` follow the log: CPU time of the server, how long answers and events take, and how soon the
 * guard acted both times.
 */
import {chmod, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {Agent, get} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import {execa} from 'execa';
import {builtInPlan} from '../../source/config/plan/built-in.ts';
import {openController} from '../../source/controller/controller.ts';
import {openStore} from '../../source/store/open.ts';
import type {OperatorStore} from '../../source/store/port.ts';
import {buildProgram} from '../build.ts';
import {startRedis} from '../servers/redis.ts';
import {median, quantile} from './quantile.ts';
import {readUsage} from './usage.ts';

const {values} = parseArgs({
  options: {
    rate: {type: 'string', default: '2000'},
    followers: {type: 'string', default: '500'},
    seconds: {type: 'string', default: '20'},
    runs: {type: 'string', default: '5'},
    json: {type: 'boolean', default: false},
  },
});
const [rate, followers, seconds, runs] = [
  Number(values.rate),
  Number(values.followers),
  Number(values.seconds),
  Number(values.runs),
];
const TOKEN = 'a-token-of-the-bench';
const BY = {by: {name: 'bench', kind: 'person'}} as const;
const HEADERS = {authorization: `Bearer ${TOKEN}`};
const FLUSH_MS = 250;

/** A release under traffic until its gray fails; resolves to the time from the first bad batch to the rollback. */
async function taken(store: OperatorStore, name: string): Promise<number> {
  const feature = store.feature(name);
  const controller = openController({feature: name, log: feature.log, now: () => store.now()});
  await controller.execute(
    {type: 'start', release: `r-${name}`, version: 'v2', over: 'v1', plan: builtInPlan},
    BY,
  );
  let failsAt = Number.POSITIVE_INFINITY;
  const flush = () => {
    const isFailing = store.now() >= failsAt;
    const batch = (side: string, requests: number, errors: number) => [
      'side',
      side,
      'requests',
      String(requests),
      'errors',
      String(errors),
      'response_time',
      '80',
    ];
    void feature.samples.write([batch('prod', 237, 1), batch('gray', 12, isFailing ? 6 : 0)]);
  };
  const timer = setInterval(flush, FLUSH_MS);
  await pause(12_000);
  failsAt = store.now();
  while (controller.snapshot().state.release?.percent !== 0) await pause(5);
  const at = controller
    .commits()
    .findLast(({events}) => events.some(({type}) => type === 'rollback-started'))?.at;
  clearInterval(timer);
  await controller.close();
  return (at ?? Number.NaN) - failsAt;
}

/** Asks for status at the rate, however long answers take, until told to stop. */
function asker(url: string): {
  answered(): number;
  stop(): Promise<{ms: number[]; failed: number; sent: number}>;
} {
  const agent = new Agent({keepAlive: true, maxSockets: 64});
  const ms: number[] = [];
  const tally = {failed: 0, sent: 0, open: 0};
  const ask = () => {
    const began = performance.now();
    tally.sent++;
    tally.open++;
    get(`${url}/api/v1/canary/status?feature=followed`, {agent, headers: HEADERS}, answer => {
      if (answer.statusCode !== 200) tally.failed++;
      answer.resume();
      answer.on('end', () => {
        tally.open--;
        ms.push(performance.now() - began);
      });
    }).on('error', () => {
      tally.open--;
      tally.failed++;
    });
  };
  const began = performance.now();
  const timer = setInterval(() => {
    const due = ((performance.now() - began) / 1000) * rate;
    while (tally.sent < due) ask();
  }, 5);
  return {
    answered: () => ms.length,
    async stop() {
      clearInterval(timer);
      while (tally.open > 0) await pause(5);
      agent.destroy();
      return {ms, failed: tally.failed, sent: tally.sent};
    },
  };
}

/** Follows the log so many times; `heard` gets how long each commit took from its own time to each follower. */
async function follow(url: string, now: () => number, heard: number[]): Promise<() => void> {
  const agent = new Agent({keepAlive: true, maxSockets: followers});
  const since = now();
  const opened = Array.from({length: followers}, () => {
    const {promise, resolve, reject} = Promise.withResolvers<() => void>();
    const request = get(`${url}/api/v1/canary/events?feature=followed`, {agent, headers: HEADERS}, answer => {
      if (answer.statusCode !== 200) reject(new Error(`events answered ${answer.statusCode}`));
      answer.setEncoding('utf8');
      answer.on('data', (text: string) => {
        for (const [, at] of text.matchAll(/"at":(\d+),"by"/gu)) {
          // What was there before anybody followed is no news.
          if (Number(at) >= since) heard.push(now() - Number(at));
        }
      });
      answer.on('error', () => undefined);
      resolve(() => request.destroy());
    });
    request.on('error', reject);
    return promise;
  });
  const all = await Promise.all(opened);
  return () => {
    for (const close of all) close();
    agent.destroy();
  };
}

const folder = await mkdtemp(join(tmpdir(), 'graydeck-bench-'));
const redis = await startRedis();
await buildProgram(join(folder, 'program'));
const tokens = join(folder, 'tokens');
await writeFile(tokens, `bench read ${TOKEN}\n`);
await chmod(tokens, 0o600);
const program = (...argv: string[]) =>
  execa(process.execPath, [join(folder, 'program', 'bin.js'), ...argv], {
    cwd: folder,
    env: {GRAYDECK_STORE: redis.url},
    reject: false,
  });
const store = await openStore(redis.url, 'operator', {env: {}});
const followed = openController({
  feature: 'followed',
  log: store.feature('followed').log,
  now: () => store.now(),
});
await followed.execute({type: 'start', release: 'r-f', version: 'v2', over: 'v1', plan: builtInPlan}, BY);
const guard = program('guard');
const server = program('serve', '--tokens', tokens, '--listen', '127.0.0.1:0');
try {
  const url = await new Promise<string>((resolve, reject) => {
    let told = '';
    server.stderr.on('data', chunk => {
      told += String(chunk);
      const found = /serving on (\S+) for/u.exec(told)?.[1];
      if (found !== undefined) resolve(found);
    });
    void server.then(() => reject(new Error(told)));
  });
  const alone: number[] = [];
  for (let run = 0; run < runs; run++) alone.push(await taken(store, `alone-${run}`));

  const heard: number[] = [];
  const leave = await follow(url, () => store.now(), heard);
  const asking = asker(url);
  const before = readUsage(server.pid ?? 0);
  const began = performance.now();
  const loaded = (async () => {
    const times: number[] = [];
    for (let run = 0; run < runs; run++) times.push(await taken(store, `loaded-${run}`));
    return times;
  })();
  let commits = 0;
  while (performance.now() - began < seconds * 1000) {
    await pause(500);
    commits++;
    await followed.execute(
      {type: 'alert', alert: `a-${commits}`, level: 'info', message: `number ${commits}`},
      BY,
    );
  }
  const after = readUsage(server.pid ?? 0);
  const took = (performance.now() - began) / 1000;
  const answered = asking.answered();
  const guarded = await loaded;
  const {ms, failed, sent} = await asking.stop();
  leave();
  const report = {
    requestsPerSecond: Math.round(answered / took),
    sent,
    failed,
    statusMs: {p50: median(ms), p99: quantile(ms, 0.99), max: Math.max(...ms.slice(0, 100_000))},
    followers,
    commits,
    eventsHeard: heard.length,
    eventMs: {p50: median(heard), p99: quantile(heard, 0.99)},
    serverCores: (after.cpuSeconds - before.cpuSeconds) / took,
    // Where others use the machine, too, this says what one core would hold.
    serverCpuMsPerThousand: ((after.cpuSeconds - before.cpuSeconds) / answered) * 1_000_000,
    serverMiB: after.rssMiB,
    guardMs: {alone: median(alone), loaded: median(guarded), allAlone: alone, allLoaded: guarded},
  };
  const text = values.json ? JSON.stringify(report) : JSON.stringify(report, null, 2);
  process.stdout.write(`${text}\n`);
} finally {
  for (const one of [server, guard]) {
    one.kill('SIGTERM');
    await one;
  }
  await followed.close();
  await store.close();
  await redis.dispose();
  await rm(folder, {recursive: true, force: true});
}
