/**
 * How long a change takes until no new connection to a real nginx meets the old routing, measured from outside: by the
 * log, Redis and the agent, beside a bare write + test + reload, and a rollback beside a bare reload; interleaved. With
 * --load under wrk, and then how many requests fail a reload.
 *
 * `npm run build:bundle && node test/bench/edge.ts [--rounds 7] [--load] [--json]`
 */
import {spawn, spawnSync, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rename, rm, writeFile} from 'node:fs/promises';
import {connect} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {boundaryOf, bucketOf} from '../../source/audience/bucket.ts';
import {openController} from '../../source/controller/controller.ts';
import {renderEdge} from '../../source/nginx/render.ts';
import {saltOf} from '../../source/release/derive-split.ts';
import {openStore} from '../../source/store/open.ts';
import {openEdgePlace, type EdgePlace} from '../nginx/edge-place.ts';
import {splitOf, splitsOf} from '../nginx/site.ts';
import {startRedis} from '../servers/redis.ts';
import {startWrk, type Load} from '../servers/wrk.ts';
import {median} from './quantile.ts';
import {keepRow} from './rows.ts';

const {values} = parseArgs({
  options: {
    rounds: {type: 'string', default: '7'},
    load: {type: 'boolean', default: false},
    json: {type: 'boolean', default: false},
  },
});
const FEATURE = 'pay';
const PROGRAM = fileURLToPath(new URL('../../distribution/bin.js', import.meta.url));
/** No old answer for so long: it is over. A reload takes about a tenth of a second. */
const QUIET_MS = 500;
/** On gray at half, and not at 0.01 %. */
const USER = Array.from({length: 100}, (_, n) => `u-${n}`).find(user => {
  const bucket = bucketOf(saltOf(FEATURE), user);
  return bucket > boundaryOf(1) && bucket < boundaryOf(50);
});
const PLAN = 'phases: [{name: none, percent: 0.01 %}, {name: all, percent: 100}]\nevidence: off\n';

/** Asks over new connections, one after another, until it is stopped. */
function probe(port: number): {last: Map<string, number>; stop(): Promise<void>} {
  const last = new Map<string, number>();
  const over = new AbortController();
  const loop = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const began = performance.now();
      const body = await askOnce(port).catch(() => 'failed');
      last.set(body, Math.max(began, last.get(body) ?? 0));
    }
  };
  const loops = [loop(), loop()];
  return {
    last,
    async stop() {
      over.abort();
      await Promise.all(loops);
    },
  };
}

function askOnce(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`GET /${FEATURE} HTTP/1.0\r\nHost: edge\r\nX-User-Id: ${USER}\r\n\r\n`),
    );
    socket.on('data', chunk => (text += chunk.toString()));
    socket.on('end', () => resolve(text.slice(text.lastIndexOf('\n') + 1)));
    socket.on('error', reject);
    socket.setTimeout(2000, () => socket.destroy(new Error('no answer')));
  });
}

/** Milliseconds from the change until the last question that was still answered by the old routing was asked. */
async function effectOf(port: number, old: string, change: () => Promise<unknown>): Promise<number> {
  const asking = probe(port);
  await delay(100);
  const began = performance.now();
  await change();
  while (performance.now() - Math.max(began, asking.last.get(old) ?? 0) < QUIET_MS) await delay(10);
  await asking.stop();
  return (asking.last.get(old) ?? began) - began;
}

