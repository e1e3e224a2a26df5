import type {Alert} from '../../release/state.ts';
import {changeUi, type Ui} from '../ui.ts';
import {ACTS} from './acts.ts';
import {bindingOf} from './keymap.ts';
import {only, type PressContext, type Step} from './step.ts';

/** A key while no dialog is open: what it does, or why it does nothing now. */
export function pressOnDeck(ui: Ui, key: string, context: PressContext): Step {
  const {t, at, mayAct} = context;
  if (context.extras.includes(key)) return only(ui, {type: 'extra', key});
  const binding = bindingOf(key);
  if (binding === null) {
    return key.length > 12
      ? only(ui)
      : only(changeUi(ui, {type: 'note', note: {text: t.unbound(key), tone: 'quiet', at}}));
  }
  if (binding.changes && !mayAct) {
    return only(changeUi(ui, {type: 'refused', at, text: t.readOnlyKey(key)}));
  }
  const why = binding.whyNot(context);
  if (why !== null) return only(changeUi(ui, {type: 'refused', at, text: t.notNow(key, t.whyNot[why])}));
  return ACTS[binding.action](ui, context);
}

/** What `A` acknowledges: the picked row's alert, else the newest unacknowledged one. */
export function alertToAcknowledge(alerts: readonly Alert[], picked: string | null): string | null {
  const isOpen = (alert: Alert): boolean => alert.acknowledgedAt === null && alert.resolvedAt === null;
  const chosen = alerts.find(alert => alert.id === picked && isOpen(alert));
  return (chosen ?? alerts.findLast(isOpen))?.id ?? null;
}
