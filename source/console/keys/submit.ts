import type {Intent} from '../../release/command.ts';
import {isPercent} from '../../release/split.ts';
import {isLive} from '../../release/state.ts';
import {versionDialog} from './acts.ts';
import {textOf} from './field.ts';
import {KEYMAP, type Action} from './keymap.ts';
import {pressOnDeck} from './press-deck.ts';
import {only, open, type PressContext, type Step} from './step.ts';
import type {Dialog, Ui} from '../ui.ts';

/** A dialog with a field of text. */
export type TextDialog = Extract<Dialog, {field: unknown}>;

/** Enter in a field of text. */
export function submit(ui: Ui, dialog: TextDialog, context: PressContext): Step {
  const {t} = context;
  const text = textOf(dialog.field);
  // The same letters in their full width are the same.
  const narrow = text.normalize('NFKC').trim();
  const {release} = context.snapshot.state;
  switch (dialog.kind) {
    case 'filter':
      return only({...ui, dialog: null, filters: {...ui.filters, [dialog.panel]: text.trim()}});
    case 'palette': {
      const action = context.palette(text)[dialog.index];
      if (action === undefined) return only(ui);
      const key = bindingKey(action);
      return key === null ? only(ui) : pressOnDeck({...ui, dialog: null}, key, context);
    }
    case 'alert': {
      if (text.trim() === '' || dialog.level === null)
        return only({...ui, dialog: {...dialog, error: t.dialogs.alertEmpty}});
      const intent = {
        type: 'alert',
        alert: context.newId(),
        level: dialog.level,
        message: text.trim(),
      } as const;
      return only({...ui, dialog: null}, {type: 'execute', intent});
    }
    case 'feedback':
      return only({
        ...ui,
        dialog: text.trim() === '' ? {...dialog, error: t.dialogs.feedbackEmpty} : {...dialog, isSent: true},
      });
    case 'version': {
      if (release === null || narrow !== release.version.normalize('NFKC')) {
        return only({...ui, dialog: {...dialog, error: t.dialogs.versionWrong}});
      }
      return only({...ui, dialog: null}, {type: 'execute', intent: intentOfVersion(dialog)});
    }
    case 'percent':
      return submitPercent(ui, dialog, narrow, context);
  }
}

/** The command that the typed version confirms. */
function intentOfVersion({then, release, from, phase, approval}: Extract<Dialog, {kind: 'version'}>): Intent {
  switch (then) {
    case 'complete':
      return {type: 'complete', release};
    case 'everyone':
      return {type: 'set', release, percent: 100, from};
    case 'next':
      return {type: 'next', release, from: phase};
    case 'approve':
      return {type: 'approve', release, ...(approval === null ? {} : {number: approval})};
  }
}

/** Down goes at once; up asks for `y`; up to everyone asks for the version. */
function submitPercent(
  ui: Ui,
  dialog: Extract<Dialog, {kind: 'percent'}>,
  text: string,
  {snapshot, t}: PressContext,
): Step {
  const {release} = snapshot.state;
  const wrong = (error: string): Step => only({...ui, dialog: {...dialog, error}});
  const typed = text.replace(/\s*%$/u, '').replace(',', '.');
  const percent = typed === '' ? Number.NaN : Number(typed);
  if (!isPercent(percent)) return wrong(t.dialogs.percentBad);
  if (release === null || !isLive(release)) return wrong(t.whyNot['nothing-live']);
  if (percent === release.percent) return wrong(t.dialogs.percentSame);
  const intent: Intent = {type: 'set', release: release.id, percent, from: release.percent};
  if (percent < release.percent) return only({...ui, dialog: null}, {type: 'execute', intent});
  if (release.state === 'paused') return wrong(t.dialogs.percentPaused);
  if (percent === 100) {
    return open(ui, versionDialog(release, 'everyone'));
  }
  const pending = {action: 'raise', release: release.id, from: release.percent, to: percent} as const;
  return open(ui, {kind: 'confirm', pending, isNudged: false});
}

function bindingKey(action: Action): string | null {
  return KEYMAP.find(binding => binding.action === action)?.keys[0] ?? null;
}
