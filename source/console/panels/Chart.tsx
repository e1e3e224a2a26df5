import {memo, type ReactNode} from 'react';
import type {ChartTime} from '../chart-time.ts';
import type {History} from '../history.ts';
import {chartPanel, type ChartStyle} from '../present/chart/chart.ts';
import {framed} from '../present/frame.ts';
import type {MetricRow} from '../present/sides/metric-rows.ts';
import type {ViewModel} from '../present/view-model.ts';
import {Lines} from './LineView.tsx';

/** The picked metric over time. */
export const Chart = memo(function Chart(props: {
  scene: ViewModel;
  row: MetricRow;
  history: History;
  width: number;
  height: number;
  style: ChartStyle;
  time: ChartTime;
  cursor: number | null;
}): ReactNode {
  const {scene, row, history, width, height, style, time, cursor} = props;
  const panel = chartPanel(scene, row, history, {width: width - 4, height: height - 2, style, time, cursor});
  return <Lines lines={framed(panel, {width, height, hasFocus: false})} />;
});
