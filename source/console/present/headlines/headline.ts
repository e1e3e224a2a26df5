import {say, spreadFirst, type Line, type Tone} from '../line.ts';

/** The one thing to know now. `loud` ones fill their row; the hint names the key that helps. */
export interface Headline {
  mark: string;
  tone: Tone;
  isLoud: boolean;
  text: string;
  /** Shorter words for the same, for a narrow screen; the longest first. */
  shorter?: readonly string[];
  hint: string;
}

/** A headline that fills its row. */
export function loud(mark: string, tone: Tone, text: string, hint = ''): Headline {
  return {mark, tone, isLoud: true, text, hint};
}

/** One row for a headline; `more` tells how many have no row. */
export function headlineLine(headline: Headline, more: string, width: number): Line {
  const {mark, tone, isLoud, text, shorter = [], hint} = headline;
  const words = isLoud ? tone : 'plain';
  const ends = isLoud ? tone : 'quiet';
  const end = [say(`${more}${hint === '' || more === '' ? '' : '  '}${hint} `, ends)];
  const said = (told: string): Line => [say(` ${mark} `, tone), say(told, words)];
  const last = shorter.at(-1) ?? text;
  const pairs = [text, ...shorter].map(told => [said(told), end] as const);
  const line = spreadFirst([...pairs, [said(last), [say(`${hint} `, ends)]]], width);
  return isLoud ? line.map(piece => ({...piece, tone})) : line;
}
