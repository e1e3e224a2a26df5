import type {Line, Tone} from '../../console/present/line.ts';
import type {PageLine, PageTone} from '../../server/page/model.ts';

/** The tones of the console as those of a page. */
export const TONES: Readonly<Record<Tone, PageTone>> = {
  plain: 'plain',
  strong: 'strong',
  quiet: 'quiet',
  title: 'strong',
  brand: 'strong',
  prod: 'prod',
  gray: 'gray',
  good: 'good',
  warn: 'warn',
  bad: 'bad',
  alarm: 'alarm',
  caution: 'caution',
  relief: 'relief',
  key: 'strong',
  picked: 'strong',
  frame: 'quiet',
  focus: 'plain',
  sparkProd: 'prod',
  sparkGray: 'gray',
};

/** A line of the console as a line of a page: without the blanks that fill its columns. */
export function pageLine(line: Line): PageLine {
  const pieces = line.map(({text, tone}) => ({text: text.replaceAll(/ {2,}/gu, '   '), tone: TONES[tone]}));
  while (pieces.at(-1)?.text.trim() === '') pieces.pop();
  return pieces;
}
