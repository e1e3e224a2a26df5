import {say, widthOf, type Line, type Piece} from '../line.ts';
import type {Mark} from '../marks.ts';

/** One row of the verdict: what it says, the weightiest part first. */
export interface Row {
  mark: Mark;
  /** Parts that find no room are left out, the last ones first. */
  parts: readonly Line[];
}

const GAP = 3;

/** As many parts as fit beside each other; the first always stands, cut if it must be. */
export function rowLine({mark, parts}: Row, width: number): Line {
  const pieces: Piece[] = [say(`${mark.mark} `, mark.tone)];
  let used = widthOf(pieces);
  let isFirst = true;
  for (const part of parts) {
    const wide = widthOf(part);
    if (wide === 0) continue;
    if (!isFirst && used + GAP + wide > width) continue;
    if (!isFirst) pieces.push(say(' '.repeat(GAP)));
    pieces.push(...part);
    used += wide + (isFirst ? 0 : GAP);
    isFirst = false;
  }
  return pieces;
}
