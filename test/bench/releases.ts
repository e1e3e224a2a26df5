/**
 * Whether whole releases are stopped, and how soon, with everything real: a Redis, the built program as guard, a service of
 * two processes that uses the SDK, and people who use it over HTTP.
 *
 *     node test/bench/releases.ts [--kind bad,bad-xadd,equal,equal-xadd,sudden,sudden-xadd] [--releases 20] [--seed 1]
 *                                 [--busy] [--json]
 *
 * - `bad`: gray fails 20 % of its requests from the first one on, prod never fails. Every release has to be stopped.
 * - `equal`: both versions fail alike, for some people more than for others. Clients loop on a failing request, one fails
 *   once a second for ever. In each fourth release that one is on gray; in another fourth a scanner on gray fails 20 times
 *   a second. No release may be stopped in the 75 s that it is observed.
 * - `sudden`: errors of gray rise from 0.5 to 50 % at 50 gray requests a second.
 *
 * `…-xadd` is the same with an entry for each request that names no person; there equal releases have no scanner and no
 * broken client, since counts cannot tell either from a regression. `--busy` adds two busy loops a core. Gray has 10 and
 * 20 % in turn (`sudden` always 20 %); evidence is the only limit. Seconds are counted from the first bad answer to the
 * rollback in the log.
 */
