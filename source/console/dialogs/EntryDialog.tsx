import type {ReactNode} from 'react';
import type {Line} from '../present/line.ts';
import type {Messages} from '../messages/catalogue.ts';
import {DialogFrame, scrollRoom, type Area} from './DialogFrame.tsx';

/** Columns of an opened entry on a screen this wide. */
export function entryWidth(columns: number): number {
  return Math.min(columns - 4, 120);
}

/** All of an entry of the log, as many rows as fit. */
export function EntryDialog(props: {
  scroll: number;
  rows: readonly Line[];
  t: Messages;
  area: Area;
}): ReactNode {
  const {scroll, rows, t, area} = props;
  const room = scrollRoom(area);
  const start = Math.min(scroll, Math.max(0, rows.length - room));
  return (
    <DialogFrame
      area={area}
      title={t.dialogs.entryTitle}
      note={rows.length > room ? `${start + 1}–${Math.min(rows.length, start + room)} / ${rows.length}` : ''}
      tone="strong"
      rows={rows.slice(start, start + room)}
      width={entryWidth(area.columns)}
    />
  );
}
