import {own} from '../../release/name.ts';

import {editField, textOf, type Field} from './field.ts';
import {intentOf} from './intents.ts';
import {ACTS, copies} from './acts.ts';
import {centred} from './chart-keys.ts';
import {bindingOf} from './keymap.ts';
import {pressOnDeck} from './press-deck.ts';
import {feedbackBack, feedbackPicked} from './press-feedback.ts';
import {pressInShare, pressOnLink} from './press-share.ts';
import {only, type PressContext, type Step} from './step.ts';
import {submit, type TextDialog} from './submit.ts';
import type {ChartDialog, Dialog, Ui} from '../ui.ts';

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
      return dialog.level === null
        ? only(levelPicked(ui, dialog, key))
        : pressInField(ui, dialog, key, context);
    case 'feedback':
      if (dialog.isSent) return only(ui);
      return dialog.rating === null
        ? only(feedbackPicked(ui, dialog, key))
        : pressInField(ui, dialog, key, context);
    case 'palette': {
      if (key !== 'Down' && key !== 'Up') return pressInField(ui, dialog, key, context);
      const last = context.palette(textOf(dialog.field)).length - 1;
      const index = Math.max(0, Math.min(last, dialog.index + (key === 'Down' ? 1 : -1)));
      return only({...ui, dialog: {...dialog, index}});
    }
    case 'help':
      return only(
        key === '?' || key === 'q'
          ? {...ui, dialog: null}
          : {...ui, dialog: {...dialog, scroll: scrolled(dialog.scroll, key, context)}},
      );
    case 'entry':
      return pressOnEntry(ui, dialog, key, context);
    case 'share':
      return pressInShare(ui, dialog, key);
    case 'link':
      return pressOnLink(ui, dialog, key, context);
    case 'chart':
      return pressOnChart(ui, dialog, key, context);
    case 'percent':
    case 'version':
    case 'filter':
      return pressInField(ui, dialog, key, context);
  }
}

function pressInField(ui: Ui, dialog: TextDialog, key: string, context: PressContext): Step {
  if (key === 'Enter') return submit(ui, dialog, context);
  const field = editField(dialog.field, key);
  return only(field === null ? ui : withField(ui, dialog, field));
}

/** The screen with another text in the field: what was wrong with the old one goes, a filter filters at once. */
export function withField(ui: Ui, dialog: TextDialog, field: Field): Ui {
  switch (dialog.kind) {
    case 'palette':
      return {...ui, dialog: {...dialog, field, index: 0}};
    case 'filter':
      return {...ui, dialog: {...dialog, field}, filters: {...ui.filters, [dialog.panel]: textOf(field)}};
    case 'alert':
    case 'feedback':
    case 'percent':
    case 'version':
      return {...ui, dialog: {...dialog, field, error: null}};
  }
}

/** Rows that a page of a dialog scrolls. */
const PAGE = 8;

/** How far a dialog is scrolled after a key; never beyond its last row. */
function scrolled(scroll: number, key: string, {scrollMost}: PressContext): number {
  const steps: Readonly<Record<string, number>> = {
    Down: 1,
    j: 1,
    Up: -1,
    k: -1,
    PageDown: PAGE,
    PageUp: -PAGE,
    Home: -Infinity,
    End: Infinity,
  };
  return Math.max(0, Math.min(scrollMost, Math.min(scroll, scrollMost) + (own(steps, key) ?? 0)));
}

/** An opened entry of the log: it is read, copied, and its alert acknowledged. */
function pressOnEntry(
  ui: Ui,
  dialog: Extract<Dialog, {kind: 'entry'}>,
  key: string,
  context: PressContext,
): Step {
  if (key === 'Enter' || key === 'q') return only({...ui, dialog: null});
  if (key === 'y') return copies(ui, context);
  if (key === 'A') {
    const step = pressOnDeck({...ui, dialog: null}, key, context);
    return {...step, ui: {...step.ui, dialog: step.ui.dialog ?? dialog}};
  }
  return only({...ui, dialog: {...dialog, scroll: scrolled(dialog.scroll, key, context)}});
}

/** The chart is a place to stay: it has keys of its own, and every other key of the deck works there, too. */
function pressOnChart(ui: Ui, dialog: ChartDialog, key: string, context: PressContext): Step {
  const binding = bindingOf(key, context, 'chart');
  if (binding !== null) return ACTS[binding.action](ui, context);
  const step = pressOnDeck({...ui, dialog: null}, key, context);
  if (step.ui.dialog !== null) return step;
  const isZoomed = step.ui.zoomMs !== ui.zoomMs;
  return {...step, ui: {...step.ui, dialog: isZoomed ? centred(dialog, step.ui) : dialog}};
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
    case 'feedback': {
      const back = feedbackBack(dialog);
      return back === null ? {...ui, dialog: null, note} : {...ui, dialog: back};
    }
    case 'filter':
      return {...ui, dialog: null, filters: {...ui.filters, [dialog.panel]: ''}};
    case 'chart':
      return {...ui, dialog: dialog.cursor === null ? null : {...dialog, cursor: null}};
    case 'share':
    case 'link':
    case 'palette':
    case 'help':
    case 'entry':
      return {...ui, dialog: null};
  }
}

const LEVEL_KEYS = {w: 'warning', c: 'critical', i: 'info'} as const;

function levelPicked(ui: Ui, dialog: Extract<Dialog, {kind: 'alert'}>, key: string): Ui {
  if (!Object.hasOwn(LEVEL_KEYS, key)) return ui;
  return {...ui, dialog: {...dialog, level: LEVEL_KEYS[key as keyof typeof LEVEL_KEYS]}};
}
