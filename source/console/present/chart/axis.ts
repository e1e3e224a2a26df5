import {columnsOf, say, type Line, type Piece, type Tone} from '../line.ts';
import type {ChartMark} from './marks.ts';
import {dayAndTime, timeOfDay} from '../moment.ts';

/** Where time lies in a chart. Moments in milliseconds since 1970. */
export interface TimeScale {
  from: number;
  /** Time of one column, milliseconds. */
  columnMs: number;
  columns: number;
  /** The moment at its right end. */
  to: number;
}

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const STEPS_MS = [
  ...[1, 2, 5, 10, 15, 30].map(seconds => seconds * 1000),
  ...[1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080].map(minutes => minutes * MINUTE),
];
/** Columns from one moment that is named to the next; on a narrow chart a part of it will do. */
const APART = 14;
const PART_APART = 1 / 5;

/** The column of a moment; null where it lies outside. */
export function columnAt({from, columnMs, columns}: TimeScale, at: number): number | null {
  const column = Math.floor((at - from) / columnMs);
  return column < 0 || column >= columns ? null : column;
}

/** Moments that read well on a clock or a calendar, in the time of the place. */
function roundMoments({from, columnMs, columns}: TimeScale): {at: number; text: string}[] {
  const apartMs = columnMs * Math.min(APART, columns * PART_APART);
  const step = STEPS_MS.find(step => step >= apartMs) ?? STEPS_MS.at(-1) ?? MINUTE;
  const zone = new Date(from).getTimezoneOffset() * MINUTE;
  const first = Math.ceil((from - zone) / step) * step + zone;
  const count = Math.floor((from + columns * columnMs - first) / step) + 1;
  const write = (at: number): string =>
    step >= DAY
      ? dayAndTime(at).slice(0, 'MM-DD'.length)
      : timeOfDay(at).slice(0, step < MINUTE ? 'HH:MM:SS'.length : 'HH:MM'.length);
  return Array.from({length: Math.max(0, count)}, (_, index) => {
    const at = first + index * step;
    return {at, text: write(at)};
  });
}

/** Words that stand at places of a row, what comes first before what would overlap it. */
class Places {
  readonly #taken: {start: number; text: string; tone: Tone}[] = [];

  put(start: number, text: string, tone: Tone, columns: number): void {
    const end = start + columnsOf(text);
    const isFree = this.#taken.every(one => start > one.start + columnsOf(one.text) || end < one.start);
    if (start >= 0 && end <= columns && isFree) this.#taken.push({start, text, tone});
  }

  /** The whole row, with `fill` for what lies between. */
  line(columns: number, fill: (column: number) => string): Line {
    const pieces: Piece[] = [];
    let column = 0;
    const fillTo = (end: number): void => {
      if (end > column)
        pieces.push(say(Array.from({length: end - column}, (_, x) => fill(column + x)).join(''), 'quiet'));
    };
    for (const {start, text, tone} of this.#taken.toSorted((a, b) => a.start - b.start)) {
      fillTo(start);
      pieces.push(say(text, tone));
      column = start + columnsOf(text);
    }
    fillTo(columns);
    return pieces;
  }
}

/** The line below a chart with its marks, the more important first, and the moments below that. */
export function timeAxis(scale: TimeScale, happened: readonly ChartMark[]): [Line, Line] {
  const {columns, to} = scale;
  const marks = new Places();
  for (const {at, text, tone} of happened) {
    const column = columnAt(scale, at);
    if (column !== null) marks.put(Math.min(column, columns - columnsOf(text)), text, tone, columns);
  }
  const moments = roundMoments(scale).flatMap(({at, text}) => {
    const column = columnAt(scale, at);
    return column === null ? [] : [{text, column}];
  });
  const ticks = new Set(moments.map(({column}) => column));
  const words = new Places();
  const end = timeOfDay(to);
  words.put(columns - end.length, end, 'quiet', columns);
  for (const {text, column} of moments)
    words.put(Math.max(0, column - Math.floor(text.length / 2)), text, 'quiet', columns);
  return [marks.line(columns, column => (ticks.has(column) ? '┬' : '─')), words.line(columns, () => ' ')];
}
