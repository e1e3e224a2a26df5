/**
 * How many ticks `judge` takes a second, all told: the program reads, judges and answers, this feeds it through pipes.
 *
 * `node test/bench/judge.ts [--ticks 200000] [--ids 20] [--rate 60] [--plan FILE] [--json]`; with `--plan` its
 * conditions are judged as well. CPU time of the program counts: what feeds it shares the machine. On a busy machine a second
 * of CPU does less, down to a half: what a tick costs is told as a multiple of `JSON.parse` of the same lines, before
 * and after, as well.
 */
import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {cpus, loadavg, tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {execa} from 'execa';
import {arrivals, normal, seeded} from '../../source/demo/behaviour.ts';
import {buildProgram} from '../build.ts';
import {readUsage} from './usage.ts';

const {values} = parseArgs({
  options: {
    ticks: {type: 'string', default: '200000'},
    ids: {type: 'string', default: '20'},
    rate: {type: 'string', default: '60'},
    plan: {type: 'string'},
    json: {type: 'boolean', default: false},
  },
});
const [ticks, ids, rate] = [Number(values.ticks), Number(values.ids), Number(values.rate)];
const HISTORY = 300;

function side(random: () => number, mean: number) {
  const requests = arrivals(mean, random);
  const buckets = new Map<number, number>();
  let latencySumMs = 0;
  for (let index = 0; index < requests; index++) {
    const time = 60 * Math.exp(0.77 * normal(random));
    latencySumMs += time;
    const bucket = Math.max(0, Math.min(143, Math.floor(8 * Math.log2(time))));
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
  }
  const part = (share: number) => Math.min(requests, arrivals(requests * share, random));
  const hist = [...buckets].sort(([a], [b]) => a - b);
  return {
    requests,
    errors: part(0.005),
    conversions: part(0.05),
    latencySumMs: Math.round(latencySumMs),
    hist,
  };
}

/** The recordings, interleaved, in pieces as a pipe takes them. */
function recordings(): {head: string; pieces: string[]} {
  const random = seeded(7);
  const names = Array.from({length: ids}, (_, index) => `launch-${index}`);
  const line = (value: object) => `${JSON.stringify(value)}\n`;
  let head = '';
  for (const id of names)
    head += line({type: 'start', id, tickSeconds: 1, horizonSeconds: 1800, grayShare: 0.1});
  for (let t = 1 - HISTORY; t <= 0; t++)
    for (const id of names) head += line({type: 'history', id, t, prod: side(random, rate)});
  // A thousand sides will do: what counts is how much there is to read, not which.
  const prods = Array.from({length: 1000}, () => JSON.stringify(side(random, rate * 0.9)));
  const grays = Array.from({length: 1000}, () => JSON.stringify(side(random, rate * 0.1)));
  const pieces: string[] = [];
  let piece = '';
  for (let count = 0; count < ticks; count++) {
    const t = Math.floor(count / ids) + 1;
    const [prod, gray] = [prods[Math.floor(random() * 1000)], grays[Math.floor(random() * 1000)]];
    piece += `{"type":"tick","id":"${names[count % ids]}","t":${t},"grayShare":0.1,"prod":${prod},"gray":${gray}}\n`;
    if (piece.length < 60_000) continue;
    pieces.push(piece);
    piece = '';
  }
  return {head, pieces: [...pieces, piece]};
}

/** CPU time that `JSON.parse` of a line takes now, microseconds. */
function parsing(pieces: readonly string[]): number {
  const lines = pieces.slice(0, 40).flatMap(piece => piece.trimEnd().split('\n'));
  const before = process.cpuUsage();
  let read = 0;
  for (const line of lines) if (typeof JSON.parse(line) === 'object') read++;
  const {user, system} = process.cpuUsage(before);
  return (user + system) / read;
}

const folder = await mkdtemp(join(tmpdir(), 'graydeck-bench-judge-'));
await buildProgram(folder);
const {head, pieces} = recordings();
const plan = values.plan === undefined ? [] : ['--plan', resolve(values.plan)];
const child = execa(process.execPath, [join(folder, 'main.js'), 'judge', ...plan], {
  cwd: folder,
  reject: false,
  buffer: false,
  stderr: 'inherit',
});
let answered = 0;
let rolledBack = 0;
let done = () => {};
const answers = new Promise<void>(resolveAnswers => {
  done = resolveAnswers;
});
child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
  for (let at = chunk.indexOf('\n'); at >= 0; at = chunk.indexOf('\n', at + 1)) answered++;
  rolledBack += chunk.split('"rollback"').length - 1;
  if (answered >= ticks) done();
});
const write = async (text: string) => {
  if (!child.stdin.write(text)) await once(child.stdin, 'drain');
};
// History is not counted: a first tick tells when it has been taken in.
await write(head);
const pid = child.pid ?? 0;
let before = readUsage(pid);
for (let last = -1; last !== before.cpuSeconds; before = readUsage(pid)) {
  last = before.cpuSeconds;
  await new Promise(next => setTimeout(next, 300));
}
parsing(pieces);
const parsingBefore = parsing(pieces);
const begin = performance.now();
for (const piece of pieces) await write(piece);
await answers;
const seconds = (performance.now() - begin) / 1000;
const after = readUsage(pid);
const parsingAfter = parsing(pieces);
child.stdin.end();
await child;
await rm(folder, {recursive: true});

const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
const figures = {
  ticks,
  ids,
  ticksPerSecond: Math.round(ticks / seconds),
  ticksPerCpuSecond: Math.round(ticks / cpuSeconds),
  timesParsing: Number(((2e6 * cpuSeconds) / ticks / (parsingBefore + parsingAfter)).toFixed(1)),
  mebibytesPerSecond: Math.round(pieces.reduce((sum, {length}) => sum + length, 0) / 2 ** 20 / seconds),
  rssMiB: Math.round(after.rssMiB),
  rolledBackTicks: rolledBack,
};
const cpu = cpus()[0]?.model ?? 'unknown';
process.stdout.write(
  values.json
    ? `${JSON.stringify({...figures, cpu, load: loadavg()[0]})}\n`
    : `${figures.ticksPerSecond} ticks a second, ${figures.ticksPerCpuSecond} a CPU second (goal 20000), a tick ${figures.timesParsing} times ` +
        `JSON.parse of its line; ` +
        `${figures.mebibytesPerSecond} MiB/s in, ${figures.rssMiB} MiB at ${ids} ids; ` +
        `${rolledBack} of ${ticks} answers were rollback. ${cpu}, load ${loadavg()[0]?.toFixed(1)}\n`,
);
