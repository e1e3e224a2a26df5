import {describe, expect, it} from 'vitest';
import {withNumbers, withPrometheus} from '../../source/monitor/with-prometheus.ts';
import {messagesOf} from '../../source/console/messages/catalogue.ts';
import {OPEN} from '../../source/console/present/clean.ts';
import {comparedLine} from '../../source/console/present/sides/compared.ts';
import {headerLine} from '../../source/console/present/header.ts';
import {textOf} from '../../source/console/present/line.ts';
import {metricRows, type MetricRow} from '../../source/console/present/sides/metric-rows.ts';
import {readingOf, type Reading} from '../../source/console/reading.ts';
import type {Side} from '../../source/analysis/numbers.ts';
import {snapshotOf, type MetricSnapshot} from '../../source/metrics/prometheus/snapshot.ts';
import type {NumberReading} from '../../source/metrics/prometheus/slot.ts';
import {LIU, World} from './programs/world.ts';
import {PLAN} from './programs/rolling.ts';

const t = messagesOf('en');

function told(value: number): NumberReading {
  return {value, state: 'ok', ageMs: 2000, why: null};
}

function snapshot(
  name: string,
  prod: NumberReading,
  gray: NumberReading,
  more: Partial<MetricSnapshot> = {},
): MetricSnapshot {
  return {
    ...snapshotOf({name, unit: 'percent', better: 'lower', isWanted: true}, prod, gray, []),
    ...more,
  };
}

/** The screen's reading of a release without a single sample, beside which Prometheus tells these. */
async function readingWith(externals: MetricSnapshot[], planned = PLAN): Promise<Reading> {
  const now = Date.parse('2026-03-02T12:00:00Z');
  const world = new World('pay', () => now);
  await world.controller.ready();
  const start = {type: 'start', release: 'r1', version: 'v2', over: 'v1', plan: planned} as const;
  await world.controller.execute(start, {by: LIU});
  const value = (name: string, side: Side): number | null =>
    externals.find(external => external.name === name)?.[side] ?? null;
  const poller = {
    snapshot: () => externals,
    has: (name: string) => externals.some(external => external.name === name),
    value,
    newest: value,
    series: () => [],
  };
  const monitor = world.monitor({
    windows: withPrometheus(
      world.windows,
      poller,
      () => now,
      () => true,
    ),
    merge: (numbers, side, span) => withNumbers(numbers, poller, {side, span, now}),
    externals: () => externals,
  });
  const reading = readingOf({...world.deck(), monitor}, monitor.snapshot());
  await world.controller.close();
  return reading;
}

function rowsOf(reading: Reading): Map<string, MetricRow> {
  const rows = metricRows({reading, histories: new Map(), t, clean: OPEN, mayAct: true});
  return new Map(rows.map(row => [row.metric.name, row]));
}

describe('a number of another source', () => {
  it('stands in its unit, under its name in words', async () => {
    const rows = rowsOf(
      await readingWith([
        snapshot('cpu', told(41), told(44.5)),
        snapshot('db_connections', told(40), told(40), {unit: 'count'}),
        snapshot('queue', told(2.5), told(3), {unit: 'count'}),
        snapshot('lookup', told(120), told(130), {unit: 'ms'}),
        snapshot('availability', told(100), told(50), {better: 'higher'}),
      ]),
    );
    const shown = ['cpu', 'db_connections', 'queue', 'lookup', 'availability'].map(name => {
      const {label, texts, compared} = rows.get(name)!;
      return [label, texts.prod, texts.gray, compared.standing];
    });
    expect(shown).toEqual([
      ['cpu', '41.0 %', '44.5 %', 'none'],
      ['db connections', '40', '40', 'none'],
      ['queue', '2.50', '3', 'none'],
      ['lookup', '120 ms', '130 ms', 'none'],
      ['availability', '100 %', '50.0 %', 'none'],
    ]);
  });

  it('is bad beyond a limit of the plan, however few the requests', async () => {
    const condition = {
      text: 'cpu > 80 %',
      metric: 'cpu',
      improvement: false,
      op: '>',
      threshold: {value: 80, unit: 'percent'},
      overMs: 300_000,
      minRequests: 0,
    } as const;
    const guardrails = [{when: condition, forMs: 0, then: 'alert', level: 'warning'} as const];
    const planned = {...PLAN, guardrails};
    const rows = rowsOf(await readingWith([snapshot('cpu', told(41), told(92))], planned));
    expect(rows.get('cpu')!.compared).toMatchObject({standing: 'worse', broken: {value: 80}});
  });

  it('that is none says so in a word, with the age of the last one', async () => {
    const lost: NumberReading = {value: null, state: 'unreachable', ageMs: 94_000, why: 'no connection'};
    const never: NumberReading = {value: null, state: 'several', ageMs: null, why: 'two'};
    const reading = await readingWith([snapshot('cpu', told(41), lost), snapshot('queue', never, never)]);
    const rows = rowsOf(reading);
    const row = rows.get('cpu')!;
    expect(row.texts).toEqual({prod: '41.0 %', gray: 'away'});
    expect(textOf(comparedLine(row, t))).toBe('2 min ago');
    expect(rows.get('queue')!.texts).toEqual({prod: 'several', gray: 'several'});
    expect(textOf(comparedLine(rows.get('queue')!, t))).toBe('');
  });

  it('has a light that tells whether it was answered yet', async () => {
    const reading = await readingWith([]);
    const lit = (state: 'opening' | 'away' | 'up', ageMs: number | null): string => {
      const sources = [{name: 'prometheus', state, ageMs, why: null}];
      const scene = {reading: {...reading, sources}, histories: new Map(), t, clean: OPEN, mayAct: true};
      const mode = {readOnly: false, share: false, lang: 'en', color: false, demo: false} as const;
      return textOf(headerLine(scene, mode, '', 140));
    };
    expect(lit('opening', null)).toContain('◌ prometheus …');
    expect(lit('up', 3000)).toContain('● prometheus 3 s');
    expect(lit('away', 12_000)).toContain('▲ prometheus away 12 s');
  });
});
