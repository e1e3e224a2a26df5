import asciichart from 'asciichart';
import type {History} from '../history.ts';
import {clockwork, timeOfDay, UNKNOWN} from './format.ts';
import type {Limit} from './limit.ts';
import {fit, padStart, say, type Line, type Piece, type Tone} from './line.ts';
import type {MetricRow} from './metric-rows.ts';
import type {Scene} from './screen.ts';
import type {Panel} from './sides.ts';

const LABEL_WIDTH = 10;
/** The axis and the blank beside it. */
const AXIS_WIDTH = 2;

/** Columns a chart of this width can draw: so many values of history it asks for. */
export function chartPoints(width: number): number {
  return Math.max(10, width - LABEL_WIDTH - AXIS_WIDTH);
}

interface Range {
  min: number;
  max: number;
}

/** The next number that reads well on an axis. */
function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 1.5, 2, 2.5, 3, 4, 5, 10].find(factor => factor * power >= value * 0.999) ?? 10;
  return factor * power;
}

/** From 0, unless everything lies near 100 %; a limit close by is drawn in, a far one is only named. */
function rangeOf(row: MetricRow, history: History, steps: number): Range {
  const values = [...history.prod, ...history.gray].filter(value => value !== null);
  const highest = Math.max(0, ...values);
  const lowest = values.length === 0 ? 0 : Math.min(...values);
  const limits = row.limits.map(({value}) => value);
  const step = (span: number): number => roundUp(span / steps);
  if (row.metric.kind === 'percent' && lowest > 90) {
    const floor = Math.min(lowest, ...limits.filter(value => value > 90));
    return {min: 100 - step(100 - floor) * steps, max: 100};
  }
  const near = limits.filter(value => value <= highest * 2.5);
  return {min: 0, max: step(Math.max(highest, ...near) * 1.02) * steps};
}

/** asciichart knows no gaps: they are bridged for drawing and blanked afterwards. */
function bridged(values: readonly (number | null)[], fallback: number): number[] {
  let last = values.find(value => value !== null) ?? fallback;
  return values.map(value => (last = value ?? last));
}

type Grid = {glyph: string; tone: Tone}[][];

function paint(grid: Grid, values: readonly (number | null)[], range: Range, tone: Tone): void {
  const height = grid.length - 1;
  const clamped = bridged(values, range.min).map(value => Math.min(range.max, Math.max(range.min, value)));
  const plotted = asciichart.plot(clamped, {
    height,
    min: range.min,
    max: range.max,
    offset: 2,
    format: () => ' ',
  });
  for (const [y, text] of plotted.split('\n').entries()) {
    const glyphs = Array.from(text).slice(2);
    for (const [x, glyph] of glyphs.entries()) {
      const cell = grid[y]?.[x];
      // A stretch of the line lies between two values: it is only drawn where both are known.
      const isKnown = values[x] !== null && values[x + 1] !== null;
      if (cell !== undefined && glyph !== ' ' && isKnown) Object.assign(cell, {glyph, tone});
    }
  }
}

function limitRow(limit: Limit, range: Range, height: number): number | null {
  if (limit.value < range.min || limit.value > range.max) return null;
  return Math.round(((range.max - limit.value) / (range.max - range.min)) * (height - 1));
}

function runs(cells: readonly {glyph: string; tone: Tone}[]): Piece[] {
  const pieces: Piece[] = [];
  for (const {glyph, tone} of cells) {
    const last = pieces.at(-1);
    if (last !== undefined && (last.tone === tone || glyph === ' ')) last.text += glyph;
    else pieces.push(say(glyph, tone));
  }
  return pieces;
}

