import {Box} from 'ink';
import type {ReactNode} from 'react';
import {Lines} from '../panels/LineView.tsx';
import {framed} from '../present/frame.ts';
import {say, type Line, type Tone} from '../present/line.ts';

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

/** Columns of a dialog on a screen this wide. */
export function dialogWidth({columns}: Area, wanted = 76): number {
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
  // Frame and a blank row above; where rows must go, those that tell which key does what stay.
  const most = area.rows - 2;
  const rows = [...props.rows.slice(0, most - 3 - pinned.length), ...pinned];
  const height = Math.min(rows.length + (rows.length + 4 > most ? 3 : 4), most);
  const top = Math.max(1, Math.min(placeFor(area, height), area.rows - 1 - height));
  const panel = {
    title: [say(title, tone)],
    note: note === '' ? [] : [say(note, 'quiet')],
    tone,
    rows: [[], ...rows],
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
  if (verdictEnd + height < rows - 1) return verdictEnd;
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
      marginTop={row + 2}
      marginLeft={column + 2}
      width={width}
      height={height}
      overflow="hidden"
    >
      {children}
    </Box>
  );
}
