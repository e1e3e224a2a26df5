import {memo, type ReactNode} from 'react';
import {fit, say, type Line} from '../present/line.ts';
import type {Note} from '../ui.ts';
import {LineView} from './LineView.tsx';

/** A sentence stays this long; the log of this screen keeps the refused ones. */
const SHOWN_MS = 20_000;

/** The row that answers keys. */
export const NoteRow = memo(function NoteRow({
  note,
  now,
  width,
}: {
  note: Note | null;
  now: number;
  width: number;
}): ReactNode {
  const isShown = note !== null && now - note.at < SHOWN_MS;
  const line: Line = isShown ? [say(' › ', 'quiet'), say(note.text, note.tone)] : [];
  return <LineView line={fit(line, width)} />;
});

/** The last row: keys. */
export const Footer = memo(function Footer({line}: {line: Line}): ReactNode {
  return <LineView line={line} />;
});
