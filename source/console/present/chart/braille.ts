/** Dots of a braille cell, of its left column and of its right one, from the bottom up. */
const DOTS = [
  [0x40, 0x04, 0x02, 0x01],
  [0x80, 0x20, 0x10, 0x08],
] as const;
const BLANK = 0x2800;

/** Dots of a cell, one upon the other. */
export const DOTS_HIGH = 4;

/** The bit of one dot: column 0 or 1, height 0 to 3; 0 beyond. */
export function dotBit(column: 0 | 1, height: number): number {
  return DOTS[column][height] ?? 0;
}

/** The letter that shows these dots. */
export function brailleOf(bits: number): string {
  return String.fromCodePoint(BLANK + bits);
}

/** The dots that a letter shows; 0 for one that is no braille. */
export function bitsIn(letter: string): number {
  const code = letter.codePointAt(0) ?? 0;
  return code >= BLANK && code < BLANK + 0x100 ? code - BLANK : 0;
}
