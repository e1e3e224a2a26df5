import type {ReactNode} from 'react';
import type {Messages} from '../messages/catalogue.ts';
import type {Line} from '../present/line.ts';
import {DialogFrame, scrollRoom, type Area} from './DialogFrame.tsx';

/** Columns of the list of keys on a screen this wide. */
export function helpWidth(columns: number): number {
  return Math.min(columns - 4, 104);
}

/** All keys, as many rows as fit. */
export function Help(props: {scroll: number; rows: readonly Line[]; t: Messages; area: Area}): ReactNode {
  const {scroll, rows, t, area} = props;
  const room = scrollRoom(area);
  const start = Math.min(scroll, Math.max(0, rows.length - room));
  return (
    <DialogFrame
      area={area}
      title={t.dialogs.helpTitle}
      note={rows.length > room ? `${start + room}/${rows.length}` : ''}
      tone="strong"
      rows={rows.slice(start, start + room)}
      width={helpWidth(area.columns)}
    />
  );
}
