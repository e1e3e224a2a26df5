import asciichart from 'asciichart';
import {rowOf, toneAt, type Grid, type Series} from './grid.ts';
import type {Range} from './range.ts';

/** A value that neither the one before nor the one after it can be joined with. */
const ALONE = '•';

/** asciichart knows no gaps: they are bridged for drawing and blanked afterwards. */
function bridged(values: readonly (number | null)[], fallback: number): number[] {
  let last = values.find(value => value !== null) ?? fallback;
  return values.map(value => (last = value ?? last));
}

/** Draws a side by asciichart, one value a column: crisp where there are rows enough. */
export function paintLines(grid: Grid, series: Series, range: Range): void {
  const {values} = series;
  const height = grid.length - 1;
  const clamped = bridged(values, range.min).map(value => Math.min(range.max, Math.max(range.min, value)));
  const {min, max} = range;
  const plotted = asciichart.plot(clamped, {height, min, max, offset: 2, format: () => ' '});
  const isKnown = (x: number): boolean => (values[x] ?? null) !== null;
  for (const [y, text] of plotted.split('\n').entries()) {
    for (const [x, glyph] of Array.from(text).slice(2).entries()) {
      const cell = grid[y]?.[x];
      // A stretch of the line lies between two values: it is only drawn where both are known.
      if (cell === undefined || glyph === ' ' || !isKnown(x) || !isKnown(x + 1)) continue;
      const row = max - ((max - min) * y) / height;
      Object.assign(cell, {glyph, tone: toneAt(series, row, x)});
    }
  }
  for (const [x, value] of values.entries()) {
    if (value === null || isKnown(x - 1) || isKnown(x + 1)) continue;
    const cell = grid[rowOf(value, range, grid.length) ?? -1]?.[x];
    if (cell !== undefined) Object.assign(cell, {glyph: ALONE, tone: toneAt(series, value, x)});
  }
}
