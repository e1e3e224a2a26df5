import {useMemo} from 'react';
import type {Deck} from './deck.ts';
import {chosenTime, wholeTime, type ChartTime} from './chart-time.ts';
import {readHistories, type Histories, type History} from './history.ts';
import {layOut, logRoom, type Layout, type Wishes} from './layout.ts';
import {messagesOf} from './messages/catalogue.ts';
import {middlePanel} from './panels/Middle.tsx';
import {chartPoints, type ChartStyle} from './present/chart/chart.ts';
import {causeMetric, valuesThen} from './present/cause.ts';
import {MASKED, OPEN} from './present/clean.ts';
import {isActedOn} from '../analysis/limits.ts';
import {logRows, type LogRow} from './present/log/rows.ts';
import {firstShown} from './present/log/scroll.ts';
import {labelOf, metricRows, visibleRows, type MetricRow} from './present/sides/metric-rows.ts';
import type {ViewModel} from './present/view-model.ts';
import {labelWidth, type Panel} from './present/sides/sides.ts';
import {metricsToSee} from './present/verdict/weighty.ts';
import type {Reading} from './reading.ts';
import type {Ui} from './ui.ts';

/** Everything the panels draw, computed from the reading, the size and what the person has chosen. */
export interface Screen {
  scene: ViewModel;
  layout: Layout;
  /** All metrics, whatever the filter. */
  allRows: readonly MetricRow[];
  /** Those that match the filter, and those of them that fit. */
  rows: readonly MetricRow[];
  visible: readonly MetricRow[];
  picked: MetricRow | null;
  log: readonly LogRow[];
  /** Index of the first row of the log that is shown, and of the picked one; -1: none is picked. */
  logFirst: number;
  logPicked: number;
  middle: Panel;
  /** History of the picked metric, as fine as the chart is wide; null where no chart is shown. */
  chart: History | null;
  chartStyle: ChartStyle;
  /** All the time that charts can show, and the part of it that the chart shows. */
  whole: ChartTime;
  chartTime: ChartTime;
}

const LABEL_LEAST = 13;

interface Size {
  columns: number;
  rows: number;
}

/** Computes it; what a key press does not touch stays the very same object, so that its panel is not drawn again. */
export function useScreen(deck: Deck, reading: Reading, ui: Ui, size: Size): Screen {
  const {columns} = size;
  const {lang, share} = deck.mode;
  const {monitor} = deck;
  const t = messagesOf(lang);
  const clean = share ? MASKED : OPEN;
  const mayAct = deck.controller !== null;
  const bare = useMemo((): ViewModel => {
    const then = attempt(() => valuesThen(monitor, reading.snapshot.state.release), null);
    return {reading, histories: NO_HISTORIES, t, clean, mayAct, then};
  }, [monitor, reading, t, clean, mayAct]);
  const judged = useMemo(() => attempt(() => middlePanel(bare, columns), NO_PANEL), [bare, columns]);
  const layout = useLayout(bare, judged, size, {isRoomy: share, focus: ui.focus, isZoomed: ui.isZoomed});
  const points = layout.sparkWidth * 2;
  const whole = useMemo(
    () => wholeTime(reading.snapshot.state.release, reading.commits, reading.at),
    [reading],
  );
  const time = useMemo(() => chosenTime(whole, {zoomMs: ui.zoomMs, endAt: null}), [whole, ui.zoomMs]);
  const scene = useMemo(
    (): ViewModel => ({
      ...bare,
      histories: attempt(() => readHistories(monitor, reading.metrics, time, points), NO_HISTORIES),
    }),
    [bare, monitor, reading, time, points],
  );
  const allRows = useMemo(() => attempt(() => metricRows(scene), NO_ROWS), [scene]);
  const filter = ui.filters.metrics;
  const rows = useMemo(
    () => (filter === '' ? allRows : attempt(() => metricRows(scene, filter), NO_ROWS)),
    [allRows, scene, filter],
  );
  const picked = pickedRow(rows, ui, reading);
  const pickedName = picked?.metric.name ?? null;
  const visible = useMemo(() => visibleRows(rows, layout.metricRows, pickedName), [rows, layout, pickedName]);
  const log = useLog(scene, ui);
  const chartStyle = ui.dialog?.kind === 'chart' ? 'lines' : 'dots';
  const endAt = ui.dialog?.kind === 'chart' ? ui.dialog.endAt : null;
  const chartTime = useMemo(
    () => (endAt === null ? time : chosenTime(whole, {zoomMs: ui.zoomMs, endAt})),
    [whole, time, ui.zoomMs, endAt],
  );
  const isCharted = ui.dialog?.kind === 'chart' || layout.chartHeight > 0;
  const chart = useChart(monitor, reading, isCharted ? pickedName : null, {
    values: chartPoints(columns - 4, chartStyle),
    time: chartTime,
  });
  const metrics = {scene, layout, allRows, rows, visible, picked};
  return {...metrics, ...placedLog(log, ui, layout), middle: judged, chart, chartStyle, whole, chartTime};
}

