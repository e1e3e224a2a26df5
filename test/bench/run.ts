/**
 * Runs the benches one after the other, each in a process of its own, and says what each is to show. At the end one table
 * compares us with the peers that were measured in the same run, with the machine and the versions.
 *
 * `npm run bench` all of them; `npm run bench -- decide news` only these; `npm run bench -- peers` those with peers;
 * `npm run bench -- --list` names them. `--out FILE.json` keeps the table, `--compare FILE.json` sets it next to a kept one
 * (`test/bench/kept.json`). Read ratios within one run, not figures of two: other work may share the machine.
 */
import {execa} from 'execa';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {loadavg, tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {describeMachine, ROWS_FILE, tableLines, type Row, type Table} from './rows.ts';

interface Bench {
  name: string;
  /** What the field would want to see. */
  goal: string;
  argv: readonly string[];
}

const script = (name: string, goal: string, ...args: string[]): Bench => ({
  name,
  goal,
  argv: ['node', `test/bench/${name}.ts`, ...args],
});

const benches: readonly Bench[] = [
  script('console', 'screen 300 ms, numbers 1 s, key 15/50 ms, 5 CPU s/min, 10 kB/s, no flicker, 180 MiB'),
  script('late-console', '15 minutes of 1 000 instances: numbers within 1 s'),
  script('ingest', '200 000 entries for a second of the reader’s CPU'),
  script('command-to-state', 'median 10 ms on Redis, 60 ms on SQLite'),
  {
    name: 'windows',
    goal: 'windows and sketches beside plain ways of doing the same',
    argv: ['vitest', 'bench', '--run', '--config', 'test/vitest.config.ts'],
  },
  script('judging', 'a step of 12 metrics within 1 ms'),
  script('judge', '20 000 ticks a second'),
  {
    name: 'judge-plan',
    goal: '20 000 ticks a second with a plan’s conditions',
    argv: ['node', 'test/bench/judge.ts', '--plan', 'fixtures/plans/seed-four-phases.yaml'],
  },
  script('guard', 'from the first bad request to the rollback 2 s; 50 features on 20 % of a core'),
  script(
    'releases',
    'real releases: bad ones stopped, equal ones not, a sudden fault within 2 s (p95)',
    '--kind',
    'bad,equal,sudden',
    '--releases',
    '3',
  ),
  script('evidence', 'see the architecture: false stops and delays', '100'),
  script('raises', 'no ramp sooner than its step, no criterion met at ten times its limit', '200'),
  script('decide', '10 times flagd-core by percent, 25 times with a list and two attributes'),
  script('agreement', 'nginx and the SDK agree on every key'),
  script('news', 'the last of 50 followers within 1.5 of a bare publish'),
  {
    name: 'news-500',
    goal: 'the last of 500 followers within 2 of a bare publish',
    argv: ['node', 'test/bench/news.ts', '--followers', '500'],
  },
  script('people', 'a user adds a microsecond to record; 32 bytes a person, 8 MiB at 100 000 people'),
  script('batches', 'a sample costs Redis 200 times less than an entry each'),
  script('reports', '200 routers reporting at once delay a commit by 5 ms at most'),
  script('edge', 'a change within 1.25 of a bare write, test and reload; a rollback of a bare reload'),
  script('edge-bound', 'nobody on gray after the bound that the agent prints'),
  script('report', 'a report of three days within 3 s in every format, on both stores'),
  script('serve', '2 000 requests a second and 500 followers on a core, the guard not delayed'),
  script('ofrep', '10 000 evaluations by OFREP for a second of the server’s CPU'),
];

/** Benches that measure a peer in the same run. */
const WITH_PEERS = ['decide', 'ingest', 'news', 'news-500', 'batches', 'edge'];

const {values, positionals: typed} = parseArgs({
  options: {list: {type: 'boolean'}, out: {type: 'string'}, compare: {type: 'string'}},
  allowPositionals: true,
});
const positionals = typed.flatMap(name => (name === 'peers' ? WITH_PEERS : [name]));
const unknown = positionals.filter(name => !benches.some(bench => bench.name === name));
const wanted = benches.filter(({name}) => positionals.length === 0 || positionals.includes(name));
const say = (text: string) => process.stdout.write(`${text}\n`);

if (unknown.length > 0) {
  say(`There is no bench ${unknown.join(', ')}. There are: ${benches.map(({name}) => name).join(', ')}.`);
  process.exitCode = 2;
} else if (values.list === true) {
  for (const {name, goal} of benches) say(`${name.padEnd(18)} ${goal}`);
} else {
  // Before the benches, so that a wrong path costs no hour.
  const kept =
    values.compare === undefined ? null : (JSON.parse(await readFile(values.compare, 'utf8')) as Table);
  const folder = await mkdtemp(join(tmpdir(), 'graydeck-bench-rows-'));
  const file = join(folder, 'rows.ndjson');
  const before = loadavg()[0] ?? 0;
  const failed: string[] = [];
  for (const {name, goal, argv} of wanted) {
    say(`\n── ${name}: ${goal} (load ${loadavg()[0]?.toFixed(1)})`);
    const [command = '', ...args] = argv;
    const ran = await execa(command, args, {
      preferLocal: true,
      stdio: 'inherit',
      reject: false,
      env: {[ROWS_FILE]: file},
    });
    if (ran.failed) failed.push(name);
  }
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(line => line !== '');
  await rm(folder, {recursive: true});
  const table: Table = {
    schema: 'graydeck.bench/1',
    at: new Date().toISOString(),
    machine: describeMachine(),
    load: [before, loadavg()[0] ?? 0],
    rows: lines.map(line => JSON.parse(line) as Row),
  };
  if (table.rows.length > 0) say(`\n${tableLines(table, kept).join('\n')}`);
  if (values.out !== undefined) await writeFile(values.out, `${JSON.stringify(table, null, 2)}\n`);
  if (failed.length > 0) {
    say(`\nDid not end well: ${failed.join(', ')}`);
    process.exitCode = 1;
  }
}
