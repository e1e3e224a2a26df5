import type {History} from '../../history.ts';
import {columnAt, timeAxis, type TimeScale} from './axis.ts';
import {paintDots} from './dots.ts';
import {emptyGrid, paintAcross, paintDown, rowOf, runs, type Grid, type Series} from './grid.ts';
import {paintLines} from './lines.ts';
import {rangeOf, ticksOf, type Range} from './range.ts';
import type {ChartTime} from '../../chart-time.ts';
import {UNKNOWN} from '../../../text/format.ts';
import type {Limit} from '../../../analysis/limits.ts';
import {fit, padStart, say, widthOf, type Line, type Piece, type Tone} from '../line.ts';
import {badFrom, type MetricRow} from '../sides/metric-rows.ts';
import {changeMarks, eventMarks, eventsAt} from './marks.ts';
import {percentChanges} from './percent-changes.ts';
import {written} from '../sides/metric.ts';
import type {ViewModel} from '../view-model.ts';
import type {Panel} from '../sides/sides.ts';
import {dayAndTime, isSameDay, timeOfDay} from '../moment.ts';

/** `lines`: crisp, for a chart that has the screen. `dots`: four to a row, for one of a few rows. */
export type ChartStyle = 'lines' | 'dots';

const LABEL_WIDTH = 10;
/** The axis and the blank beside it. */
const AXIS_WIDTH = 2;
const LIMITS_NAMED = 3;
/** What a frame takes of its title's row. */
const OF_FRAME = 8;

function columnsIn(width: number): number {
  return Math.max(10, width - LABEL_WIDTH - AXIS_WIDTH);
}

/** Values of history that a chart of this width asks for. */
export function chartPoints(width: number, style: ChartStyle): number {
  // A line lies between two values.
  return style === 'dots' ? columnsIn(width) : columnsIn(width) + 1;
}

export interface ChartPlace {
  width: number;
  height: number;
  style: ChartStyle;
  /** What the chart shows of time, for its title. */
  time: ChartTime;
  /** The moment whose values are shown, milliseconds since 1970; null: the values of now. */
  cursor: number | null;
}

/** The picked metric over time, both sides on one scale, with the plan's limits and changes of the percentage drawn in. */
export function chartPanel(
  scene: ViewModel,
  row: MetricRow,
  history: History,
  {width, height, style, time, cursor}: ChartPlace,
): Panel {
  const {reading} = scene;
  const columns = columnsIn(width);
  const rows = Math.max(3, height - 2);
  const range = rangeOf(row, history, rows);
  const scale: TimeScale = {
    from: history.from,
    columnMs: history.stepMs,
    columns,
    to: time.to,
  };
  const changes = percentChanges(reading.commits);
  const grid = emptyGrid(rows, columns);
  const limits = paintLimits(grid, row, range);
  const since = reading.snapshot.state.release?.splitChangedAt ?? 0;
  paintSides(grid, row, {history, since}, range, style);
  for (const {at} of changes) {
    const column = columnAt(scale, at);
    if (column !== null) paintDown(grid, column, '┊', 'quiet');
  }
  const pointed = cursor === null ? null : columnAt(scale, cursor + history.measuredMs / 2);
  if (pointed !== null) paintDown(grid, pointed, '│', 'strong');
  const blank = ' '.repeat(LABEL_WIDTH);
  const [axis, moments] = timeAxis(scale, [...changeMarks(changes), ...eventMarks(reading.commits)]);
  const happened = cursor === null ? null : eventsAt(scene, cursor, history.measuredMs);
  const below: Line[] = [
    [say(`${blank} └`, 'quiet'), ...axis],
    [say(`${blank}  `), ...(happened ?? moments)],
  ];
  return {
    ...titled(row, scene, {time, history, range, style, cursor}, width - OF_FRAME),
    isUrgent: false,
    tone: row.compared.standing === 'worse' ? 'bad' : 'frame',
    rows: [...plotted(grid, row, range, limits), ...below].map(line => fit(line, width)),
  };
}

/** Draws the limits that lie in sight; the more severe of two on one row. Returns them by row. */
function paintLimits(grid: Grid, {limits}: MetricRow, range: Range): Map<number, Limit> {
  const drawn = new Map<number, Limit>();
  for (const limit of limits) {
    const y = rowOf(limit.value, range, grid.length);
    if (y === null || drawn.has(y)) continue;
    drawn.set(y, limit);
    paintAcross(grid, y, '╌', limitTone(limit));
  }
  return drawn;
}

function paintSides(
  grid: Grid,
  row: MetricRow,
  {history, since}: {history: History; since: number},
  range: Range,
  style: ChartStyle,
): void {
  const prod: Series = {
    values: history.prod,
    tone: 'sparkProd',
    limit: null,
    badFrom: Number.POSITIVE_INFINITY,
  };
  const gray: Series = {
    values: history.gray,
    tone: 'sparkGray',
    limit: row.limits.find(({then}) => then !== 'wait') ?? null,
    badFrom: row.compared.broken === null ? badFrom({...row, history}, since) : Number.POSITIVE_INFINITY,
  };
  if (style === 'lines') {
    paintLines(grid, prod, range);
    paintLines(grid, gray, range);
  } else {
    paintDots(grid, prod, range, 'dotted');
    paintDots(grid, gray, range, 'joined');
  }
}

