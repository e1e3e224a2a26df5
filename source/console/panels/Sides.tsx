import {Box} from 'ink';
import {memo, type ReactNode} from 'react';
import type {Layout} from '../layout.ts';
import {framed} from '../present/frame.ts';
import type {MetricRow} from '../present/sides/metric-rows.ts';
import type {ViewModel} from '../present/view-model.ts';
import {sidePanel} from '../present/sides/sides.ts';
import {tablePanel} from '../present/sides/table.ts';
import {Lines} from './LineView.tsx';

interface Props {
  scene: ViewModel;
  rows: readonly MetricRow[];
  layout: Layout;
  picked: string | null;
  filter: string;
  hasFocus: boolean;
}

/** Prod and gray side by side: the same rows, the same scales. */
export const Sides = memo(function Sides({scene, rows, layout, picked, filter, hasFocus}: Props): ReactNode {
  const {prodWidth, grayWidth, sparkWidth, limitWidth, spacing, sidesHeight: height} = layout;
  const panel = (side: 'prod' | 'gray', width: number) =>
    framed(
      sidePanel(side, scene, rows, {width: width - 4, sparkWidth, limitWidth, picked, spacing, filter}),
      {
        width,
        height,
        hasFocus,
      },
    );
  return (
    <Box>
      <Box width={prodWidth} flexDirection="column" flexShrink={0}>
        <Lines lines={panel('prod', prodWidth)} />
      </Box>
      <Box width={grayWidth} flexDirection="column" flexShrink={0}>
        <Lines lines={panel('gray', grayWidth)} />
      </Box>
    </Box>
  );
});

/** The same as one table, for a small screen. */
export const Table = memo(function Table({scene, rows, layout, picked, filter, hasFocus}: Props): ReactNode {
  const {columns, sparkWidth, sidesHeight: height} = layout;
  const panel = tablePanel(scene, rows, {width: columns - 4, sparkWidth, picked, filter});
  return <Lines lines={framed(panel, {width: columns, height, hasFocus})} />;
});
