import {expect, test} from 'vitest';
import {Slot} from '../../../source/metrics/prometheus/slot.ts';

const OK = {state: 'ok', value: 5, ageMs: 1000, why: null, warnings: []} as const;
const SILENT_MS = 20_000;

test('a number is as old as the sample behind it, and older with every second', () => {
  const slot = new Slot('gray', () => 60_000);
  expect(slot.read(0, SILENT_MS)).toMatchObject({state: 'waiting', value: null, ageMs: null});
  slot.take(OK, 10_000);
  expect(slot.read(12_000, SILENT_MS)).toEqual({state: 'ok', value: 5, ageMs: 3000, why: null});
  slot.take({state: 'timeout', value: null, ageMs: null, why: 'no answer', warnings: []}, 15_000);
  expect(slot.read(16_000, SILENT_MS)).toEqual({
    state: 'timeout',
    value: null,
    ageMs: 7000,
    why: 'no answer',
  });
});

test('after a process slept, what it knew from before says nothing about now', () => {
  const slot = new Slot('gray', () => 60_000);
  slot.take(OK, 0);
  expect(slot.read(60_000, SILENT_MS)).toEqual({
    state: 'lagging',
    value: null,
    ageMs: 61_000,
    why: 'not asked for 60 s',
  });
});
