import type {ReactNode} from 'react';
import {LEAST} from '../layout.ts';
import type {Messages} from '../messages/catalogue.ts';
import {fit, say} from '../present/line.ts';
import {Lines} from './LineView.tsx';

/** What stands on a screen that is too small: what it has and what it needs. */
export function TooSmall({t, columns, rows}: {t: Messages; columns: number; rows: number}): ReactNode {
  const text = t.tooSmall(columns, rows, LEAST.columns, LEAST.rows);
  return (
    <Lines
      lines={[fit([say(text, 'strong')], columns), fit([say(t.tooSmallHint, 'quiet')], columns)].slice(
        0,
        rows,
      )}
    />
  );
}