async function startAgent(
  place: EdgePlace,
  folder: string,
  url: string,
): Promise<{agent: ChildProcess; said(): string}> {
  const {options, site, nginx} = place;
  const config = {
    store: url,
    nginx: {
      include: options.include,
      features: {[FEATURE]: {prod: 'app_prod', gray: 'app_gray'}},
      probe: `${site.probe.host}:${site.probe.port}`,
      test: options.test,
      pid: nginx.pidFile,
      name: 'bench',
    },
  };
  await writeFile(join(folder, 'graydeck.yaml'), JSON.stringify(config));
  await writeFile(join(folder, 'plan.yaml'), PLAN);
  let said = '';
  const agent = spawn(process.execPath, [PROGRAM, 'agent'], {
    cwd: folder,
    env: {...process.env, HOME: folder},
  });
  for (const stream of [agent.stdout, agent.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  while (!said.includes('prod for everyone')) await delay(20);
  return {agent, said: () => said};
}

const redis = await startRedis();
const folder = await mkdtemp(join(tmpdir(), 'graydeck-bench-edge-'));
const env = {
  ...process.env,
  HOME: folder,
  XDG_STATE_HOME: join(folder, 'state'),
  XDG_CACHE_HOME: join(tmpdir(), 'graydeck-cli-cache'),
};
const [driven, bare] = await Promise.all([openEdgePlace([FEATURE]), openEdgePlace([FEATURE])]);
const {agent, said} = await startAgent(driven, folder, redis.url);
const store = await openStore(redis.url, 'operator', {env: {}});
const feature = store.feature(FEATURE);
const controller = openController({feature: FEATURE, log: feature.log, now: () => store.now()});
const by = {name: 'bench', kind: 'person'} as const;

/** A new release at 0.01 %, confirmed by nginx. */
async function begin(round: number): Promise<string> {
  const from = said().length;
  const argv = [
    'start',
    `v${round}`,
    '--plan',
    'plan.yaml',
    '--feature',
    FEATURE,
    '--yes',
    '--store',
    redis.url,
  ];
  const {status, stderr} = spawnSync(process.execPath, [PROGRAM, ...argv], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  while (!said().slice(from).includes('0.01 % on gray')) await delay(20);
  await controller.ready();
  while (controller.snapshot().state.release?.version !== `v${round}`) await delay(10);
  return controller.snapshot().state.release?.id ?? '';
}

const textAt = (percent: number) =>
  renderEdge(splitsOf(splitOf(FEATURE, {percent, tiers: [{audience: null, percent}]})), bare.site).text;
async function put(text: string): Promise<void> {
  await writeFile(`${bare.include}.next`, text);
  await rename(`${bare.include}.next`, bare.include);
}
async function testBare(): Promise<void> {
  const [program = '', ...args] = bare.options.test;
  await once(spawn(program, args, {stdio: 'ignore'}), 'exit');
}

const failedOf = ({requests, broken, refused}: Load) => ({requests, failed: broken + refused});

type Row = 'agent change' | 'bare change' | 'agent rollback' | 'bare reload';
const times = new Map<Row, number[]>();
const note = (row: Row, ms: number) => times.set(row, [...(times.get(row) ?? []), ms]);
const fails: Record<string, {failed: number; requests: number; reloads: number}> = {};
const rounds = Number(values.rounds);
try {
  const urlOf = ({port}: EdgePlace) => `http://127.0.0.1:${port}/${FEATURE}`;
  const loads = values.load ? [await startWrk(urlOf(driven)), await startWrk(urlOf(bare))] : [];
  await put(textAt(0.01));
  bare.nginx.reload();
  await delay(500);
  for (let round = 1; round <= rounds; round++) {
    const release = await begin(round);
    // Another percentage each time: what nginx knows already would not be tested again.
    const percent = 50 + round;
    const set = {type: 'set', release, percent} as const;
    note('agent change', await effectOf(driven.port, 'prod', () => controller.execute(set, {by})));
    const change = async () => {
      await put(textAt(percent));
      await testBare();
      bare.nginx.reload();
    };
    note('bare change', await effectOf(bare.port, 'prod', change));
    const back = {type: 'rollback', release} as const;
    note('agent rollback', await effectOf(driven.port, 'gray', () => controller.execute(back, {by})));
    const reload = async () => {
      await put(textAt(0.01));
      bare.nginx.reload();
    };
    note('bare reload', await effectOf(bare.port, 'gray', reload));
    // The runbook's other steps: nobody else runs them.
    spawnSync(process.execPath, [PROGRAM, 'rollback', '--feature', FEATURE, '--store', redis.url], {
      cwd: folder,
    });
  }
  const [ofAgent, ofBare] = await Promise.all(loads.map(one => one.stop()));
  if (ofAgent !== undefined && ofBare !== undefined) {
    fails['agent'] = {...failedOf(ofAgent), reloads: rounds * 3};
    fails['bare'] = {...failedOf(ofBare), reloads: rounds * 2};
  }
} finally {
  agent.kill('SIGTERM');
  await once(agent, 'exit');
  await controller.close();
  await store.close();
  await Promise.all([driven, bare].map(place => place[Symbol.asyncDispose]()));
  await redis.dispose();
  await rm(folder, {recursive: true, force: true});
}

const rows = [...times].map(([row, all]) => ({
  row,
  medianMs: Math.round(median(all)),
  fromMs: Math.round(Math.min(...all)),
  toMs: Math.round(Math.max(...all)),
}));
const of = (row: Row) => median(times.get(row) ?? []);
const ratios = {
  change: Number((of('agent change') / of('bare change')).toFixed(2)),
  rollback: Number((of('agent rollback') / of('bare reload')).toFixed(2)),
};
for (const [what, ours, bare, goal] of [
  ['a change at every new connection', 'agent change', 'bare change', 0.8],
  ['a rollback at every new connection', 'agent rollback', 'bare reload', 0.8],
] as const)
  keepRow({
    bench: 'edge',
    what,
    unit: 'ms',
    better: 'lower',
    ours: of(ours),
    peer: {name: bare.replace('bare', 'bare nginx'), value: of(bare)},
    goal,
  });
if (values.json) process.stdout.write(`${JSON.stringify({rows, ratios, fails})}\n`);
else {
  for (const {row, medianMs, fromMs, toMs} of rows)
    process.stdout.write(`${row.padEnd(16)} ${medianMs} ms (${fromMs}..${toMs})\n`);
  process.stdout.write(`change ${ratios.change} x bare, rollback ${ratios.rollback} x bare reload\n`);
  for (const [who, {failed, requests, reloads}] of Object.entries(fails))
    process.stdout.write(
      `${who}: ${failed} of ${requests} requests failed, ${(failed / reloads).toFixed(1)} a reload\n`,
    );
}
