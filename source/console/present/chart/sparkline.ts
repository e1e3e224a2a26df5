import {brailleOf, dotBit, DOTS_HIGH} from './braille.ts';
import {say, type Line, type Tone} from '../line.ts';

/** What is as it always was does not touch the top, so that there is somewhere to rise to. */
const HEAD_ROOM = 1.34;

/** The values a sparkline reaches from and to. */
export interface Scale {
  min: number;
  max: number;
}

/** One scale over several rows of values, so that equal heights are equal numbers. Null where nothing is known. */
export function scaleOf(rows: readonly (readonly (number | null)[])[], floor = 0): Scale | null {
  let max = Number.NEGATIVE_INFINITY;
  let min = floor;
  for (const row of rows) {
    for (const value of row) {
      if (value === null) continue;
      if (value > max) max = value;
      if (value < min) min = value;
    }
  }
  if (max === Number.NEGATIVE_INFINITY) return null;
  return {min, max: max > min ? max : min + 1};
}

function levelOf(value: number | null | undefined, scale: Scale): number {
  if (value === null || value === undefined) return 0;
  const share = (value - scale.min) / (scale.max - scale.min);
  // A known value always shows a dot: nothing at all means not known.
  return Math.min(DOTS_HIGH, Math.max(1, Math.ceil(share * DOTS_HIGH - 1e-9)));
}

/** Dots of one column. A line holds its own level and what leads up or down to it from the value before. */
function bitsOf(side: 0 | 1, level: number, before: number, isFilled: boolean): number {
  if (level === 0) return 0;
  const isJoined = before > 0 && !isFilled;
  const lowest = isFilled ? 1 : isJoined ? Math.min(level, before + (before < level ? 1 : 0)) : level;
  const highest = isJoined ? Math.max(level, before - 1) : level;
  let bits = 0;
  for (let dot = lowest - 1; dot < highest; dot++) bits |= dotBit(side, dot);
  return bits;
}

/**
 * Braille columns, two values a cell, oldest first, flush right: `width` cells wide. Unknown values stay blank. A
 * thin line is calm; a filled area is loud, for what must be seen: from the value at `filledFrom` on.
 */
export function sparkline(
  values: readonly (number | null)[],
  width: number,
  scale: Scale | null,
  filledFrom = Number.POSITIVE_INFINITY,
): string {
  if (scale === null || width <= 0) return ' '.repeat(Math.max(0, width));
  const isLoud = filledFrom < values.length;
  const range = isLoud ? scale : {min: scale.min, max: scale.min + (scale.max - scale.min) * HEAD_ROOM};
  const shown = values.slice(-width * 2);
  const first = filledCell(values, width, filledFrom);
  const offset = width * 2 - shown.length;
  let drawn = '';
  let before = 0;
  for (let cell = 0; cell < width; cell++) {
    let bits = 0;
    for (const side of [0, 1] as const) {
      const level = levelOf(shown[cell * 2 + side - offset], range);
      bits |= bitsOf(side, level, before, cell >= first);
      before = level;
    }
    drawn += bits === 0 ? ' ' : brailleOf(bits);
  }
  return drawn;
}

/** The cell that holds the value at `from`, counted from the left of `width` cells; `width` where none does. */
function filledCell(values: readonly (number | null)[], width: number, from: number): number {
  const offset = width * 2 - values.length;
  return Math.min(width, Math.max(0, Math.floor((from + offset) / 2)));
}

/** The same in two tones: calm until `badFrom`, an index into the values; from there on filled, and bad. */
export function sparkPieces(
  values: readonly (number | null)[],
  width: number,
  scale: Scale | null,
  {tone, badFrom}: {tone: Tone; badFrom: number},
): Line {
  const drawn = sparkline(values, width, scale, badFrom);
  const cell = filledCell(values, width, badFrom);
  return [say(drawn.slice(0, cell), tone), say(drawn.slice(cell), 'bad')].filter(({text}) => text !== '');
}
