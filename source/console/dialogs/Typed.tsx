import type {ReactNode} from 'react';
import type {Field} from '../keys/field.ts';
import {columnsOf, fit, say, wrapped, type Line, type Tone} from '../present/line.ts';
import {DialogFrame, dialogWidth, type Area} from './DialogFrame.tsx';

/** The text with its cursor; of one too long, the part around the cursor. */
function fieldLine(field: Field, width: number): Line {
  const letters = Array.from(field.before);
  while (columnsOf(letters.join('')) > width - 4) letters.shift();
  const isCut = letters.length < Array.from(field.before).length;
  const [at = ' ', ...rest] = Array.from(field.after);
  return fit(
    [say(isCut ? '‹ ' : '› ', 'strong'), say(letters.join('')), say(at, 'picked'), say(rest.join(''))],
    width,
  );
}

/** A dialog with words, a field of text, and what is wrong with it. */
export function Typed(props: {
  area: Area;
  title: string;
  tone: Tone;
  words: readonly Line[];
  field: Field;
  error: string | null;
  /** Rows below the field. */
  below?: readonly Line[];
}): ReactNode {
  const {area, title, tone, field, error, below = []} = props;
  const width = dialogWidth(area) - 4;
  const words = props.words.flatMap(line => wrapped(line, width));
  const wrong: Line[] = error === null ? [] : [[say('✖ ', 'bad'), say(error, 'bad')]];
  return (
    <DialogFrame
      area={area}
      title={title}
      tone={tone}
      rows={[...words, fieldLine(field, width), ...wrong, ...below]}
    />
  );
}
