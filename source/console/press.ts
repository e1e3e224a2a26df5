import {pressOnDeck} from './press-deck.ts';
import {pressInDialog} from './press-dialog.ts';
import {only, type PressContext, type Step} from './step.ts';
import type {Ui} from './ui.ts';

/**
 * One key: the screen that follows and what has to be done. Keys of a field of text do not come through here,
 * except Escape and the arrows.
 */
export function press(ui: Ui, key: string, context: PressContext): Step {
  if (key === 'Ctrl+c') return only(ui, {type: 'quit', code: 130});
  return ui.dialog === null ? pressOnDeck(ui, key, context) : pressInDialog(ui, ui.dialog, key, context);
}
