/**
 * Rows of the table at the end of `npm run bench`. A bench that measures a peer next to us in the same run keeps a row; the
 * runner collects the rows of all benches by a file that the environment names.
 */
import {appendFileSync} from 'node:fs';
import {release, cpus, totalmem} from 'node:os';
import {spawnSync} from 'node:child_process';
import {createRequire} from 'node:module';

export interface Row {
  bench: string;
  what: string;
  unit: string;
  /** Which value is the better one. */
  better: 'lower' | 'higher';
  ours: number;
  peer: {name: string; value: number};
  /** How many times better than the peer we want to be; below 1: how much worse we may be. */
  goal: number | null;
}

/** What a run was made with: figures of two machines are never compared, ratios may be. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGiB: number;
  system: string;
  versions: Record<string, string>;
}

export interface Table {
  schema: 'graydeck.bench/1';
  at: string;
  machine: Machine;
  /** Load of the machine before and after, over one minute. */
  load: [number, number];
  rows: Row[];
}

/** Variable that names the file which rows are added to, a line each. */
export const ROWS_FILE = 'BENCH_ROWS';

/** Keeps a row for the table, if a table is made. */
export function keepRow(row: Row): void {
  const file = process.env[ROWS_FILE];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(row)}\n`);
}

/** How many times better than the peer we are. */
export function timesBetter({better, ours, peer}: Row): number {
  return better === 'lower' ? peer.value / ours : ours / peer.value;
}

/** Peers whose version matters, as packages. */
const PEERS = ['@openfeature/flagd-core', '@growthbook/growthbook', 'unleash-client', 'ioredis'];

export function describeMachine(): Machine {
  const require = createRequire(import.meta.url);
  const manifest = require('../../package.json') as {
    version: string;
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  const pinned = {...manifest.dependencies, ...manifest.devDependencies};
  const program = (name: string, flag: string): string => {
    const {stdout, stderr} = spawnSync(name, [flag], {
      encoding: 'utf8',
      env: {...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin`},
    });
    return /\d+(?:\.\d+)+/u.exec(`${stdout ?? ''}${stderr ?? ''}`)?.[0] ?? 'none';
  };
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    versions: {
      graydeck: manifest.version,
      node: process.versions.node,
      redis: program('redis-server', '--version'),
      nginx: program('nginx', '-v'),
      ...Object.fromEntries(PEERS.map(name => [name, pinned[name] ?? 'none'])),
    },
  };
}

/** The table for people; with a kept one also its ratio and how much ours changed. */
export function tableLines({machine, load, rows}: Table, kept: Table | null): string[] {
  const {cpu, cores, memoryGiB, system, versions} = machine;
  const number = (value: number) => Number(value.toPrecision(3)).toLocaleString('en');
  const of = (row: Row) => kept?.rows.find(({bench, what, peer}) => isSame(row, {bench, what, peer})) ?? null;
  const head = ['what', 'ours', 'peer', 'times better', 'goal', ...(kept === null ? [] : ['kept', 'change'])];
  const body = rows.map(row => {
    const ratio = timesBetter(row);
    const before = of(row);
    const was = before === null ? null : timesBetter(before);
    return [
      `${row.bench}: ${row.what}`,
      `${number(row.ours)} ${row.unit}`,
      `${number(row.peer.value)} ${row.unit}, ${row.peer.name}`,
      `${ratio.toFixed(2)}x`,
      row.goal === null ? '—' : `${ratio >= row.goal ? '✔' : '✖'} ${row.goal}x`,
      ...(kept === null ? [] : was === null ? ['—', '—'] : [`${was.toFixed(2)}x`, changeWords(ratio / was)]),
    ];
  });
  const widths = head.map((title, at) =>
    Math.max(title.length, ...body.map(cells => (cells[at] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  return [
    `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}, load ${load.map(one => one.toFixed(1)).join(' to ')}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    '',
    line(head),
    ...body.map(line),
  ];
}

const isSame = (row: Row, {bench, what, peer}: Pick<Row, 'bench' | 'what' | 'peer'>): boolean =>
  row.bench === bench && row.what === what && row.peer.name === peer.name;

/** Runs on a shared machine differ by a fifth without a cause. */
const NOISE = 0.2;

function changeWords(change: number): string {
  const percent = `${change >= 1 ? '+' : ''}${((change - 1) * 100).toFixed(0)} %`;
  return Math.abs(change - 1) <= NOISE ? `${percent}, within noise` : percent;
}
