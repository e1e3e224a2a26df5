/**
 * The bytes that bring a terminal from one picture to the next. Pure. Every row is addressed by its number and no row
 * can wrap, so that whatever a terminal makes of a letter, no other row moves.
 */
import {columnsOf} from '../present/line.ts';
import {BLANK, cellsOf, type Cell} from './cells.ts';

/** What stands on the screen. Rows hold no control sequence but Select Graphic Rendition. */
export interface Picture {
  readonly columns: number;
  /** One text for each row of the screen, from the top. */
  readonly rows: readonly string[];
}

const CSI = '\u001B[';
/** The terminal shows what comes between these at once; one that does not know them ignores them. */
const BEGIN = `${CSI}?2026h`;
const END = `${CSI}?2026l`;
/** Only while something is drawn: a program that is killed leaves the terminal with its margins as they were. */
const NO_WRAP = `${CSI}?7l`;
const WRAP = `${CSI}?7h`;
/** Unchanged cells between two changed ones that are cheaper to write again than to jump over. */
const JUMP_FROM = 5;

/**
 * Letters that every terminal draws as wide as we count: ASCII, letters of Europe, lines, blocks, braille and our marks,
 * Chinese, Japanese and Korean. Of emoji, and of what is joined, terminals differ.
 */
const SURE =
  /^[\u0020-\u007E\u00A1-\u00AC\u00AE-\u02FF\u0370-\u0482\u048A-\u052F\u2010-\u2027\u2030-\u205E\u20AC\u2190-\u2193\u2260\u2264\u2265\u2500-\u25CF\u2714\u2716\u2800-\u28FF\u3000-\u3029\u3041-\u3096\u30A1-\u30FA\u3400-\u4DBF\u4E00-\u9FFF\uAC00-\uD7A3\uFF01-\uFF5E]$/u;

/**
 * What to write; empty where nothing has changed.
 * @param before what the terminal shows; null: that is not known, and every cell is drawn
 */
export function drawing(before: Picture | null, after: Picture): string {
  const known = before?.columns === after.columns && before.rows.length === after.rows.length ? before : null;
  let drawn = '';
  for (const [row, text] of after.rows.entries()) {
    const old = known?.rows[row];
    if (old === text) continue;
    const cells = fitted(text, after.columns);
    const oldCells = old === undefined ? null : fitted(old, after.columns);
    // A letter that is wider there than here hides its neighbours: they are drawn after it.
    const isWhole = oldCells === null || !isSure(oldCells) || !isSure(cells);
    drawn += isWhole ? wholeRow(row, cells) : changedCells(row, oldCells, cells);
  }
  return drawn === '' ? '' : `${BEGIN}${NO_WRAP}${drawn}${WRAP}${END}`;
}

function isSure(cells: readonly Cell[]): boolean {
  return cells.every(({letter}) => letter === '' || SURE.test(letter));
}

/** Exactly as many cells as the screen has columns; half a wide letter at the edge is a blank. */
function fitted(row: string, columns: number): Cell[] {
  const cells = cellsOf(row, columnsOf);
  if (cells.length > columns) {
    const isCut = cells[columns]?.letter === '';
    cells.length = columns;
    if (isCut) cells[columns - 1] = {letter: ' ', look: cells[columns - 1]?.look ?? ''};
  }
  while (cells.length < columns) cells.push(BLANK);
  return cells;
}

function wholeRow(row: number, cells: readonly Cell[]): string {
  const end = lastDrawn(cells) + 1;
  return `${goTo(row, 0)}${CSI}0m${span(cells, 0, end)}${end < cells.length ? `${CSI}K` : ''}`;
}

/** Index of the last cell that shows something; -1: none does. */
function lastDrawn(cells: readonly Cell[]): number {
  return cells.findLastIndex(({letter, look}) => letter !== ' ' || look !== '');
}

function changedCells(row: number, before: readonly Cell[], after: readonly Cell[]): string {
  const changed = changes(before, after);
  const end = lastDrawn(after) + 1;
  let drawn = '';
  let index = changed.indexOf(true);
  while (index >= 0 && index < end) {
    let last = index;
    for (let next = index + 1; next < end && next <= last + JUMP_FROM; next++) if (changed[next]) last = next;
    drawn += `${drawn === '' ? goTo(row, index) : `${CSI}${index + 1}G`}${span(after, index, last + 1)}`;
    index = changed.indexOf(true, last + 1);
  }
  // What is left is blank from here on.
  if (index >= 0) drawn += `${drawn === '' ? goTo(row, end) : `${CSI}${end + 1}G`}${CSI}K`;
  return drawn;
}

/** Which cells have to be written; a letter is written whole. */
function changes(before: readonly Cell[], after: readonly Cell[]): boolean[] {
  const changed = after.map(
    ({letter, look}, index) => letter !== before[index]?.letter || look !== before[index].look,
  );
  for (const [index, {letter}] of after.entries()) {
    if (letter !== '' || !(changed[index] || changed[index - 1])) continue;
    changed[index] = true;
    changed[index - 1] = true;
  }
  return changed;
}

function goTo(row: number, column: number): string {
  return column === 0 ? `${CSI}${row + 1}H` : `${CSI}${row + 1};${column + 1}H`;
}

/** The cells from `begin` up to `end`; the terminal's own look stands before and after. */
function span(cells: readonly Cell[], begin: number, end: number): string {
  let text = '';
  let look = '';
  for (let index = begin; index < end; index++) {
    const cell = cells[index] ?? BLANK;
    if (cell.letter === '') continue;
    if (cell.look !== look) text += `${CSI}${cell.look === '' ? '0' : `0;${cell.look}`}m`;
    look = cell.look;
    text += SURE.test(cell.letter)
      ? cell.letter
      : unsure(cell.letter, index, cells[index + 1]?.letter === '');
  }
  return look === '' ? text : `${text}${CSI}0m`;
}

/** Drawn on blanks, and what follows goes to its own column: a terminal may draw it narrower or wider than we count. */
function unsure(letter: string, column: number, isWide: boolean): string {
  return `${isWide ? '  ' : ' '}${CSI}${column + 1}G${letter}${CSI}${column + (isWide ? 3 : 2)}G`;
}
