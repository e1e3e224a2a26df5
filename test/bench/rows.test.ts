import {expect, test} from 'vitest';
import {describeMachine, tableLines, timesBetter, type Row, type Table} from './rows.ts';

const row = (ours: number, value: number, more: Partial<Row> = {}): Row => ({
  bench: 'decide',
  what: '10 % by user',
  unit: 'ns',
  better: 'lower',
  ours,
  peer: {name: 'flagd', value},
  goal: 10,
  ...more,
});
const table = (...rows: Row[]): Table => ({
  schema: 'graydeck.bench/1',
  at: '2026-12-01T00:00:00.000Z',
  machine: {cpu: 'A CPU', cores: 2, memoryGiB: 4, system: 'linux', versions: {node: '24.0.0'}},
  load: [0.5, 1],
  rows,
});

test('times better is above 1 for us, whichever value is the better one', () => {
  expect(timesBetter(row(10, 40))).toBe(4);
  expect(timesBetter(row(40, 10, {better: 'higher'}))).toBe(4);
});

test('the table names machine and versions, and marks a goal that is missed', () => {
  const text = tableLines(table(row(10, 200), row(10, 50, {what: 'a list'})), null).join('\n');
  expect(text).toContain('A CPU, 2 cores, 4 GiB');
  expect(text).toContain('node 24.0.0');
  expect(text).toMatch(/10 % by user .* 20\.00x .*✔ 10x/u);
  expect(text).toMatch(/a list .* 5\.00x .*✖ 10x/u);
});

test('next to a kept table it says how much the ratio changed, and what is noise or new', () => {
  const kept = table(row(10, 200), row(10, 200, {what: 'a list'}));
  const now = table(row(10, 190), row(20, 200, {what: 'a list'}), row(1, 2, {what: 'new'}));
  const lines = tableLines(now, kept);
  expect(lines.find(line => line.includes('by user'))).toMatch(/20\.00x +-5 %, within noise$/u);
  expect(lines.find(line => line.includes('a list'))).toMatch(/20\.00x +-50 %$/u);
  expect(lines.find(line => line.includes('new'))).toMatch(/— +—$/u);
});

test('the machine is described with the versions of peers', () => {
  expect(describeMachine().versions).toMatchObject({
    node: process.versions.node,
    ioredis: expect.stringMatching(/^\d/u) as string,
  });
});
