import {nextZoom} from '../chart-time.ts';
import {changeUi, type Ui} from '../ui.ts';
import type {PressContext} from './step.ts';

/** The screen with the row above or below picked. */
export function moved(ui: Ui, by: 1 | -1, {metrics, picked, logRows}: PressContext): Ui {
  if (ui.focus === 'metrics') {
    const index = Math.max(0, metrics.indexOf(picked ?? ''));
    return {...ui, metric: metrics[Math.min(metrics.length - 1, Math.max(0, index + by))] ?? ui.metric};
  }
  const index = ui.logRow === null ? -1 : logRows.indexOf(ui.logRow);
  return {...ui, logRow: logRows[Math.min(logRows.length - 1, Math.max(0, index + by))] ?? null};
}

/** Shorter or longer history. The note says what is shown, because sparklines have no title. */
export function zoomed(ui: Ui, by: 'shorter' | 'longer', {whole, t, at}: PressContext): Ui {
  const zoomMs = nextZoom(ui.zoomMs, whole, by);
  const {zoomed, zoomedOut, noShorter, noLonger} = t.chart;
  const end = by === 'shorter' ? noShorter : noLonger;
  const text = zoomMs === ui.zoomMs ? end : zoomMs === null ? zoomedOut : zoomed(zoomMs);
  return changeUi({...ui, zoomMs}, {type: 'note', note: {text, tone: 'quiet', at}});
}

/** Escape takes back one thing: the filter, the picked row, the sentence. It never quits. */
export function backed(ui: Ui): Ui {
  if (ui.filters[ui.focus] !== '') return {...ui, filters: {...ui.filters, [ui.focus]: ''}};
  if (ui.focus === 'log') return {...ui, focus: 'metrics', logRow: null};
  return {...ui, note: null};
}
