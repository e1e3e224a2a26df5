import {toneAt, type Grid, type Series} from './chart-grid.ts';
import type {Range} from './chart-range.ts';

/** Dots of a braille cell by column, from the bottom up. */
const DOTS = [
  [0x40, 0x04, 0x02, 0x01],
  [0x80, 0x20, 0x10, 0x08],
] as const;
const BLANK = 0x2800;
const A_ROW = 4;
/** A row's value stands at this dot of it, so that its label is beside it. */
const AT_LABEL = 1;

/**
 * Draws a side in braille, one value a column and four dots a row: a chart of a few rows still tells half a limit from a
 * whole one. A `dotted` side is one dot a value, so that the two can be told apart without colour.
 */
export function paintDots(grid: Grid, series: Series, range: Range, style: 'joined' | 'dotted'): void {
  const {values} = series;
  const top = grid.length * A_ROW - 1;
  const step = (range.max - range.min) / Math.max(1, grid.length - 1) / A_ROW;
  const levelOf = (value: number): number =>
    Math.min(top, Math.max(0, Math.round((value - range.min) / step) + AT_LABEL));
  let before: number | null = null;
  for (const [column, value] of values.entries()) {
    const level = value === null ? null : levelOf(value);
    if (value !== null && level !== null) {
      const from = style === 'dotted' || before === null ? level : before + Math.sign(level - before);
      for (let dot = Math.min(from, level); dot <= Math.max(from, level); dot++) put(column, 0, dot, value);
      if (style === 'joined') put(column, 1, level, value);
    }
    before = level;
  }

  function put(column: number, half: 0 | 1, dot: number, value: number): void {
    const cell = grid[grid.length - 1 - Math.floor(dot / A_ROW)]?.[column];
    if (cell === undefined) return;
    const code = cell.glyph.codePointAt(0) ?? 0;
    const bits = code >= BLANK && code < BLANK + 0x100 ? code - BLANK : 0;
    const glyph = String.fromCodePoint(BLANK + (bits | (DOTS[half][dot % A_ROW] ?? 0)));
    // What is bad stays bad beside what is well.
    const tone = bits !== 0 && cell.tone === 'bad' ? 'bad' : toneAt(series, value, column);
    Object.assign(cell, {glyph, tone});
  }
}
