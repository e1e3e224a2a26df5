import {Select} from '@inkjs/ui';
import type {ReactNode} from 'react';
import type {AlertLevel} from '../../release/plan.ts';
import {LEVEL_MARKS} from '../present/marks.ts';
import {say} from '../present/line.ts';
import type {Messages} from '../messages/catalogue.ts';
import type {Dialog} from '../ui.ts';
import {DialogFrame, dialogWidth, Over, type Area} from './DialogFrame.tsx';
import {Typed} from './Typed.tsx';

const LEVELS: readonly AlertLevel[] = ['warning', 'critical', 'info'];

/** Fires an alert: first its level, from a list; then its words. */
export function AlertDialog(props: {
  dialog: Extract<Dialog, {kind: 'alert'}>;
  t: Messages;
  area: Area;
  onLevel(level: AlertLevel): void;
}): ReactNode {
  const {dialog, t, area, onLevel} = props;
  const title = t.dialogs.alertTitle;
  if (dialog.level === null) {
    const options = LEVELS.map(level => ({
      label: `${LEVEL_MARKS[level].mark} ${t.dialogs.levels[level]}`,
      value: level,
    }));
    return (
      <DialogFrame
        area={area}
        title={title}
        tone="strong"
        rows={[[say(t.dialogs.alertLevel, 'quiet')], [], [], []]}
      >
        <Over row={1} column={0} width={dialogWidth(area) - 4} height={LEVELS.length}>
          <Select
            options={options}
            onChange={value => onLevel(LEVELS.find(level => level === value) ?? 'warning')}
          />
        </Over>
      </DialogFrame>
    );
  }
  const {mark, tone} = LEVEL_MARKS[dialog.level];
  return (
    <Typed
      area={area}
      title={title}
      tone="strong"
      words={[
        [say(`${t.dialogs.alertLevel}  `, 'quiet'), say(`${mark} ${t.dialogs.levels[dialog.level]}`, tone)],
        [say(t.dialogs.alertText, 'quiet')],
      ]}
      field={dialog.field}
      error={dialog.error}
    />
  );
}
