import type {ReactNode} from 'react';
import {question} from '../present/confirm.ts';
import {say, wrapped, type Line} from '../present/line.ts';
import type {MetricRow} from '../present/sides/metric-rows.ts';
import type {ViewModel} from '../present/view-model.ts';
import type {Dialog} from '../ui.ts';
import {DialogFrame, dialogWidth, type Area} from './DialogFrame.tsx';

/** What will happen, to whom, and the one key that does it. Enter never does. */
export function Confirm(props: {
  dialog: Extract<Dialog, {kind: 'confirm'}>;
  scene: ViewModel;
  rows: readonly MetricRow[];
  area: Area;
}): ReactNode {
  const {dialog, scene, rows, area} = props;
  const {t} = scene;
  const asked = question(dialog.pending, scene, rows);
  if (asked === null) return null;
  const {title, tone, rows: words} = asked;
  const keys: Line = [
    say(' y ', dialog.pending.action === 'rollback' ? 'alarm' : 'caution'),
    say(` ${t.dialogs.confirm[dialog.pending.action]}`, 'strong'),
    say('     '),
    say(' Esc ', 'picked'),
    say(` ${t.dialogs.no}`, 'quiet'),
  ];
  const nudge: Line[] = dialog.isNudged ? [[say('▲ ', 'warn'), say(t.dialogs.onlyYes, 'strong')]] : [];
  const told = words.flatMap(line => wrapped(line, dialogWidth(area) - 4));
  return <DialogFrame area={area} title={title} tone={tone} rows={told} pinned={[keys, ...nudge]} />;
}
