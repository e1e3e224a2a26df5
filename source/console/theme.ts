import {SIDE_COLORS} from '../analysis/side-colors.ts';
import type {Tone} from './present/line.ts';

/** How a tone looks: properties of Ink's `Text`. */
export interface Look {
  color?: string;
  backgroundColor?: string;
  bold?: boolean;
  dimColor?: boolean;
  inverse?: boolean;
}
export type Theme = Readonly<Record<Tone, Look>>;

/**
 * The terminal's own sixteen colours and its own foreground, so that dark and light backgrounds both work. What must be
 * read and says nothing is wrong has the foreground, at full strength; the colour of a side is in lines and marks. What fills
 * a row is drawn inverse, so that its letters have the terminal's own background and can be read on either. Blue against
 * magenta stays apart for colour-blind eyes; red and green always come with a mark and a word.
 */
export const COLORS: Theme = {
  plain: {},
  strong: {bold: true},
  quiet: {},
  title: {bold: true},
  brand: {bold: true, inverse: true},
  prod: {bold: true},
  gray: {bold: true},
  good: {color: 'green'},
  warn: {color: 'yellow', bold: true},
  bad: {color: 'red', bold: true},
  alarm: {color: 'red', inverse: true, bold: true},
  caution: {color: 'yellow', inverse: true},
  relief: {color: 'green', inverse: true},
  key: {bold: true},
  picked: {inverse: true},
  frame: {dimColor: true},
  focus: {},
  sparkProd: {color: SIDE_COLORS.prod.terminal},
  sparkGray: {color: SIDE_COLORS.gray.terminal},
};

/** Without colour codes: weight and inversion remain, next to mark and word. */
export const MONOCHROME: Theme = {
  plain: {},
  strong: {bold: true},
  quiet: {},
  title: {bold: true},
  brand: {bold: true, inverse: true},
  prod: {bold: true},
  gray: {bold: true},
  good: {},
  warn: {bold: true},
  bad: {bold: true},
  alarm: {bold: true, inverse: true},
  caution: {inverse: true},
  relief: {inverse: true},
  key: {bold: true},
  picked: {inverse: true},
  frame: {dimColor: true},
  focus: {bold: true},
  sparkProd: {},
  sparkGray: {},
};