/** Rows of the log; the same list as long as what they are made from is the same. */
function useLog({reading, t, clean}: ViewModel, {filters}: Ui): readonly LogRow[] {
  const {snapshot, commits, feedback} = reading;
  const filter = filters.log;
  return useMemo(() => {
    // A row is cut where its panel ends; an opened entry shows all of it.
    const whole = {...clean, free: clean.whole};
    return attempt(() => logRows({snapshot, commits, t, clean: whole}, {filter, feedback}), NO_LOG);
  }, [snapshot, commits, feedback, t, clean, filter]);
}

/** Where the log is scrolled to. */
function placedLog(
  log: readonly LogRow[],
  {focus, logRow, logTop}: Ui,
  {logHeight}: Layout,
): Pick<Screen, 'log' | 'logFirst' | 'logPicked'> {
  const ids = log.map(({id}) => id);
  const logPicked = focus === 'log' && logRow !== null ? ids.indexOf(logRow) : -1;
  return {log, logPicked, logFirst: firstShown(ids, logTop, logPicked, logRoom(logHeight))};
}

/** The places of the panels; the same object as long as the size and the wishes stay the same. */
function useLayout(
  {reading, t, clean}: ViewModel,
  judged: Panel,
  size: Size,
  chosen: Pick<Wishes, 'isRoomy' | 'focus' | 'isZoomed'>,
): Layout {
  const {columns, rows} = size;
  const wishes = {
    metrics: reading.metrics.length,
    judgeRows: reading.snapshot.state.release === null ? 0 : judged.rows.length,
    urgentRows: judged.isUrgent ? (judged.urgentRows ?? 1) : 0,
    labelWidth: Math.max(LABEL_LEAST, ...reading.metrics.map(name => labelWidthOf(labelOf(name, t, clean)))),
    ...chosen,
  };
  const wished = JSON.stringify(wishes);
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- the wishes are compared by their content
  return useMemo(() => layOut(columns, rows, wishes), [columns, rows, wished]);
}

/** History of a metric for its chart; null without a metric. */
function useChart(
  monitor: Deck['monitor'],
  reading: Reading,
  metric: string | null,
  {values, time}: {values: number; time: ChartTime},
): History | null {
  return useMemo(() => {
    if (metric === null) return null;
    const read = () => readHistories(monitor, [metric], time, values);
    return attempt(read, NO_HISTORIES).get(metric) ?? null;
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- a new reading has new values
  }, [metric, monitor, reading, values, time]);
}

const NO_HISTORIES: Histories = new Map();
const NO_ROWS: readonly MetricRow[] = [];
const NO_LOG: readonly LogRow[] = [];
const NO_PANEL: Panel = {title: [], note: [], tone: 'bad', rows: [], isUrgent: false};

/** What cannot be computed is left out; panels that fail say so themselves, and the keys go on working. */
function attempt<T>(compute: () => T, otherwise: T): T {
  try {
    return compute();
  } catch {
    return otherwise;
  }
}

function labelWidthOf(label: string): number {
  return labelWidth([{label}]);
}

/**
 * What the person picked; until then the cause of a rollback, else what is worst, so that its chart is there without a key.
 */
function pickedRow(
  rows: readonly MetricRow[],
  {metric, metricAt}: Pick<Ui, 'metric' | 'metricAt'>,
  {judgement, snapshot}: Reading,
): MetricRow | null {
  const {release} = snapshot.state;
  const cause = causeMetric(release);
  const name = metricAt < (release?.rollback?.at ?? 0) ? null : metric;
  const {byLimit, byEvidence} = metricsToSee(judgement);
  return (
    rows.find(row => row.metric.name === name) ??
    rows.find(row => row.metric.name === cause) ??
    rows.find(row => row.metric.name === byLimit[0]) ??
    rows.find(({compared}) => isActedOn(compared)) ??
    rows.find(row => row.metric.name === byEvidence[0]) ??
    rows.find(row => row.compared.standing === 'worse') ??
    rows.find(row => row.metric.name === 'error_rate') ??
    rows[0] ??
    null
  );
}
