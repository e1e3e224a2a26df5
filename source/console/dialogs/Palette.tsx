import type {ReactNode} from 'react';
import {textOf} from '../keys/field.ts';
import {KEYMAP, type Action} from '../keys/keymap.ts';
import type {PressContext} from '../keys/step.ts';
import type {Messages} from '../messages/catalogue.ts';
import {keysText} from '../present/help.ts';
import {padEnd, say, type Line} from '../present/line.ts';
import type {Dialog} from '../ui.ts';
import type {Area} from './DialogFrame.tsx';
import {Typed} from './Typed.tsx';

const ROWS = 8;
const KEYS_WIDTH = 20;

/** Every action by its name; those that cannot run now say why. */
export function Palette(props: {
  dialog: Extract<Dialog, {kind: 'palette'}>;
  keys: PressContext;
  t: Messages;
  area: Area;
}): ReactNode {
  const {dialog, keys, t, area} = props;
  const found = keys.palette(textOf(dialog.field));
  const start = Math.max(0, dialog.index - ROWS + 1);
  const below = found
    .slice(start, start + ROWS)
    .map((action, index) => actionRow(action, start + index === dialog.index, keys));
  if (below.length === 0) below.push([say(t.dialogs.paletteNone, 'quiet')]);
  while (below.length < ROWS) below.push([]);
  return (
    <Typed
      {...{area, below}}
      field={dialog.field}
      error={null}
      title={t.dialogs.paletteTitle}
      tone="strong"
      words={[]}
    />
  );
}

function actionRow(action: Action, isPicked: boolean, keys: PressContext): Line {
  const {t} = keys;
  const binding = KEYMAP.find(one => one.action === action);
  const why = binding?.whyNot(keys) ?? null;
  const key = binding === undefined ? '' : keysText(binding, t);
  return [
    say(isPicked ? '› ' : '  ', 'strong'),
    say(padEnd(key, KEYS_WIDTH), why === null ? 'key' : 'quiet'),
    say(t.keys[action].long, why !== null ? 'quiet' : isPicked ? 'strong' : 'plain'),
    say(why === null ? '' : `  — ${t.whyNot[why]}`, 'quiet'),
  ];
}
