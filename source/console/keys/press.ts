import {isOtherScript, plainKey} from './other-script.ts';
import {pressOnDeck} from './press-deck.ts';
import {pressOnFleet} from './press-fleet.ts';
import {pressInDialog} from './press-dialog.ts';
import {only, type Effect, type PressContext, type Step} from './step.ts';
import {changeUi, isTyping, type Ui} from '../ui.ts';

/** Keys of the terminal itself, whatever is open. */
const EVERYWHERE: Readonly<Record<string, Effect>> = {
  'Ctrl+c': {type: 'quit', code: 130},
  'Ctrl+l': {type: 'redraw'},
  'Ctrl+z': {type: 'suspend'},
};

/**
 * One key: the screen that follows and what has to be done. Keys of a field of text do not come through here,
 * except Escape and the arrows.
 */
export function press(ui: Ui, key: string, context: PressContext): Step {
  const effect = EVERYWHERE[key];
  if (effect !== undefined) return only(ui, effect);
  // A field takes letters as they are.
  const meant = isTyping(ui.dialog) ? key : plainKey(key);
  if (context.isTooSmall === true && !actsUnseen(ui, meant)) return only(ui);
  const step =
    ui.dialog !== null
      ? pressInDialog(ui, ui.dialog, meant, context)
      : ui.screen === 'fleet'
        ? pressOnFleet(ui, meant, context)
        : pressOnDeck(ui, meant, context);
  if (isTyping(ui.dialog) || !isOtherScript(meant)) return step;
  const {t, at} = context;
  const note = {text: t.otherScript(meant), tone: 'warn', at} as const;
  return {...step, ui: changeUi(step.ui, {type: 'note', note})};
}

/** Where nothing can be drawn, what is asked cannot be read: what exposes fewer people and what leaves still works. */
function actsUnseen({dialog}: Ui, key: string): boolean {
  if (key === 'Escape' || key === 'q') return true;
  if (dialog === null) return key === 'r';
  return key === 'y' && dialog.kind === 'confirm' && dialog.pending.action === 'rollback';
}