import {spawn} from 'node:child_process';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {availableParallelism, loadavg, tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import {execa} from 'execa';
import {openController} from '../../source/controller/controller.ts';
import type {Controller} from '../../source/controller/outcome.ts';
import {seeded} from '../../source/demo/behaviour.ts';
import type {Event} from '../../source/release/event.ts';
import {openStore} from '../../source/store/open.ts';
import {buildProgram} from '../build.ts';
import {Crowd} from '../load/crowd.ts';
import {WELL, type ServiceRule, type SideRule} from '../load/rule.ts';
import {startSite, type Site, type SiteOptions} from '../load/site.ts';
import {startRedis} from '../servers/redis.ts';
import {median, quantile} from './quantile.ts';

interface Kind {
  name: string;
  mode: SiteOptions['mode'];
  /** Requests a second of one release. */
  requestsPerSecond: number;
  percents: readonly number[];
  /** Releases that run at a time. */
  together: number;
  loopers: number;
  hasBrokenClients: boolean;
  /** The rule of the calm, and of the trouble; null: there is none. */
  calm: ServiceRule;
  bad: ServiceRule | null;
  /** Seconds of calm between the start of the release and the trouble; null: it is there from the start. */
  calmFor: number | null;
  /** Seconds that a release is observed at most. */
  observed: number;
}

const both = (side: SideRule): ServiceRule => ({prod: side, gray: side, isWatched: false});
const grayIs = (prod: SideRule, gray: SideRule): ServiceRule => ({prod, gray, isWatched: true});
const USUAL: SideRule = {errors: 0.003, unlucky: 0.02, medianMs: 15};
const HEALTHY: SideRule = {...WELL, errors: 0.005};

function kindsOf(name: string, kind: Omit<Kind, 'name' | 'mode'>): Kind[] {
  return [
    {...kind, name, mode: 'sdk'},
    {...kind, name: `${name}-xadd`, mode: 'xadd', hasBrokenClients: false},
  ];
}

const KINDS: readonly Kind[] = [
  ...kindsOf('bad', {
    requestsPerSecond: 20,
    percents: [10, 20],
    together: 20,
    loopers: 0,
    hasBrokenClients: false,
    calm: both(WELL),
    bad: grayIs(WELL, {...WELL, errors: 0.2}),
    calmFor: null,
    observed: 240,
  }),
  ...kindsOf('equal', {
    requestsPerSecond: 25,
    percents: [10, 20],
    together: 20,
    loopers: 3,
    hasBrokenClients: true,
    calm: both(USUAL),
    bad: null,
    calmFor: null,
    observed: 75,
  }),
  ...kindsOf('sudden', {
    requestsPerSecond: 250,
    percents: [20],
    together: 3,
    loopers: 0,
    hasBrokenClients: false,
    calm: both(HEALTHY),
    bad: grayIs(HEALTHY, {...HEALTHY, errors: 0.5}),
    calmFor: 10,
    observed: 60,
  }),
];

const {values} = parseArgs({
  options: {
    kind: {type: 'string', default: KINDS.map(({name}) => name).join(',')},
    releases: {type: 'string', default: '20'},
    seed: {type: 'string', default: '1'},
    busy: {type: 'boolean', default: false},
    json: {type: 'boolean', default: false},
  },
});
const releases = Number(values.releases);
const firstSeed = Number(values.seed);
const wanted = values.kind.split(',');
const unknown = wanted.filter(one => !KINDS.some(({name}) => name === one));
if (unknown.length > 0) throw new Error(`no such kind: ${unknown.join(', ')}`);

/** Seconds that prod alone is served before a release, from which the guard learns. */
const WARM = 8;
/** What came of one release. Moments are milliseconds since 1970. */
interface Result {
  stopped: boolean;
  /** Seconds from the first bad answer. */
  delay: number | null;
  footing: string | null;
  /** Seconds between the moment that evidence names and the first bad answer. */
  onsetError: number | null;
  requests: number;
  /** Requests that failed on gray. */
  grayFailed: number;
  seconds: number;
  reason: string | null;
}

const folder = await mkdtemp(join(tmpdir(), 'graydeck-bench-releases-'));
await buildProgram(folder);
for (const percent of [10, 20])
  await writeFile(
    join(folder, `plan-${percent}.yaml`),
    `phases:\n  - {name: some, percent: ${percent}, duration: 24h}\n  - {name: all, percent: 100}\nguardrails: []\n`,
  );

async function start(store: string, feature: string, percent: number): Promise<void> {
  const plan = join(folder, `plan-${percent}.yaml`);
  const argv = [
    'start',
    'v2',
    '--over',
    'v1',
    '--feature',
    feature,
    '--plan',
    plan,
    '--store',
    store,
    '--yes',
  ];
  await execa(process.execPath, [join(folder, 'bin.js'), ...argv], {cwd: folder, env: {HOME: folder}});
}

async function until(holds: () => boolean, seconds: number): Promise<boolean> {
  const giveUpAt = performance.now() + seconds * 1000;
  while (!holds()) {
    if (performance.now() > giveUpAt) return false;
    await pause(50);
  }
  return true;
}

/** What the log says about the end of a release. */
function resultOf(
  controller: Controller,
  failedAt: number | null,
): Omit<Result, 'requests' | 'grayFailed' | 'seconds'> {
  const rollback = controller.snapshot().state.release?.rollback ?? null;
  const events = controller.commits().flatMap(({events}) => events as Event[]);
  const reasons = events.flatMap(event => (event.type === 'verdict-changed' ? event.reasons : []));
  const found = reasons.findLast(({code}) => code === 'evidence' || code === 'evidence_slow') ?? null;
  const since = (at: number | null) => (at === null || failedAt === null ? null : (at - failedAt) / 1000);
  const at = rollback?.at ?? null;
  // The log tells how long it had lasted, as judged on the second before.
  const seconds = found?.windowSeconds ?? null;
  const [, footing = null] = /by (requests|history|.* people)/u.exec(found?.text ?? '') ?? [];
  return {
    stopped: rollback !== null,
    delay: since(at),
    footing: footing?.endsWith('people') === true ? 'people' : footing,
    onsetError: seconds === null || at === null ? null : since(at - seconds * 1000),
    reason: rollback?.reason ?? null,
  };
}

/** Runs releases at the same time on one Redis under one guard. */
async function runTogether(kind: Kind, numbers: readonly number[]): Promise<Result[]> {
  const redis = await startRedis({settings: {appendfsync: 'no'}});
  const store = await openStore(redis.url, 'operator', {env: {}});
  const members = numbers.map(number => ({
    number,
    name: `${kind.name}-${number}`,
    percent: kind.percents[number % kind.percents.length] ?? 20,
    random: seeded(firstSeed * 7919 + number),
  }));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => redis.dispose());
  stack.defer(() => store.close());
  const site = stack.use(
    await startSite({
      store: redis.url,
      features: members.map(({name}) => name),
      mode: kind.mode,
      seed: firstSeed,
    }),
  );
  const {requestsPerSecond, loopers} = kind;
  const crowds = members.map(({number, name}) =>
    stack.use(
      new Crowd({
        ports: site.ports,
        feature: name,
        requestsPerSecond,
        loopers,
        seed: firstSeed * 1000 + number,
      }),
    ),
  );
  for (const {name} of members) site.rule(name, kind.calmFor === null ? (kind.bad ?? kind.calm) : kind.calm);
  const guard = execa(process.execPath, [join(folder, 'bin.js'), 'guard', '--store', redis.url, '--json'], {
    cwd: folder,
    env: {HOME: folder},
    reject: false,
    buffer: {stdout: false},
  });
  guard.stdout.resume();
  stack.defer(async () => {
    guard.kill('SIGTERM');
    const {exitCode, stderr} = await guard;
    if (exitCode !== 0) process.stderr.write(`the guard ended with ${exitCode}: ${stderr}\n`);
  });
  await pause(WARM * 1000);
  const running = members.map(async (member, index) => {
    const {name, percent} = member;
    const controller = openController({
      feature: name,
      log: store.feature(name).log,
      now: () => store.now(),
    });
    // One after the other, as many as there are cores: each start is a process.
    await turn(() => start(redis.url, name, percent));
    await controller.ready();
    const crowd = crowds[index]!;
    const began = Date.now();
    const before = crowd.seen;
    try {
      await troubles(kind, member, site, crowd);
      await until(() => controller.snapshot().state.release?.rollback !== null, kind.observed);
      const {requests, grayFailed} = crowd.seen;
      const seconds = (Date.now() - began) / 1000;
      return {
        ...resultOf(controller, site.failedAt(name)),
        requests: requests - before.requests,
        grayFailed: grayFailed - before.grayFailed,
        seconds,
      };
    } finally {
      await controller.close();
    }
  });
  return await Promise.all(running);
}

