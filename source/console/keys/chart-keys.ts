import {chosenTime} from '../chart-time.ts';
import {changeUi, type ChartDialog, type Ui} from '../ui.ts';
import type {PressContext} from './step.ts';

/** Part of the shown time by which `,` and `.` move it. */
const PAN = 1 / 4;

function chartOf({dialog}: Ui): ChartDialog | null {
  return dialog?.kind === 'chart' ? dialog : null;
}

/** An earlier or later stretch of time, of the same length. The end follows the clock again once it has come to now. */
export function panned(ui: Ui, by: 1 | -1, {whole, t, at}: PressContext): Ui {
  const dialog = chartOf(ui);
  if (dialog === null) return ui;
  const shown = chosenTime(whole, {zoomMs: ui.zoomMs, endAt: dialog.endAt});
  const length = shown.to - shown.from;
  if (length >= whole.to - whole.from)
    return changeUi(ui, {type: 'note', note: {text: t.chart.allShown, tone: 'quiet', at}});
  const to = Math.max(whole.from + length, shown.to + by * length * PAN);
  return {...ui, dialog: {...dialog, endAt: to >= whole.to ? null : to, cursor: null}};
}

/** The cursor on the measurement before or after; the first key puts it on the newest. */
export function pointed(ui: Ui, by: 1 | -1, {chart}: PressContext): Ui {
  const dialog = chartOf(ui);
  if (dialog === null || chart === null) return ui;
  const {from, stepMs, measuredMs} = chart;
  const newest = chart.prod.findLastIndex((value, index) => (value ?? chart.gray[index] ?? null) !== null);
  const last = from + Math.max(0, (newest + 1) * stepMs - measuredMs);
  const before = dialog.cursor ?? (by === -1 ? last + measuredMs : last - measuredMs);
  const cursor = Math.min(last, Math.max(from, before + by * measuredMs));
  return {...ui, dialog: {...dialog, cursor}};
}

/** The chart around its cursor after the length of its time has changed. */
export function centred(dialog: ChartDialog, {zoomMs}: Ui): ChartDialog {
  if (zoomMs === null) return {...dialog, endAt: null};
  return dialog.cursor === null ? dialog : {...dialog, endAt: dialog.cursor + zoomMs / 2};
}
