import {memo, type ReactNode} from 'react';
import type {ConsoleMode, Sharing} from '../deck.ts';
import type {Layout} from '../layout.ts';
import {headerLine} from '../present/header.ts';
import {headlineLine} from '../present/headlines/headline.ts';
import {headlines} from '../present/headlines/headlines.ts';
import {fit} from '../present/line.ts';
import type {MetricRow} from '../present/sides/metric-rows.ts';
import type {ViewModel} from '../present/view-model.ts';
import {stateLine} from '../present/state-line.ts';
import {track} from '../present/track.ts';
import {Lines, LineView} from './LineView.tsx';

/** First row: what is watched, and how everything it depends on is doing. */
export const Header = memo(function Header(props: {
  scene: ViewModel;
  mode: ConsoleMode;
  position: string;
  sharing: Sharing;
  width: number;
}): ReactNode {
  const {scene, mode, position, sharing, width} = props;
  return <LineView line={headerLine(scene, mode, position, width, sharing)} />;
});

/** State, percents, gate, and the way from 0 to 100 %. */
export const Standing = memo(function Standing({
  scene,
  layout,
}: {
  scene: ViewModel;
  layout: Layout;
}): ReactNode {
  const {columns, hasLabels} = layout;
  const {bar, labels} = track(scene, columns);
  const lines = [stateLine(scene, columns), fit(bar, columns)];
  if (hasLabels) lines.push(fit(labels, columns));
  return <Lines lines={lines} />;
});

/** What to know now, the most urgent first. */
export const Headlines = memo(function Headlines(props: {
  scene: ViewModel;
  rows: readonly MetricRow[];
  layout: Layout;
}): ReactNode {
  const {scene, rows, layout} = props;
  const found = headlines(scene, rows);
  const shown = found.slice(0, layout.headlines);
  const lines = Array.from({length: layout.headlines}, (_, index) => {
    const headline = shown[index];
    if (headline === undefined) return fit([], layout.columns);
    const isLast = index === shown.length - 1;
    const more = isLast && found.length > shown.length ? scene.t.more(found.length - shown.length) : '';
    return headlineLine(headline, more, layout.columns);
  });
  return <Lines lines={lines} />;
});
