import {memo, type ReactNode} from 'react';
import {framed} from '../present/frame.ts';
import {say, type Piece} from '../present/line.ts';
import {areDated, logLine} from '../present/log/line.ts';
import {alertCounts, type LogRow} from '../present/log/rows.ts';
import type {ViewModel} from '../present/view-model.ts';
import {Lines} from './LineView.tsx';

interface Props {
  scene: ViewModel;
  rows: readonly LogRow[];
  /** Index of the first row that is shown, and of the picked one; -1: none is picked. */
  first: number;
  picked: number;
  filter: string;
  width: number;
  height: number;
  hasFocus: boolean;
}

/** What happened, the newest first. */
export const Log = memo(function Log({
  scene,
  rows,
  first,
  picked,
  filter,
  width,
  height,
  hasFocus,
}: Props): ReactNode {
  const {reading, t} = scene;
  const room = Math.max(1, height - 2);
  const shown = rows.slice(first, first + room);
  const isDated = areDated(shown, reading.at);
  const {open, unacknowledged} = alertCounts(reading.snapshot.state.alerts);
  const title: Piece[] = [say(t.log.title, 'title')];
  if (open > 0)
    title.push(say(`  ${t.log.alerts(open, unacknowledged)}`, unacknowledged > 0 ? 'bad' : 'quiet'));
  if (filter !== '') title.push(say(`  ${t.filter(filter)}`, 'strong'));
  const lines = shown.map((row, index) =>
    logLine(row, {now: reading.at, width: width - 4, isPicked: first + index === picked, isDated}),
  );
  if (lines.length === 0) lines.push([say(` ${filter === '' ? t.log.empty : t.log.noMatch}`, 'quiet')]);
  const note =
    rows.length > room ? [say(`${first + 1}–${first + shown.length} / ${rows.length}`, 'quiet')] : [];
  const panel = {title, note, tone: 'frame', rows: lines, isUrgent: true} as const;
  return <Lines lines={framed(panel, {width, height, hasFocus})} />;
});
