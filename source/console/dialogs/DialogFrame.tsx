import {Box} from 'ink';
import type {ReactNode} from 'react';
import type {Layout} from '../layout.ts';
import {Lines} from '../panels/LineView.tsx';
import {framed} from '../present/frame.ts';
import {say, type Line, type Tone} from '../present/line.ts';

const FRAME = 2;
/** Rows of the answer to a key and of the keys. */
const BELOW = 2;

/** Where a dialog may be. */
export interface Area {
  columns: number;
  rows: number;
  /** First row it may cover: what is above stays in sight. */
  top: number;
  /** First row below the numbers, over which it goes if it fits there. */
  below: number;
  /** First row below the verdict, below which it goes otherwise. */
  verdictEnd: number;
}

/** Where a dialog may be on a screen that is laid out so. */
export function areaOf({columns, rows, hasLabels, headlines, sidesHeight, judgeHeight}: Layout): Area {
  const top = (hasLabels ? 4 : 3) + headlines;
  const below = top + sidesHeight;
  return {columns, rows, top, below, verdictEnd: below + judgeHeight};
}

/** Rows inside a dialog: the headlines stay in sight above it, the answer to a key and the keys below. */
export function scrollRoom({rows, top}: Area): number {
  return Math.max(1, rows - BELOW - top - FRAME);
}

/** Columns of a dialog on a screen this wide. */
export function dialogWidth({columns}: Area, wanted = 112): number {
  return Math.min(wanted, columns - 4);
}

/** A box over the screen. Every cell of it is drawn, so that nothing shines through. */
export function DialogFrame(props: {
  area: Area;
  title: string;
  /** At the right of the title. */
  note?: string;
  tone: Tone;
  rows: readonly Line[];
  /** Rows that stay, below the others, when there is no room for all. */
  pinned?: readonly Line[];
  width?: number;
  /** What is drawn over the rows: a field, at its row. */
  children?: ReactNode;
}): ReactNode {
  const {area, title, note = '', tone, pinned = [], children} = props;
  const width = props.width ?? dialogWidth(area);
  // The headlines above and the keys below stay in sight; where rows must go, those that name the keys stay.
  const most = Math.max(pinned.length, scrollRoom(area));
  const rows = [...props.rows.slice(0, most - pinned.length), ...pinned];
  const height = rows.length + FRAME;
  const top = Math.max(1, Math.min(placeFor(area, height), area.rows - BELOW - height));
  const panel = {
    title: [say(title, tone)],
    note: note === '' ? [] : [say(note, 'quiet')],
    tone,
    rows,
    isUrgent: true,
  };
  return (
    <Box
      position="absolute"
      marginTop={top}
      marginLeft={Math.floor((area.columns - width) / 2)}
      width={width}
      height={height}
      flexDirection="column"
    >
      <Lines lines={framed(panel, {width, height, hasFocus: false})} />
      {children}
    </Box>
  );
}

/** The row where a dialog begins: headlines and verdict are what one decides by, and stay in sight while there is room. */
function placeFor({top, below, verdictEnd, rows}: Area, height: number): number {
  if (top + height <= below) return top;
  if (verdictEnd + height <= rows - BELOW) return verdictEnd;
  return top + Math.floor((rows - top - height) / 3);
}

/** A part of a dialog drawn over its rows: `row` counts from the first row inside. */
export function Over({
  row,
  column,
  width,
  height = 1,
  children,
}: {
  row: number;
  column: number;
  width: number;
  height?: number;
  children: ReactNode;
}): ReactNode {
  return (
    <Box
      position="absolute"
      marginTop={row + 1}
      marginLeft={column + 2}
      width={width}
      height={height}
      overflow="hidden"
    >
      {children}
    </Box>
  );
}
