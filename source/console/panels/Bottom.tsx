import {memo, type ReactNode} from 'react';
import {fit, say, type Line} from '../present/line.ts';
import type {Note} from '../ui.ts';
import {LineView} from './LineView.tsx';

/** A sentence stays this long, one that says that something is wrong longer; the log of this screen keeps the refused ones. */
const SHOWN_MS = 6000;
const SHOWN_WRONG_MS = 20_000;

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
  const shownMs = note?.tone === 'bad' || note?.tone === 'alarm' ? SHOWN_WRONG_MS : SHOWN_MS;
  const isShown = note !== null && now - note.at < shownMs;
  const line: Line = isShown ? [say(' › ', 'quiet'), say(note.text, note.tone)] : [];
  return <LineView line={fit(line, width)} />;
});

/** The last row: keys. */
export const Footer = memo(function Footer({line}: {line: Line}): ReactNode {
  return <LineView line={line} />;
});
