/**
 * A rollback by the keys `r` and `y` of a console in a real terminal, under wrk: how long until the last request that gray
 * still answers, at an nginx and at a service with the SDK, measured from outside; and how many requests fail by it, beside
 * those that a bare write + reload of another nginx costs under the same load. Interleaved. Somebody on the list and two who
 * are forced are among those who ask.
 *
 * `npm run build:bundle && node test/bench/edge-console.ts [--rounds 5] [--json]`
 */
import {spawn, spawnSync, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rename, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {renderEdge} from '../../source/nginx/render.ts';
import {underLoad} from '../acceptance/load.ts';
import {FEATURE} from '../acceptance/place.ts';
import {openEdgePlace, type EdgePlace} from '../nginx/edge-place.ts';
import {splitOf, splitsOf} from '../nginx/site.ts';
import {freePort} from '../servers/ports.ts';
import {startRedis} from '../servers/redis.ts';
import {startWrk, type Load} from '../servers/wrk.ts';
import {TestTerminal} from '../terminal/open.ts';
import {median} from './quantile.ts';

const {values} = parseArgs({
  options: {rounds: {type: 'string', default: '5'}, json: {type: 'boolean', default: false}},
});
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const PROGRAM = here('../../distribution/bin.js');
const PLAN = `
phases:
  - {name: some, percent: 50, duration: 24h, include: {users: [vip-1]}}
  - {name: all, percent: 100}
evidence: off
`;
/** Before the key and after everybody is back; a reload is over by then. */
const AROUND_MS = 1500;

const folder = await mkdtemp(join(tmpdir(), 'graydeck-bench-console-'));
const env = {
  PATH: process.env['PATH'] ?? '',
  HOME: folder,
  XDG_CACHE_HOME: join(tmpdir(), 'graydeck-cli-cache'),
};
const children: ChildProcess[] = [];
function run(argv: readonly string[], more: Readonly<Record<string, string>> = {}): {said(): string} {
  const child = spawn(process.execPath, argv, {cwd: folder, env: {...env, ...more}});
  children.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return {said: () => said};
}
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 20_000;
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error(`${String(holds)} did not come to be`);
    await delay(20);
  }
}

const redis = await startRedis();
const [prod, gray, service] = await Promise.all([freePort(), freePort(), freePort()]);
const [driven, bare] = await Promise.all([
  openEdgePlace([FEATURE], {}, {prod, gray}),
  openEdgePlace([FEATURE], {}, {prod, gray}),
]);
run([here('../../fixtures/nginx/backend.js'), 'prod', String(prod), 'redis://127.0.0.1:9']);
run([here('../../fixtures/nginx/backend.js'), 'gray', String(gray), 'redis://127.0.0.1:9']);
const serving = run([here('../acceptance/programs/service.ts'), String(service), redis.url, FEATURE]);
const config = {
  nginx: {
    include: driven.options.include,
    features: {[FEATURE]: {prod: 'app_prod', gray: 'app_gray'}},
    probe: `${driven.site.probe.host}:${driven.site.probe.port}`,
    test: driven.options.test,
    pid: driven.nginx.pidFile,
    name: 'bench',
  },
};
await writeFile(join(folder, 'graydeck.yaml'), JSON.stringify(config));
await writeFile(join(folder, 'plan.yaml'), PLAN);
const agent = run([PROGRAM, 'agent'], {GRAYDECK_STORE: redis.url});

const textAt = (percent: number) =>
  percent === 0
    ? renderEdge(new Map(), bare.site).text
    : renderEdge(
        splitsOf(
          splitOf(FEATURE, {
            percent,
            tiers: [{audience: null, percent}],
            include: {users: ['vip-1'], rules: []},
          }),
        ),
        bare.site,
      ).text;
async function reloadAt(percent: number): Promise<void> {
  await writeFile(`${bare.include}.next`, textAt(percent));
  await rename(`${bare.include}.next`, bare.include);
  bare.nginx.reload();
}
const urlOf = ({port}: {port: number}) => `http://127.0.0.1:${port}/${FEATURE}`;

/** When the newest commit was heard, by `performance.now()`. */
let heard = 0;
const bell = redis.admin.duplicate();
bell.on('message', () => (heard = performance.now()));
await bell.subscribe(`graydeck:{${FEATURE}}:bell`);

interface Round {
  /** From the key `r` to its question on the screen, and from `y` to the commit, milliseconds. */
  askedMs: number;
  commitMs: number;
  /** From the key, or the write, to the last request that gray answered, milliseconds. */
  edgeMs: number;
  serviceMs: number;
  /** What the console says. */
  shown: string;
  edge: Load;
  service: Load;
}

