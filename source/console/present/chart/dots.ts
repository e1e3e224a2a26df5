import {bitsIn, brailleOf, dotBit, DOTS_HIGH} from './braille.ts';
import {toneAt, type Grid, type Series} from './grid.ts';
import type {Range} from './range.ts';

/** A row's value stands at this dot of it, so that its label is beside it. */
const AT_LABEL = 1;

/**
 * Draws a side in braille, one value a column and four dots a row: a chart of a few rows still tells half a limit from a
 * whole one. A `dotted` side is one dot a value, so that the two can be told apart without colour.
 */
export function paintDots(grid: Grid, series: Series, range: Range, style: 'joined' | 'dotted'): void {
  const {values} = series;
  const top = grid.length * DOTS_HIGH - 1;
  const step = (range.max - range.min) / Math.max(1, grid.length - 1) / DOTS_HIGH;
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
    const cell = grid[grid.length - 1 - Math.floor(dot / DOTS_HIGH)]?.[column];
    if (cell === undefined) return;
    const bits = bitsIn(cell.glyph);
    const glyph = brailleOf(bits | dotBit(half, dot % DOTS_HIGH));
    // What is bad stays bad beside what is well.
    const tone = bits !== 0 && cell.tone === 'bad' ? 'bad' : toneAt(series, value, column);
    Object.assign(cell, {glyph, tone});
  }
}
