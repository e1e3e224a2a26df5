import {intentOf} from './intents.ts';
import {bindingOf} from './keymap.ts';
import {moved, pressOnDeck} from './press-deck.ts';
import {only, type PressContext, type Step} from './step.ts';
import type {Dialog, Ui} from './ui.ts';

/** A key while a dialog is open. Escape peels it off; nothing but `y` confirms. */
export function pressInDialog(ui: Ui, dialog: Dialog, key: string, context: PressContext): Step {
  if (key === 'Escape') return only(escaped(ui, dialog, context));
  switch (dialog.kind) {
    case 'confirm': {
      if (key === 'y')
        return only({...ui, dialog: null}, {type: 'execute', intent: intentOf(dialog.pending)});
      if (key === 'n' || key === 'q') return only(escaped(ui, dialog, context));
      return only({...ui, dialog: {...dialog, isNudged: true}});
    }
    case 'alert':
      return only(dialog.level === null ? levelPicked(ui, dialog, key) : ui);
    case 'palette': {
      const by = key === 'Down' ? 1 : key === 'Up' ? -1 : 0;
      const index = Math.min(Math.max(0, dialog.index + by), Math.max(0, context.palette.length - 1));
      return only({...ui, dialog: {...dialog, index}});
    }
    case 'help': {
      if (key === '?' || key === 'q') return only({...ui, dialog: null});
      const by = key === 'Down' || key === 'j' ? 1 : key === 'Up' || key === 'k' ? -1 : 0;
      return only({...ui, dialog: {...dialog, scroll: Math.max(0, dialog.scroll + by)}});
    }
    case 'chart':
      return pressOnChart(ui, key, context);
    case 'percent':
    case 'version':
    case 'filter':
      return only(ui);
  }
}

/** The chart is a place to stay: every key of the deck works there; Enter and Escape close it. */
function pressOnChart(ui: Ui, key: string, context: PressContext): Step {
  if (key === 'Enter') return only({...ui, dialog: null});
  const action = bindingOf(key)?.action;
  if (action === 'up' || action === 'down')
    return only(moved({...ui, focus: 'metrics'}, action === 'up' ? -1 : 1, context));
  const step = pressOnDeck({...ui, dialog: null}, key, context);
  return step.ui.dialog === null ? {...step, ui: {...step.ui, dialog: {kind: 'chart'}}} : step;
}

function escaped(ui: Ui, dialog: Dialog, {t, at}: PressContext): Ui {
  const note = {text: t.dialogs.cancelled, tone: 'quiet', at} as const;
  switch (dialog.kind) {
    case 'confirm':
    case 'percent':
    case 'version':
      return {...ui, dialog: null, note};
    case 'alert':
      // One step back first: the level can be chosen again without losing the words.
      return dialog.level === null ? {...ui, dialog: null, note} : {...ui, dialog: {...dialog, level: null}};
    case 'filter':
      return {...ui, dialog: null, filters: {...ui.filters, [dialog.panel]: ''}};
    case 'palette':
    case 'help':
    case 'chart':
      return {...ui, dialog: null};
  }
}

const LEVEL_KEYS = {w: 'warning', c: 'critical', i: 'info'} as const;

function levelPicked(ui: Ui, dialog: Extract<Dialog, {kind: 'alert'}>, key: string): Ui {
  if (!Object.hasOwn(LEVEL_KEYS, key)) return ui;
  return {...ui, dialog: {...dialog, level: LEVEL_KEYS[key as keyof typeof LEVEL_KEYS]}};
}