/** One rollback on the screen of a console that has been open for a while, as those of people on call are. */
async function byConsole(round: number, console: TestTerminal): Promise<Round> {
  const argv = ['start', `v${round}`, '--plan', 'plan.yaml', '--feature', FEATURE, '--yes'];
  const started = spawnSync(process.execPath, [PROGRAM, ...argv, '--store', redis.url], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  if (started.status !== 0) throw new Error(started.stderr);
  await console.gone(/prod for everyone in \d/);
  await console.until('2/2');
  const loads = [await startWrk(urlOf(driven)), await startWrk(urlOf({port: service}), {connections: 4})];
  const asking = [underLoad(driven.port, 4), underLoad(service, 4)];
  await delay(AROUND_MS);
  const asked = performance.now();
  console.press('r');
  await console.until('ROLL BACK ─');
  const pressed = performance.now();
  console.press('y');
  await until(() => heard > pressed);
  const commitMs = heard - pressed;
  await console.until(/prod for everyone in \d/);
  await delay(AROUND_MS);
  const [atEdge, atService] = await Promise.all(asking.map(one => one.stop()));
  const [edge, ofService] = await Promise.all(loads.map(one => one.stop()));
  const shown = /prod for everyone in [^;·│\n]*/.exec(console.text())?.[0].trim() ?? '';
  await console.until('ROLLED BACK');
  return {
    askedMs: pressed - asked,
    commitMs,
    edgeMs: atEdge!.lastGray - pressed,
    serviceMs: atService!.lastGray - pressed,
    shown,
    edge: edge!,
    service: ofService!,
  };
}

/** One bare write and reload, under the same load of both. */
async function byHand(): Promise<Pick<Round, 'edgeMs' | 'edge'>> {
  await reloadAt(50);
  await until(async () => {
    // A reload may close the connection under the question.
    const answer = await fetch(urlOf(bare), {headers: {'x-user-id': 'vip-1'}}).catch(() => null);
    return (await answer?.text())?.startsWith('gray') === true;
  });
  await delay(500);
  const loads = [await startWrk(urlOf(bare)), await startWrk(urlOf({port: service}), {connections: 4})];
  const asking = [underLoad(bare.port, 4), underLoad(service, 4)];
  await delay(AROUND_MS);
  const began = performance.now();
  await reloadAt(0);
  await delay(AROUND_MS + 500);
  const [atEdge] = await Promise.all(asking.map(one => one.stop()));
  const [edge] = await Promise.all(loads.map(one => one.stop()));
  return {edgeMs: atEdge!.lastGray - began, edge: edge!};
}

/** Answers by gray in a second of everybody's asking, the forced and the listed among them. */
async function grayLeft(place: Pick<EdgePlace, 'port'>): Promise<Load> {
  const load = await startWrk(urlOf(place), {isGrayCounted: true});
  await delay(1000);
  return await load.stop();
}

const consoles: Round[] = [];
const hands: Pick<Round, 'edgeMs' | 'edge'>[] = [];
const left: Load[] = [];
try {
  await until(() => agent.said().includes('prod for everyone') && serving.said().includes('listens'));
  await using console = new TestTerminal([process.execPath, PROGRAM, '--feature', FEATURE], {
    cwd: folder,
    env: {...env, GRAYDECK_STORE: redis.url},
    timeout: 30_000,
  });
  for (let round = 1; round <= Number(values.rounds); round++) {
    consoles.push(await byConsole(round, console));
    hands.push(await byHand());
    left.push(await grayLeft(driven), await grayLeft({port: service}));
  }
} finally {
  for (const child of children) {
    const isOver = child.exitCode !== null || child.signalCode !== null;
    child.kill('SIGTERM');
    if (!isOver) await once(child, 'exit');
  }
  bell.disconnect();
  await Promise.all([driven, bare].map(place => place[Symbol.asyncDispose]()));
  await redis.dispose();
  await rm(folder, {recursive: true, force: true, maxRetries: 5});
}

const span = (all: readonly number[]) => ({
  medianMs: Math.round(median(all)),
  fromMs: Math.round(Math.min(...all)),
  toMs: Math.round(Math.max(...all)),
});
const failed = (all: readonly Load[]) => ({
  requests: all.reduce((sum, one) => sum + one.requests, 0),
  broken: all.map(({broken}) => broken),
  refused: all.map(({refused}) => refused),
});
const result = {
  asked: span(consoles.map(({askedMs}) => askedMs)),
  commit: span(consoles.map(({commitMs}) => commitMs)),
  edge: span(consoles.map(({edgeMs}) => edgeMs)),
  service: span(consoles.map(({serviceMs}) => serviceMs)),
  bareReload: span(hands.map(({edgeMs}) => edgeMs)),
  shown: consoles.map(({shown}) => shown),
  byConsole: failed(consoles.map(({edge}) => edge)),
  atService: failed(consoles.map(({service: load}) => load)),
  byHand: failed(hands.map(({edge}) => edge)),
  after: {requests: failed(left).requests, gray: left.reduce((sum, one) => sum + one.gray, 0)},
};
if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
else {
  const rows = {
    asked: 'the key r to its question',
    commit: 'the key y to the commit',
    edge: 'the key y to the last gray answer',
    service: 'the key y to the last gray answer',
    bareReload: 'the write to the last gray answer',
  } as const;
  for (const [row, what] of Object.entries(rows)) {
    const {medianMs, fromMs, toMs} = result[row as keyof typeof rows];
    process.stdout.write(`${row.padEnd(11)} ${what} ${medianMs} ms (${fromMs}..${toMs})\n`);
  }
  process.stdout.write(`shown       ${result.shown.join(' | ')}\n`);
  for (const row of ['byConsole', 'byHand', 'atService'] as const) {
    const {requests, broken, refused} = result[row];
    const words = `${requests} requests, broken each time: ${broken.join(' ')}, refused: ${refused.join(' ')}`;
    process.stdout.write(`${row.padEnd(11)} ${words}\n`);
  }
  process.stdout.write(`afterwards  ${result.after.gray} of ${result.after.requests} answers by gray\n`);
}
