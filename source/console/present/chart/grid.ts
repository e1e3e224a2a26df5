import type {Range} from './range.ts';
import type {Limit} from '../../../analysis/limits.ts';
import {breaks} from '../../../analysis/limits.ts';
import {say, type Piece, type Tone} from '../line.ts';

/** One place of a chart. */
export interface Cell {
  glyph: string;
  tone: Tone;
}
/** Rows from the top, each with its columns from the left. */
export type Grid = Cell[][];

/** One side over time, oldest first; null where nothing is known. */
export interface Series {
  values: readonly (number | null)[];
  tone: Tone;
  /** What it must not pass: beyond it the line is bad. */
  limit: Limit | null;
  /** From which value on it stands out though it breaks no limit; infinite where it does not. */
  badFrom: number;
}

export function emptyGrid(rows: number, columns: number): Grid {
  return Array.from({length: rows}, () => Array.from({length: columns}, () => ({glyph: ' ', tone: 'quiet'})));
}

/** How a value of the series looks; `index`: which one it is. */
export function toneAt({tone, limit, badFrom}: Series, value: number, index: number): Tone {
  return index >= badFrom || (limit !== null && breaks(limit, value)) ? 'bad' : tone;
}

/** The row of a value; null where it lies outside. */
export function rowOf(value: number, range: Range, rows: number): number | null {
  if (value < range.min || value > range.max) return null;
  return Math.round(((range.max - value) / (range.max - range.min)) * (rows - 1));
}

/** A line across, where nothing else is. */
export function paintAcross(grid: Grid, row: number, glyph: string, tone: Tone): void {
  for (const cell of grid[row] ?? []) Object.assign(cell, {glyph, tone});
}

/** A line from top to bottom, where nothing else is. */
export function paintDown(grid: Grid, column: number, glyph: string, tone: Tone): void {
  for (const row of grid) {
    const cell = row[column];
    if (cell?.glyph === ' ') Object.assign(cell, {glyph, tone});
  }
}

/** A row of cells as pieces: neighbours of one tone together. */
export function runs(cells: readonly Cell[]): Piece[] {
  const pieces: Piece[] = [];
  for (const {glyph, tone} of cells) {
    const last = pieces.at(-1);
    if (last !== undefined && (last.tone === tone || glyph === ' ')) last.text += glyph;
    else pieces.push(say(glyph, tone));
  }
  return pieces;
}
