import type {Side} from '../../../analysis/numbers.ts';
import type {History} from '../../history.ts';
import type {Messages} from '../../messages/catalogue.ts';
import type {Cleaner} from '../clean.ts';
import {compare, type Compared} from './compare.ts';
import {foundElsewhere, labelElsewhere, metricElsewhere, stateWord} from './elsewhere.ts';
import {limitsOf, type Limit} from '../../../analysis/limits.ts';
import {isCounter, valueOf} from '../../../analysis/metric-value.ts';
import {metricOf, written, type Metric} from './metric.ts';
import {worseSince} from '../../../monitor/settling.ts';
import type {ViewModel} from '../view-model.ts';
import {scaleOf, type Scale} from '../chart/sparkline.ts';

/** One metric, read for both sides: the row both panels show. */
export interface MetricRow {
  metric: Metric;
  label: string;
  /** A counter beyond the standard ones is told per second. */
  isPerSecond: boolean;
  values: {prod: number | null; gray: number | null};
  texts: {prod: string; gray: string};
  compared: Compared;
  /** Since when gray has been worse, milliseconds since 1970; null: it is not, or not known. */
  since: number | null;
  limits: readonly Limit[];
  history: History | null;
  /** One scale for both sparklines. */
  scale: Scale | null;
  /** How old the last number is that another source told, where it tells none now; milliseconds. */
  lastSeenMs?: number;
}

const NO_HISTORY: readonly (number | null)[] = [];

/** What lies near 100 % is drawn from here up, or a dip would not be seen. */
const AVAILABILITY_FLOOR = 99;

function scaleFor(metric: Metric, history: History | undefined): Scale | null {
  const rows = [history?.prod ?? NO_HISTORY, history?.gray ?? NO_HISTORY];
  if (metric.name !== 'availability') return scaleOf(rows);
  const scale = scaleOf(rows, AVAILABILITY_FLOOR);
  return scale === null ? null : {min: scale.min, max: 100};
}

/** What a metric is called in its row. */
export function labelOf(name: string, t: Messages, clean: Cleaner): string {
  return labelElsewhere(name, t) ?? clean.name(name, 20);
}

/** Every metric that is known, in the order of the screen; `filter` is looked for in name and label. */
export function metricRows({reading, histories, t, clean}: ViewModel, filter = ''): MetricRow[] {
  const {release} = reading.snapshot.state;
  const shared = {prod: reading.prod.numbers, gray: reading.gray.numbers, window: reading.window};
  const wanted = filter.toLowerCase();
  const rows: MetricRow[] = [];
  for (const name of reading.metrics) {
    const label = labelOf(name, t, clean);
    if (wanted !== '' && !`${name} ${label}`.toLowerCase().includes(wanted)) continue;
    // Where a condition of the plan looks at another window, so does its row.
    const numbers = reading.ownWindows.get(name) ?? shared;
    const prod = valueOf(name, numbers.prod, numbers.window);
    const gray = valueOf(name, numbers.gray, numbers.window);
    const elsewhere = foundElsewhere(reading.externals, name, {prod, gray});
    const metric = elsewhere === null ? metricOf(name) : metricElsewhere(elsewhere);
    const text = (side: Side, value: number | null): string =>
      (elsewhere === null ? null : stateWord(elsewhere, side, t)) ?? written(metric, value, isPerSecond);
    const lastSeenMs =
      elsewhere === null || elsewhere.sides.gray.state === 'ok' ? null : elsewhere.sides.gray.ageMs;
    const isPerSecond = isCounter(name, [numbers.prod, numbers.gray]);
    const limits = release === null ? [] : limitsOf(release.plan, release.phase, name, prod);
    const history = histories.get(name);
    const compared = compare(metric, gray, prod, numbers, limits);
    rows.push({
      metric,
      label,
      isPerSecond,
      values: {prod, gray},
      texts: {prod: text('prod', prod), gray: text('gray', gray)},
      compared,
      since: compared.standing === 'worse' ? worseSince(reading, name) : null,
      limits,
      history: history ?? null,
      scale: scaleFor(metric, history),
      ...(lastSeenMs === null ? {} : {lastSeenMs}),
    });
  }
  return rows;
}

/**
 * The rows that fit: unmeasured ones go first, then the list scrolls so that the picked one stays in sight.
 */
export function visibleRows(rows: readonly MetricRow[], room: number, picked: string | null): MetricRow[] {
  if (rows.length <= room) return [...rows];
  const known = rows.filter(
    ({values, metric, history}) =>
      values.prod !== null ||
      values.gray !== null ||
      metric.name === picked ||
      (history?.prod.some(value => value !== null) ?? false),
  );
  const shown =
    known.length >= room ? known : rows.filter(row => known.includes(row) || rows.indexOf(row) < room);
  const index = Math.max(
    0,
    shown.findIndex(({metric}) => metric.name === picked),
  );
  const start = Math.min(Math.max(0, index - room + 1), Math.max(0, shown.length - room));
  return shown.slice(start, start + room);
}

/**
 * From which value of its history on gray is drawn as bad; infinite where it is not. Since when that is by the judgement; where
 * nothing is judged, as far back as the history looks bad, and from the first value where that cannot be told.
 */
export function badFrom(row: MetricRow, notBefore: number): number {
  if (row.compared.standing !== 'worse') return Number.POSITIVE_INFINITY;
  const since = row.since ?? looksBadSince(row, notBefore);
  return since === null || row.history === null
    ? 0
    : Math.max(0, Math.floor((since - row.history.from) / row.history.stepMs));
}

/** Since when the history of gray has looked bad without a break, by its steps; null: it does not, or there is none. */
function looksBadSince(row: MetricRow, notBefore: number): number | null {
  const {history, metric, compared} = row;
  if (history === null) return null;
  let since: number | null = null;
  const newest = history.gray.findLastIndex(value => value !== null);
  for (let index = newest; index >= 0; index--) {
    const gray = history.gray[index] ?? null;
    const prod = history.prod[index] ?? null;
    const at = history.from + index * history.stepMs;
    if (gray === null || at + history.stepMs <= notBefore || !isBad(gray, prod)) break;
    since = Math.max(at, notBefore);
  }
  return since;

  function isBad(gray: number, prod: number | null): boolean {
    if (compared.broken !== null) {
      return compared.broken.bad === 'above' ? gray > compared.broken.value : gray < compared.broken.value;
    }
    if (prod === null) return false;
    return metric.worse === 'lower' ? gray < prod : gray > prod * 1.2;
  }
}
