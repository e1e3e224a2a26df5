import {describe, expect, it} from 'vitest';
import {messagesOf} from '../../source/console/messages/catalogue.ts';
import {chartPanel, type ChartStyle} from '../../source/console/present/chart/chart.ts';
import {OPEN} from '../../source/console/present/clean.ts';
import {textOf, type Line} from '../../source/console/present/line.ts';
import type {MetricRow} from '../../source/console/present/sides/metric-rows.ts';
import {metricOf} from '../../source/console/present/sides/metric.ts';
import type {ViewModel} from '../../source/console/present/view-model.ts';
import type {Commit} from '../../source/release/commit.ts';

const time = {from: 0, to: 400_000, kind: 'recent'} as const;

const scene = {
  t: messagesOf('en'),
  clean: OPEN,
  mayAct: true,
  histories: new Map(),
  reading: {at: 400_000, commits: [], snapshot: {state: {release: null}}},
} as unknown as ViewModel;

function row(name: string, limits: MetricRow['limits'] = []): MetricRow {
  return {
    metric: metricOf(name),
    label: 'error rate',
    isPerSecond: false,
    values: {prod: 1, gray: 6},
    texts: {prod: '1.00 %', gray: '6.00 %'},
    compared: {standing: 'same', ratio: 1, difference: 0, broken: null},
    since: null,
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
  style: ChartStyle = 'lines',
): string[] {
  return lines(prod, gray, limits, name, style).map(line => textOf(line));
}

function lines(
  prod: (number | null)[],
  gray: (number | null)[],
  limits: MetricRow['limits'],
  name: string,
  style: ChartStyle,
  commits: readonly Commit[] = [],
): readonly Line[] {
  const history = {prod, gray, from: 0, stepMs: 10_000, measuredMs: 10_000};
  const at = {...scene, reading: {...scene.reading, commits}};
  return chartPanel(at, row(name, limits), history, {width: 52, height: 11, style, time, cursor: null}).rows;
}

function percent(at: number, percent: number, type = 'percent-set'): Commit {
  return {at, events: [{type}], split: {live: percent > 0, percent}} as unknown as Commit;
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

  it('of a few rows tells half a limit from a whole one, and both sides apart without colour', () => {
    const limit = {value: 5, bad: 'above', then: 'rollback'} as const;
    const rows = drawn(
      flat(2.4),
      [...flat(4.4).slice(0, 20), ...flat(7).slice(0, 20)],
      [limit],
      'error_rate',
      'dots',
    );
    const across = rows.findIndex(text => text.includes('╌'));
    expect(rows[across]).toMatch(/^\s+5 % ┤/u);
    const prod = rows.findIndex(text => /(?:[⠁⠂⠄⡀]){20}/u.test(text));
    expect(prod).toBeGreaterThan(across);
    const gray = rows.findIndex(text => /[⠉⠒⠤⣀]{15}/u.test(text));
    expect(gray).toBeLessThan(across);
  });

  it('is bad from where it passes the limit', () => {
    const limit = {value: 5, bad: 'above', then: 'rollback'} as const;
    for (const style of ['dots', 'lines'] as const) {
      const gray = [...flat(1).slice(0, 20), ...flat(8).slice(0, 21)];
      const pieces = lines(flat(null), gray, [limit], 'error_rate', style).flat();
      const bad = pieces.filter(({tone}) => tone === 'bad').map(({text}) => text);
      expect(bad.join('')).toMatch(/[⠉⠒⠤⣀─]{15}/u);
      const well = pieces.filter(({tone, text}) => tone === 'sparkGray' && /[⠉⠒⠤⣀─]{15}/u.test(text));
      expect(well).not.toEqual([]);
    }
  });

  it('shows a value that stands alone', () => {
    const gray = flat(null).map((_, index) => (index % 4 === 0 ? 3 : null));
    expect(drawn(flat(null), gray).join('')).toContain('•   •   •');
    expect(drawn(flat(null), gray, [], 'error_rate', 'dots').join('')).toMatch(/([⠉⠒⠤⣀]) {3}\1 {3}\1/u);
  });

  it('says below when the percentage changed, and to what', () => {
    const commits = [
      percent(0, 5),
      percent(60_000, 5),
      percent(120_000, 20),
      percent(300_000, 0, 'rollback-started'),
    ];
    const rows = lines(flat(1), flat(null), [], 'error_rate', 'dots', commits);
    const axis = rows.at(-2) ?? [];
    expect(textOf(axis)).toMatch(/└[─┬]{12}▲ 20 %[─┬]{12}◀ 0 %[─┬]+$/u);
    expect(axis.find(({text}) => text === '◀ 0 %')?.tone).toBe('bad');
    expect(rows.filter(line => textOf(line).charAt(12 + 30) === '┊')).not.toEqual([]);
  });

  it('names moments that read well on a clock', () => {
    const moments = drawn(flat(1), flat(1)).at(-1) ?? '';
    expect(moments.trim()).toMatch(/^(\d\d:\d[02468] +){3,}\d\d:\d\d:\d\d$/u);
  });

  it('on a tall screen uses its height, with ticks at round values', () => {
    const history = {prod: flat(0.5), gray: flat(10.3), from: 0, stepMs: 10_000, measuredMs: 10_000};
    const about = {width: 52, height: 24, style: 'lines', time, cursor: null} as const;
    const rows = chartPanel(scene, row('error_rate'), history, about).rows.map(line => textOf(line));
    expect(rows.findIndex(text => text.includes('──────'))).toBeLessThan(3);
    const ticks = rows.flatMap(text => /^\s+([\d.]+) % ┤/u.exec(text)?.[1] ?? []);
    expect(ticks).toEqual(['10', '8', '6', '4', '2', '0']);
  });

  it('has limits on rows of their own value where a round step allows it', () => {
    const history = {prod: flat(0.5), gray: flat(6.7), from: 0, stepMs: 10_000, measuredMs: 10_000};
    const limits: MetricRow['limits'] = [
      {value: 10, bad: 'above', then: 'rollback'},
      {value: 5, bad: 'above', then: 'alert'},
    ];
    const about = {width: 52, height: 6, style: 'dots', time, cursor: null} as const;
    const rows = chartPanel(scene, row('error_rate', limits), history, about).rows.map(line => textOf(line));
    expect(rows.flatMap(text => /^\s+([\d.]+) % ┤/u.exec(text)?.[1] ?? [])).toEqual(['15', '10', '5', '0']);
  });

  it('marks the very first percentage, too', () => {
    const first = {...percent(120_000, 5, 'release-started'), version: 1};
    const rows = lines(flat(1), flat(1), [], 'error_rate', 'dots', [first]);
    expect(textOf(rows.at(-2) ?? [])).toContain('▲ 5 %');
    const later = lines(flat(1), flat(1), [], 'error_rate', 'dots', [{...first, version: 7}]);
    expect(textOf(later.at(-2) ?? [])).not.toContain('▲');
  });

  it('marks alerts, pauses and deployments, and tells at the cursor both values and what happened', () => {
    const commit = (at: number, ...events: object[]): Commit =>
      ({
        at,
        by: 'liu',
        authenticated: null,
        reason: null,
        events,
        split: {live: true, percent: 5},
      }) as unknown as Commit;
    const commits = [
      commit(50_000, {type: 'step-started', step: 'deploy.deploy'}),
      commit(150_000, {type: 'alert-raised', alert: 'a', level: 'critical', message: 'gray burns'}),
      commit(250_000, {type: 'release-paused', reason: 'a look'}),
    ];
    const rows = lines(flat(1), flat(1), [], 'error_rate', 'lines', commits);
    expect(textOf(rows.at(-2) ?? [])).toMatch(/◌.*✖.*‖/u);
    const gray = [...flat(1).slice(0, 15), 7, ...flat(1).slice(0, 25)];
    const history = {prod: flat(0.5), gray, from: 0, stepMs: 10_000, measuredMs: 10_000};
    const snapshot = {state: {release: null, alerts: [], outbox: [], silences: []}};
    const at = {...scene, reading: {...scene.reading, commits, snapshot}} as unknown as ViewModel;
    const about = {width: 100, height: 11, style: 'lines', time, cursor: 150_000} as const;
    const {note, rows: pointed} = chartPanel(at, row('error_rate'), history, about);
    expect(textOf(note)).toMatch(/^at \d\d:\d\d:\d\d {3}━ PROD 0\.50 % {3}━ GRAY 7\.00 %/u);
    expect(textOf(pointed.at(-1) ?? [])).toContain('gray burns');
    expect(pointed.filter(line => textOf(line).includes('│', 13)).length).toBeGreaterThan(5);
  });

  it('is bad from where it stands out, also without a limit', () => {
    const worse = {
      ...row('error_rate'),
      compared: {standing: 'worse', ratio: 4, difference: 3, broken: null},
    } as const;
    const gray = [...flat(1).slice(0, 20), ...flat(4).slice(0, 21)];
    for (const style of ['dots', 'lines'] as const) {
      const history = {prod: flat(1), gray, from: 0, stepMs: 10_000, measuredMs: 10_000};
      const {rows} = chartPanel(scene, worse, history, {width: 52, height: 11, style, time, cursor: null});
      const bad = rows.flat().filter(({tone}) => tone === 'bad');
      expect(bad.map(({text}) => text).join('')).toMatch(/[⠉⠒⠤⣀─]{15}/u);
      expect(bad.map(({text}) => text.trim()).join('').length).toBeLessThan(32);
    }
  });
});
