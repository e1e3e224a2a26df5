import type {ReactNode} from 'react';
import {LEAST} from '../layout.ts';
import type {Messages} from '../messages/catalogue.ts';
import {fit, say, wrapped} from '../present/line.ts';
import {Lines} from './LineView.tsx';

/** What stands on a screen that is too small: what it has and what it needs, however narrow it is. */
export function TooSmall({t, columns, rows}: {t: Messages; columns: number; rows: number}): ReactNode {
  const text = t.tooSmall(columns, rows, LEAST.columns, LEAST.rows);
  const lines = [
    ...wrapped([say(text, 'strong')], columns),
    ...wrapped([say(t.tooSmallHint, 'quiet')], columns),
  ];
  return <Lines lines={lines.slice(0, rows).map(line => fit(line, columns))} />;
}
