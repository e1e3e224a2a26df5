import type {Alert} from '../../release/state.ts';
import {changeUi, type Ui} from '../ui.ts';
import {ACTS} from './acts.ts';
import {bindingOf} from './keymap.ts';
import {only, type PressContext, type Step} from './step.ts';

/** A key while no dialog is open: what it does, or why it does nothing now. */
export function pressOnDeck(ui: Ui, key: string, context: PressContext): Step {
  const {t, at, mayAct} = context;
  if (context.extras.includes(key)) return only(ui, {type: 'extra', key});
  const now = {...context, panel: ui.focus};
  const binding = bindingOf(key, now);
  if (binding === null) {
    return key.length > 12
      ? only(ui)
      : only(changeUi(ui, {type: 'note', note: {text: t.unbound(key), tone: 'quiet', at}}));
  }
  if (binding.changes && !mayAct) {
    return only(changeUi(ui, {type: 'refused', at, text: t.readOnlyKey(key)}));
  }
  const why = binding.whyNot(now);
  if (why !== null) return only(changeUi(ui, {type: 'refused', at, text: t.notNow(key, t.whyNot[why])}));
  return ACTS[binding.action](ui, now);
}

/** What `A` acknowledges: the alert of the picked row, else the newest critical one, else the newest. */
export function alertToAcknowledge(alerts: readonly Alert[], picked: string | null): string | null {
  const open = alerts.filter(alert => alert.acknowledgedAt === null && alert.resolvedAt === null);
  const chosen = open.find(({id}) => id === picked);
  return (chosen ?? open.findLast(({level}) => level === 'critical') ?? open.at(-1))?.id ?? null;
}