function limitTone({then}: Limit): Tone {
  return then === 'wait' ? 'quiet' : 'warn';
}

/** Rows of the plot with their labels. A row with a limit is called by that, which lies between two rows more often than not. */
function plotted(grid: Grid, row: MetricRow, range: Range, limits: ReadonlyMap<number, Limit>): Line[] {
  const ticks = ticksOf(range, grid.length);
  return grid.map((cells, y): Line => {
    const limit = limits.get(y);
    const value = limit === undefined ? ticks.get(y) : short(limit.value);
    const label = value === undefined ? '' : axisText(row, value);
    return [
      say(padStart(label, LABEL_WIDTH), limit === undefined ? 'quiet' : limitTone(limit)),
      say(` ${value === undefined ? '│' : '┤'}`, 'quiet'),
      ...runs(cells),
    ];
  });
}

function short(value: number): number {
  return Number(value.toPrecision(3));
}

/** A round value with its unit, without decimals that say nothing. */
function axisText({metric, isPerSecond}: MetricRow, value: number): string {
  const number = Number(value.toFixed(6)).toString();
  if (metric.kind === 'percent') return `${number} %`;
  if (metric.kind === 'ms') return `${number} ms`;
  return metric.kind === 'rate' || isPerSecond ? `${number} /s` : number;
}

interface Shown {
  time: ChartTime;
  history: History;
  range: Range;
  style: ChartStyle;
  cursor: number | null;
}

/** Metric and time at the left, sides and limits at the right: the time comes before limits, and those before details. */
function titled(row: MetricRow, scene: ViewModel, shown: Shown, room: number): Pick<Panel, 'title' | 'note'> {
  const titles = titlesOf(row, scene, shown);
  const best = (beside: Line): Line | undefined =>
    titles.find(line => widthOf(line) + widthOf(beside) <= room);
  const [, ...others] = titles;
  const sides = legend(row, scene, shown, 0);
  const short = others.find(line => widthOf(line) + widthOf(sides) <= room) ?? others.at(-1) ?? [];
  const note = legend(row, scene, shown, room - widthOf(short));
  return {title: best(note) ?? short, note};
}

/** The same in ever fewer words. */
function titlesOf(row: MetricRow, {reading, t}: ViewModel, {time, history}: Shown): Line[] {
  const {from, to, kind} = time;
  const moment = (at: number): string => (isSameDay(at, reading.at) ? timeOfDay(at) : dayAndTime(at));
  const span = t.chart.time[kind](to - from, moment(from), moment(to));
  const texts = [`${span}, ${t.chart.every(history.measuredMs)}`, span, t.chart.length(to - from), ''];
  return texts.map(text => [
    say(t.chart.title(row.label), 'title'),
    ...(text === '' ? [] : [say(`  ${text}`, 'quiet')]),
  ]);
}

/** Both sides with their values, then the limits of the plan as far as there is room. */
function legend(row: MetricRow, {t}: ViewModel, shown: Shown, room: number): Line {
  const {range, style, cursor, history} = shown;
  const values = cursor === null ? row.texts : textsAt(row, history, cursor);
  const line: Piece[] = [
    ...(cursor === null ? [] : [say(`${t.chart.cursor(timeOfDay(cursor))}   `, 'strong')]),
    say(style === 'dots' ? '┈' : '━', 'sparkProd'),
    say(` ${t.sides.prod}`, 'prod'),
    say(` ${values.prod}   `),
    say('━', 'sparkGray'),
    say(` ${t.sides.gray}`, 'gray'),
    say(` ${values.gray}`),
  ];
  for (const limit of row.limits.slice(0, LIMITS_NAMED)) {
    const isDrawn = limit.value >= range.min && limit.value <= range.max;
    const text = t.chart.limit(limit.bad, axisText(row, short(limit.value)), limit.then);
    const piece = say(`   ${isDrawn ? '╌' : UNKNOWN} ${text}`, isDrawn ? limitTone(limit) : 'quiet');
    if (widthOf([...line, piece]) > room) break;
    line.push(piece);
  }
  return line;
}

/** The values of both sides at a moment, with their units. */
function textsAt(
  {metric, isPerSecond}: MetricRow,
  history: History,
  at: number,
): {prod: string; gray: string} {
  const index = Math.floor((at + history.measuredMs / 2 - history.from) / history.stepMs);
  const write = (side: 'prod' | 'gray'): string => written(metric, history[side][index] ?? null, isPerSecond);
  return {prod: write('prod'), gray: write('gray')};
}