/** Begins what is wrong in a release. */
async function troubles(
  {calmFor, bad, hasBrokenClients}: Kind,
  {number, name, random}: {number: number; name: string; random: () => number},
  site: Site,
  crowd: Crowd,
): Promise<void> {
  if (hasBrokenClients) {
    // One client at most is put on gray on purpose: which side the others have is left to chance.
    const [isScanned, isBroken] = [number % 4 === 0, number % 4 === 2];
    crowd.fail(isBroken ? await crowd.find('gray', 'broken') : 'broken', 1000);
    if (isScanned) crowd.fail(await crowd.find('gray', 'scanner'), 50);
  }
  if (calmFor === null || bad === null) return;
  await pause(calmFor * 1000 + random() * 5000);
  site.rule(name, bad);
}

const lanes = Array.from({length: availableParallelism()}, () => Promise.resolve());
let next = 0;

/** Does the work in its turn. */
async function turn(work: () => Promise<void>): Promise<void> {
  const lane = next++ % lanes.length;
  const done = lanes[lane]!.then(work);
  lanes[lane] = done.catch(() => undefined);
  await done;
}

function busyLoops(): Disposable {
  const count = values.busy ? 2 * availableParallelism() : 0;
  const loops = Array.from({length: count}, () => spawn(process.execPath, ['-e', 'for(;;);']));
  const end = () => loops.forEach(loop => loop.kill('SIGKILL'));
  process.once('exit', end);
  return {[Symbol.dispose]: end};
}

const known = (numbers: (number | null)[]) => numbers.flatMap(number => number ?? []);
const shown = (numbers: number[], of: (numbers: number[]) => number) =>
  numbers.length === 0 ? '-' : of(numbers).toFixed(1);

const columns = [
  'kind',
  'stopped',
  'median s',
  'p95 s',
  'most s',
  'onset error s',
  'gray failed',
  'by',
  'requests/s',
  'load',
];
const widths = [12, 9, 9, 7, 7, 19, 17, 22, 12, 6];
const row = (cells: readonly string[]) =>
  `${cells.map((cell, index) => (index === 0 ? cell.padEnd(widths[index]!) : cell.padStart(widths[index]!))).join('')}\n`;

try {
  using _ = busyLoops();
  if (!values.json) process.stdout.write(row(columns));
  for (const kind of KINDS.filter(({name}) => wanted.includes(name))) {
    const results: Result[] = [];
    for (let from = 0; from < releases; from += kind.together) {
      const numbers = Array.from({length: Math.min(kind.together, releases - from)}, (_, n) => from + n);
      results.push(...(await runTogether(kind, numbers)));
    }
    const delays = known(results.map(({delay}) => delay));
    const onsets = known(results.map(({onsetError}) => onsetError));
    const footings = [...new Set(results.flatMap(({footing}) => footing ?? []))].map(
      one => `${one} ${results.filter(({footing}) => footing === one).length}`,
    );
    const fails = results.map(({grayFailed}) => grayFailed);
    const rate = median(results.map(({requests, seconds}) => requests / seconds));
    if (values.json) {
      process.stdout.write(`${JSON.stringify({kind: kind.name, results, load: loadavg()[0]})}\n`);
      continue;
    }
    const onsetRange =
      onsets.length === 0
        ? '-'
        : `${shown(onsets, median)} (${shown(onsets, all => Math.min(...all))}..${shown(onsets, all => Math.max(...all))})`;
    process.stdout.write(
      row([
        kind.name,
        `${results.filter(({stopped}) => stopped).length} of ${results.length}`,
        shown(delays, median),
        shown(delays, all => quantile(all, 0.95)),
        shown(delays, all => Math.max(...all)),
        onsetRange,
        `${median(fails)}, at most ${Math.max(...fails)}`,
        footings.join(', ') || '-',
        rate.toFixed(0),
        loadavg()[0]?.toFixed(1) ?? '-',
      ]),
    );
    if (kind.bad !== null) continue;
    for (const {reason} of results) if (reason !== null) process.stdout.write(`  stopped: ${reason}\n`);
  }
} finally {
  await rm(folder, {recursive: true, force: true});
}
