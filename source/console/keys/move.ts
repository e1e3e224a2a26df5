import {nextZoom} from '../chart-time.ts';
import {firstShown} from '../present/log/scroll.ts';
import {changeUi, type Ui} from '../ui.ts';
import type {PressContext} from './step.ts';

type LogContext = Pick<PressContext, 'logRows' | 'logRoom'>;

/** The screen with the row above or below picked. */
export function moved(ui: Ui, by: 1 | -1, context: PressContext): Ui {
  if (ui.focus === 'log') return withLogRow(ui, logIndex(ui, context) + by, context);
  const {metrics, picked, at} = context;
  const index = Math.max(0, metrics.indexOf(picked ?? ''));
  const metric = metrics[Math.min(metrics.length - 1, Math.max(0, index + by))] ?? ui.metric;
  return {...ui, metric, metricAt: at};
}

/** Shorter or longer history. The note says what is shown, because sparklines have no title. */
export function zoomed(ui: Ui, by: 'shorter' | 'longer', {whole, t, at}: PressContext): Ui {
  const zoomMs = nextZoom(ui.zoomMs, whole, by);
  const {zoomed, zoomedOut, noShorter, noLonger} = t.chart;
  const end = by === 'shorter' ? noShorter : noLonger;
  const text = zoomMs === ui.zoomMs ? end : zoomMs === null ? zoomedOut : zoomed(zoomMs);
  return changeUi({...ui, zoomMs}, {type: 'note', note: {text, tone: 'quiet', at}});
}

/** The log a page on, or at one of its ends; the log has the keyboard then. */
export function paged(ui: Ui, to: 'up' | 'down' | 'first' | 'last', context: PressContext): Ui {
  const {logRows, logRoom} = context;
  const last = logRows.length - 1;
  if (to === 'first' || to === 'last') return withLogRow(ui, to === 'first' ? 0 : last, context);
  const page = Math.max(1, logRoom - 1) * (to === 'up' ? -1 : 1);
  const top = topIndex(ui, context);
  const start = Math.max(0, Math.min(last, top + page));
  const index = ui.logRow === null ? start : logIndex(ui, context) + page;
  return withLogRow({...ui, logTop: logRows[start] ?? null}, index, context);
}

/** The screen with the entry that Enter opens picked: the picked row, else the first in sight. Null: the log is empty. */
export function pickedEntry(ui: Ui, context: LogContext): (Ui & {logRow: string}) | null {
  const {logRows} = context;
  const index = logIndex(ui, context);
  const logRow = logRows[index < 0 ? topIndex(ui, context) : index];
  return logRow === undefined ? null : {...ui, logRow};
}

/** Whether a row of the log in sight speaks of the alert. */
export function isAlertSeen(
  ui: Ui,
  alert: string,
  context: LogContext & Pick<PressContext, 'logAlerts'>,
): boolean {
  const start = topIndex(ui, context);
  return context.logAlerts.slice(start, start + context.logRoom).includes(alert);
}

/** Escape takes back one thing: the zoom, the filter, the picked row, the sentence. It never quits. */
export function backed(ui: Ui): Ui {
  if (ui.isZoomed) return {...ui, isZoomed: false};
  if (ui.filters[ui.focus] !== '') return {...ui, filters: {...ui.filters, [ui.focus]: ''}};
  if (ui.focus === 'log') return {...ui, focus: 'metrics', logRow: null, logTop: null};
  return {...ui, note: null};
}

/** Index of the picked row; -1: none is picked. */
function logIndex({logRow}: Ui, {logRows}: LogContext): number {
  return logRow === null ? -1 : logRows.indexOf(logRow);
}

function topIndex(ui: Ui, context: LogContext): number {
  return firstShown(context.logRows, ui.logTop, logIndex(ui, context), context.logRoom);
}

/** Picks the row at an index, or the nearest there is, and scrolls it into sight. */
function withLogRow(ui: Ui, wanted: number, {logRows, logRoom}: LogContext): Ui {
  const index = Math.max(0, Math.min(logRows.length - 1, wanted));
  const start = firstShown(logRows, ui.logTop, index, logRoom);
  return {
    ...ui,
    focus: 'log',
    logRow: logRows[index] ?? null,
    logTop: start === 0 ? null : (logRows[start] ?? null),
  };
}
