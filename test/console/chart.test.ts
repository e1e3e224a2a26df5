import {describe, expect, it} from 'vitest';
import {messagesOf} from '../../source/console/messages/catalogue.ts';
import {chartPanel} from '../../source/console/present/chart.ts';
import {OPEN} from '../../source/console/present/clean.ts';
import {textOf} from '../../source/console/present/line.ts';
import type {MetricRow} from '../../source/console/present/metric-rows.ts';
import {metricOf} from '../../source/console/present/metric.ts';
import type {Scene} from '../../source/console/present/screen.ts';

const scene = {
  t: messagesOf('en'),
  clean: OPEN,
  mayAct: true,
  histories: new Map(),
  reading: {at: 600_000},
} as unknown as Scene;

function row(name: string, limits: MetricRow['limits'] = []): MetricRow {
  return {
    metric: metricOf(name),
    label: 'error rate',
    isPerSecond: false,
    values: {prod: 1, gray: 6},
    texts: {prod: '1.00 %', gray: '6.00 %'},
    compared: {standing: 'same', ratio: 1, difference: 0, broken: null},
    limits,
    history: null,
    scale: null,
  };
}

function drawn(
  prod: (number | null)[],
  gray: (number | null)[],
  limits: MetricRow['limits'] = [],
  name = 'error_rate',
): string[] {
  const history = {prod, gray, from: 0, stepMs: 10_000};
  return chartPanel(scene, row(name, limits), history, 52, 11).rows.map(line => textOf(line));
}

const flat = (value: number | null): (number | null)[] => Array.from({length: 41}, () => value);

describe('a chart', () => {
  it('has an axis with units, a time axis, and every row as wide as the others', () => {
    const rows = drawn(flat(0.5), flat(6));
    expect(rows[0]).toMatch(/^\s+\d+ % ┤/u);
    expect(rows.some(text => /^\s+0 % ┤/u.test(text))).toBe(true);
    expect(rows.at(-1)).toMatch(/\d\d:\d\d:\d\d/u);
    expect(new Set(rows.map(text => text.length))).toEqual(new Set([52]));
  });

  it('draws the limit where it lies, and only names one that is far away', () => {
    const near = drawn(flat(0.5), flat(6), [{value: 5, bad: 'above', then: 'rollback'}]);
    expect(near.some(text => text.includes('╌╌╌'))).toBe(true);
    const far = drawn(flat(0.5), flat(0.6), [{value: 50, bad: 'above', then: 'rollback'}]);
    expect(far.some(text => text.includes('╌'))).toBe(false);
  });

  it('leaves a gap where nothing was measured', () => {
    const gray = [...flat(6).slice(0, 10), ...flat(null).slice(0, 20), ...flat(6).slice(0, 11)];
    const rows = drawn(flat(null), gray);
    const drawnRow = rows.find(text => text.includes('──────')) ?? '';
    expect(drawnRow).toMatch(/─{9} {20,}─{9,}/u);
  });

  it('survives having nothing at all to draw', () => {
    expect(() => drawn(flat(null), flat(null))).not.toThrow();
    expect(() => drawn([], [])).not.toThrow();
  });

  it('shows what lies near 100 % close up', () => {
    const rows = drawn(flat(99.9), flat(99.2), [], 'availability');
    expect(rows[0]).toMatch(/100 % ┤/u);
    expect(rows.some(text => /9[89](\.\d+)? % ┤/u.test(text))).toBe(true);
  });
});
