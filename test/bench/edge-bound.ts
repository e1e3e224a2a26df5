/**
 * How long an edge still sends anybody to gray when things die around its agent, measured from outside beside the bound
 * that the agent prints; and how long until it is right again once they are back.
 *
 * `npm run build:bundle && node test/bench/edge-bound.ts [--rounds 3] [--json]`
 */
import {spawn, spawnSync, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {openEdgePlace} from '../nginx/edge-place.ts';
import {startProxy} from '../servers/proxy.ts';
import {startRedis} from '../servers/redis.ts';
import {median} from './quantile.ts';

const {values} = parseArgs({
  options: {rounds: {type: 'string', default: '3'}, json: {type: 'boolean', default: false}},
});
const FEATURE = 'pay';
const PROGRAM = fileURLToPath(new URL('../../distribution/bin.js', import.meta.url));
const BOUND_MS = 15_000 + 3000 + 1000;

const redis = await startRedis();
const place = await openEdgePlace([FEATURE]);
const proxy = await startProxy(redis);
const folder = await mkdtemp(join(tmpdir(), 'graydeck-bench-bound-'));
const env = {
  ...process.env,
  HOME: folder,
  XDG_STATE_HOME: join(folder, 'state'),
  XDG_CACHE_HOME: join(tmpdir(), 'graydeck-cli-cache'),
};
const {options, site, nginx} = place;
const config = {
  nginx: {
    include: options.include,
    features: {[FEATURE]: {prod: 'app_prod', gray: 'app_gray'}},
    probe: `${site.probe.host}:${site.probe.port}`,
    test: options.test,
    pid: nginx.pidFile,
    watchdog: '3s',
    shutdown: '1s',
  },
};
await writeFile(join(folder, 'graydeck.yaml'), JSON.stringify(config));
await writeFile(
  join(folder, 'plan.yaml'),
  'phases: [{name: some, percent: 50, include: {users: [u-1]}}, {name: all, percent: 100}]\n',
);

function startAgent(): ChildProcess {
  return spawn(process.execPath, [PROGRAM, 'agent', '--store', `redis://127.0.0.1:${proxy.port}/0`], {
    cwd: folder,
    env,
    stdio: 'ignore',
  });
}

/** Milliseconds until a backend answers somebody who is listed, and no other any more. */
async function until(backend: string, withinMs: number): Promise<number> {
  const began = performance.now();
  let lastOther = began;
  while (performance.now() - lastOther < 300) {
    const asked = performance.now();
    const [answer] = await place.backends('u-1').catch(() => ['']);
    if (answer !== backend) lastOther = asked;
    if (asked - began > withinMs) return Number.NaN;
    await delay(5);
  }
  return lastOther - began;
}

const times = new Map<string, number[]>();
const note = (what: string, ms: number) => times.set(what, [...(times.get(what) ?? []), ms]);
let agent = startAgent();
try {
  const argv = ['start', 'v1', '--plan', 'plan.yaml', '--feature', FEATURE, '--yes', '--store', redis.url];
  const {status, stderr} = spawnSync(process.execPath, [PROGRAM, ...argv], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  await until('gray', 20_000);
  for (let round = 0; round < Number(values.rounds); round++) {
    proxy.swallow();
    note('network cut: at prod', await until('prod', BOUND_MS));
    proxy.release();
    note('network back: at gray', await until('gray', 10_000));
    redis.freeze();
    note('store frozen: at prod', await until('prod', BOUND_MS));
    redis.thaw();
    note('store thawed: at gray', await until('gray', 10_000));
    agent.kill('SIGSTOP');
    note('agent stopped: at prod', await until('prod', BOUND_MS));
    agent.kill('SIGCONT');
    note('agent goes on: at gray', await until('gray', 10_000));
    agent.kill('SIGKILL');
    note('agent killed: at prod', await until('prod', BOUND_MS));
    agent = startAgent();
    note('new agent: at gray', await until('gray', 10_000));
  }
} finally {
  agent.kill('SIGTERM');
  if (agent.exitCode === null && agent.signalCode === null) await once(agent, 'exit');
  await proxy.close();
  await place[Symbol.asyncDispose]();
  await redis.dispose();
  await rm(folder, {recursive: true, force: true, maxRetries: 5});
}
const rows = [...times].map(([what, all]) => ({
  what,
  medianMs: Math.round(median(all)),
  mostMs: Math.round(Math.max(...all)),
}));
if (values.json) process.stdout.write(`${JSON.stringify({boundMs: BOUND_MS, rows})}\n`);
else {
  process.stdout.write(`bound ${BOUND_MS} ms\n`);
  for (const {what, medianMs, mostMs} of rows)
    process.stdout.write(`${what.padEnd(24)} ${medianMs} ms, at most ${mostMs} ms\n`);
}
