import {TextInput} from '@inkjs/ui';
import type {ReactNode} from 'react';
import {say, wrapped, type Line, type Tone} from '../present/line.ts';
import type {Field} from '../ui.ts';
import {DialogFrame, dialogWidth, Over, type Area} from './DialogFrame.tsx';

/** What a field of text tells. */
export interface Typing {
  onChange(text: string): void;
  onSubmit(text: string): void;
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
  /** Rows the field may take. */
  height?: number;
  typing: Typing;
}): ReactNode {
  const {area, title, tone, field, error, below = [], height = 1, typing} = props;
  const width = dialogWidth(area);
  const words = props.words.flatMap(line => wrapped(line, width - 4));
  const blank = Array.from({length: height}, (): Line => []);
  const wrong: Line[] = error === null ? [] : [[say('✖ ', 'bad'), say(error, 'bad')]];
  const rows: Line[] = [...words, [say('› ', 'strong')], ...blank.slice(1), ...wrong, ...below];
  return (
    <DialogFrame area={area} title={title} tone={tone} rows={rows}>
      <Over row={words.length} column={2} width={width - 6} height={height}>
        <TextInput
          key={field.revision}
          defaultValue={field.text}
          onChange={typing.onChange}
          onSubmit={typing.onSubmit}
        />
      </Over>
    </DialogFrame>
  );
}
