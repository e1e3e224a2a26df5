/**
 * How quick, how calm and how small the console is, measured in a real terminal.
 *
 * `npm run bench:console [-- --runs 3 --presses 60 --seconds 30 --size 120x40 --key Tab --json]`
 * `npm run bench:console -- --minutes 60` watches its memory instead.
 * Another program can be measured after a second `--`.
 */
import {mkdtemp, rm} from 'node:fs/promises';
import {cpus, loadavg, tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {runConsole, runLong, type Figures, type RunOptions} from './console-run.ts';
import {median} from './quantile.ts';

const program = resolve(import.meta.dirname, '../../distribution/bin.js');

const {values, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    runs: {type: 'string', default: '3'},
    presses: {type: 'string', default: '60'},
    seconds: {type: 'string', default: '30'},
    size: {type: 'string', default: '120x40'},
    key: {type: 'string', default: 'Tab'},
    numbers: {type: 'string', default: String.raw`requests\s+\d`},
    minutes: {type: 'string'},
    json: {type: 'boolean', default: false},
  },
});

/** What each figure is called, its unit, and the most it may be. */
const table: readonly (readonly [keyof Figures, string, number, number])[] = [
  ['firstScreenMs', 'first screen, ms', 0, 300],
  ['firstNumbersMs', 'first numbers, ms', 0, 1000],
  ['keyMedianMs', 'key to changed screen, median, ms', 1, 15],
  ['keyP95Ms', 'key to changed screen, p95, ms', 1, 50],
  ['cpuSecondsPerMinute', 'CPU, s/min', 2, 5],
  ['bytesPerSecond', 'output, bytes/s', 0, 10_000],
  ['fullClears', 'full clears after start', 0, 0],
  ['flickers', 'flickers without synchronized output', 0, 0],
  ['rssMiB', 'memory at the end, MiB', 0, 180],
  ['leftBehind', 'modes left on, or a bad exit code', 0, 0],
];

const say = (text: string) => process.stdout.write(`${text}\n`);
const load = () =>
  loadavg()
    .map(value => value.toFixed(2))
    .join(' ');

const home = await mkdtemp(join(tmpdir(), 'graydeck-bench-'));
const [columns = 120, rows = 40] = values.size.split('x').map(Number);
const [file, ...rest] = positionals;
const options: RunOptions = {
  argv: file === undefined ? [process.execPath, program, 'demo'] : [file, ...rest],
  env: {HOME: home, XDG_STATE_HOME: home, XDG_CACHE_HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home},
  columns,
  rows,
  key: values.key,
  presses: Number(values.presses),
  seconds: Number(values.seconds),
  numbers: new RegExp(values.numbers, 'u'),
  quitKey: 'q',
};

async function watchMemory(minutes: number): Promise<void> {
  const memory = await runLong(options, minutes, (minute, rss, cpu) =>
    say(`minute ${minute}: ${rss.toFixed(1)} MiB, ${cpu.toFixed(1)} s CPU, load ${load()}`),
  );
  const [reference, last] = [memory[Math.min(4, memory.length - 1)]!, memory.at(-1)!];
  const growth = (last / reference - 1) * 100;
  say(`From minute ${Math.min(5, memory.length)} to the last: ${growth.toFixed(1)} %; it may grow by 10 %.`);
  process.exitCode = memory.length === minutes && growth <= 10 ? 0 : 1;
}

async function compareRuns(): Promise<void> {
  say(`${cpus().length} CPUs, Node ${process.version}, ${columns}x${rows}, load before ${load()}`);
  // The first start compiles; what it leaves in the cache is what every later start finds.
  const cold = await runConsole({...options, presses: 1, seconds: 1});
  const runs: Figures[] = [];
  for (let run = 0; run < Number(values.runs); run++) {
    runs.push(await runConsole(options));
  }
  say(`first start ever: first screen ${cold.firstScreenMs.toFixed(0)} ms; load after ${load()}`);
  say(`answered: ${runs.map(run => `${run.answered} of ${options.presses}`).join(', ')} presses\n`);
  for (const [name, label, digits, most] of table) {
    const all = runs.map(run => run[name]);
    const middle = median(all);
    const mark = middle <= most ? 'ok ' : 'OFF';
    const each = all.map(value => value.toFixed(digits)).join(', ');
    say(`${mark} ${label.padEnd(38)} ${middle.toFixed(digits).padStart(8)}   at most ${most}   (${each})`);
  }
  if (values.json) {
    say(JSON.stringify({columns, rows, cold, runs}));
  }
}

try {
  await (values.minutes === undefined ? compareRuns() : watchMemory(Number(values.minutes)));
} finally {
  await rm(home, {recursive: true, force: true});
}
