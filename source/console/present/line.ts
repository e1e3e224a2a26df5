import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

/** What a piece of text means; the theme says how that looks. A state is never told by tone alone. */
export type Tone =
  | 'plain'
  | 'strong'
  | 'quiet'
  | 'title'
  | 'brand'
  | 'prod'
  | 'gray'
  | 'good'
  | 'warn'
  | 'bad'
  | 'alarm'
  | 'caution'
  | 'relief'
  | 'key'
  | 'picked'
  | 'frame'
  | 'focus'
  | 'sparkProd'
  | 'sparkGray';

export interface Piece {
  text: string;
  tone: Tone;
}

/** One row of the screen, or a part of one: never holds a line break. */
export type Line = readonly Piece[];

/** A word or more in one tone. */
export function say(text: string, tone: Tone = 'plain'): Piece {
  return {text, tone};
}

/** Letters that take one column each and combine with nothing: ASCII, lines, blocks, braille and our marks. */
const SINGLE =
  /^[\u0020-\u007E\u00B7\u00B1\u2013\u2014\u2026\u2022\u203A\u2190-\u2193\u2260\u2500-\u25CF\u2800-\u28FF\u2714\u2716]*$/u;

/** Columns a text takes; a Chinese character takes two. */
export function columnsOf(text: string): number {
  return SINGLE.test(text) ? text.length : stringWidth(text);
}

/** Columns a line takes. */
export function widthOf(line: Line): number {
  let width = 0;
  for (const piece of line) width += columnsOf(piece.text);
  return width;
}

/** Cuts with `…` or pads with blanks: the result takes exactly `width` columns. */
export function fit(line: Line, width: number): Line {
  if (width <= 0) return [];
  const fitted: Piece[] = [];
  let left = width;
  for (const [index, piece] of line.entries()) {
    const wide = columnsOf(piece.text);
    const more = index < line.length - 1 && widthOf(line.slice(index + 1)) > 0;
    if (wide > left || (wide === left && more)) {
      const cut =
        left < 2 ? '…'.repeat(left) : cliTruncate(wide === left ? `${piece.text} ` : piece.text, left);
      fitted.push({text: cut, tone: piece.tone});
      left -= columnsOf(cut);
      break;
    }
    fitted.push(piece);
    left -= wide;
  }
  if (left > 0) fitted.push(say(' '.repeat(left)));
  return fitted;
}

/** `start` at the left edge, `end` at the right one; `start` gives way. */
export function spread(start: Line, end: Line, width: number): Line {
  const endWidth = widthOf(end);
  if (endWidth === 0) return fit(start, width);
  if (endWidth + 2 > width) return fit([...start, say('  '), ...end], width);
  return [...fit(start, width - endWidth - 1), say(' '), ...end];
}

/** The first pair that fits without cutting, else the last one, cut. Pairs go from the fullest to the shortest. */
export function spreadFirst(pairs: readonly (readonly [Line, Line])[], width: number): Line {
  for (const [start, end] of pairs) {
    if (widthOf(start) + widthOf(end) + 1 <= width) return spread(start, end, width);
  }
  const last = pairs.at(-1);
  return last ? spread(last[0], last[1], width) : fit([], width);
}

/** Parts with something between them. */
export function join(parts: readonly Line[], between: Piece): Line {
  const joined: Piece[] = [];
  for (const part of parts) {
    if (part.length === 0) continue;
    if (joined.length > 0) joined.push(between);
    joined.push(...part);
  }
  return joined;
}

/** Breaks parts into rows of at most `width` columns, `gap` blanks between two parts. */
export function flow(parts: readonly Line[], width: number, gap = 3): Line[] {
  const rows: Line[] = [];
  let row: Piece[] = [];
  let used = 0;
  for (const part of parts) {
    const wide = widthOf(part);
    if (used > 0 && used + gap + wide > width) {
      rows.push(row);
      row = [];
      used = 0;
    }
    if (used > 0) row.push(say(' '.repeat(gap)));
    row.push(...part);
    used += wide + (used > 0 ? gap : 0);
  }
  if (row.length > 0) rows.push(row);
  return rows;
}

/** A line that is too wide, on several rows: breaks its last piece between words, below where it began. */
export function wrapped(line: Line, width: number): Line[] {
  const last = line.at(-1);
  if (last === undefined || widthOf(line) <= width) return [line];
  const start = line.slice(0, -1);
  const indent = widthOf(start);
  if (indent > width / 2) return [line];
  const rows = wrapAnsi(last.text, width - indent, {hard: true}).split('\n');
  return rows.map((text, index) => [
    ...(index === 0 ? start : [say(' '.repeat(indent))]),
    say(text, last.tone),
  ]);
}

/** The words without their tones. */
export function textOf(line: Line): string {
  return line.map(piece => piece.text).join('');
}

/** Pads to `width` columns on the left: for numbers. */
export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - columnsOf(text))) + text;
}

/** Pads to `width` columns on the right: for words. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columnsOf(text)));
}