function timeAxis(history: History, columns: number, now: number): Line[] {
  const points = history.gray.length;
  const every = columns >= 100 ? 4 : 2;
  const marks = Array.from({length: every}, (_, index) => Math.round((index / every) * (columns - 1)));
  const axis = Array.from({length: columns}, (_, x) => (marks.includes(x) ? '┬' : '─')).join('');
  let labels = '';
  for (const x of marks) {
    const at = history.from + Math.min(points - 1, x) * history.stepMs;
    labels = `${labels.padEnd(x)}${timeOfDay(at)}`;
  }
  const end = timeOfDay(now);
  labels = `${labels.padEnd(columns - end.length).slice(0, columns - end.length)}${end}`;
  const blank = ' '.repeat(LABEL_WIDTH);
  return [[say(`${blank} └${axis}`, 'quiet')], [say(`${blank}  ${labels}`, 'quiet')]];
}

/** The picked metric over time, both sides on one scale, with the plan's limits drawn in. */
export function chartPanel(
  scene: Scene,
  row: MetricRow,
  history: History,
  width: number,
  height: number,
): Panel {
  const {t, reading} = scene;
  const columns = chartPoints(width);
  const rowsOfPlot = Math.max(3, height - 2);
  const range = rangeOf(row, history, rowsOfPlot - 1);
  const grid: Grid = Array.from({length: rowsOfPlot}, () =>
    Array.from({length: columns}, () => ({glyph: ' ', tone: 'quiet' as Tone})),
  );
  const limitAt = new Map<number, Limit>();
  for (const limit of row.limits) {
    const y = limitRow(limit, range, rowsOfPlot);
    if (y === null) continue;
    // Two limits may fall on one row: it is that of the more severe, which comes first.
    if (limitAt.has(y)) continue;
    // A limit lies between two rows more often than not: its row is called by it, not by what the axis would say.
    limitAt.set(y, limit);
    for (const cell of grid[y] ?? [])
      Object.assign(cell, {glyph: '╌', tone: limit.then === 'wait' ? 'quiet' : 'warn'});
  }
  paint(grid, history.prod, range, 'prod');
  paint(grid, history.gray, range, 'gray');
  const plot = grid.map((cells, y): Line => {
    const limit = limitAt.get(y);
    const isLabelled = limit !== undefined || (rowsOfPlot - 1 - y) % 2 === 0 || rowsOfPlot < 10;
    const value =
      limit === undefined
        ? range.max - ((range.max - range.min) * y) / (rowsOfPlot - 1)
        : Number(limit.value.toPrecision(3));
    const label = isLabelled ? axisText(row, value) : '';
    return [say(`${padStart(label, LABEL_WIDTH)} ${isLabelled ? '┤' : '│'}`, 'quiet'), ...runs(cells)];
  });
  const span = clockwork(history.gray.length * history.stepMs);
  return {
    title: [
      say(t.chart.title(row.label), 'title'),
      say(`  ${t.chart.step(span, history.stepMs / 1000)}`, 'quiet'),
    ],
    note: legend(row, scene, range),
    isUrgent: false,
    tone: row.compared.standing === 'worse' ? 'bad' : 'frame',
    rows: [...plot, ...timeAxis(history, columns, reading.at)].map(line => fit(line, width)),
  };
}

/** A round value with its unit, without decimals that say nothing. */
function axisText({metric, isPerSecond}: MetricRow, value: number): string {
  const number = Number(value.toFixed(6)).toString();
  if (metric.kind === 'percent') return `${number} %`;
  if (metric.kind === 'ms') return `${number} ms`;
  return metric.kind === 'rate' || isPerSecond ? `${number} /s` : number;
}

function legend(row: MetricRow, {t}: Scene, range: Range): Line {
  const pieces: Piece[] = [
    say(`━ ${t.sides.prod}`, 'prod'),
    say(` ${row.texts.prod}   `),
    say(`━ ${t.sides.gray}`, 'gray'),
    say(` ${row.texts.gray}`),
  ];
  for (const limit of row.limits.slice(0, 3)) {
    const isDrawn = limit.value >= range.min && limit.value <= range.max;
    const value = axisText(row, Number(limit.value.toPrecision(3)));
    const text = `   ${isDrawn ? '╌' : UNKNOWN} ${t.chart.limit(limit.bad, value, limit.then)}`;
    pieces.push(say(text, limit.then === 'wait' ? 'quiet' : 'warn'));
  }
  return pieces;
}
