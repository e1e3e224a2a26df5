import type {Alert} from '../../release/state.ts';
import {EMPTY_FIELD, fieldOf} from './field.ts';
import {oneStep} from './intents.ts';
import {bindingOf, type Binding} from './keymap.ts';
import {emptyFeedback} from './press-feedback.ts';
import {only, open, type PressContext, type Step} from './step.ts';
import {changeUi, SPANS_MS, type Ui} from '../ui.ts';

/** How far `,` and `.` step, milliseconds. */
const TIME_STEP_MS = 10_000;

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
  return act(ui, binding, context);
}

/** What an allowed key does. */
function act(ui: Ui, {action}: Pick<Binding, 'action'>, context: PressContext): Step {
  const {snapshot, t, at} = context;
  const {release} = snapshot.state;
  switch (action) {
    case 'rollback':
      if (release === null) return only(ui);
      return open(ui, {kind: 'confirm', pending: {action: 'rollback', release: release.id}, isNudged: false});
    case 'raise': {
      if (release === null) return only(ui);
      const pending = {
        action: 'raise',
        release: release.id,
        from: release.percent,
        to: oneStep(release, 'up'),
      } as const;
      return open(ui, {kind: 'confirm', pending, isNudged: false});
    }
    case 'lower': {
      if (release === null) return only(ui);
      const percent = oneStep(release, 'down');
      return only(ui, {
        type: 'execute',
        intent: {type: 'set', release: release.id, percent, from: release.percent},
      });
    }
    case 'next': {
      if (release === null) return only(ui);
      const pending = {
        action: 'next',
        release: release.id,
        phase: release.phase,
        from: release.percent,
      } as const;
      return open(ui, {kind: 'confirm', pending, isNudged: false});
    }
    case 'pause':
    case 'resume':
      return release === null
        ? only(ui)
        : only(ui, {type: 'execute', intent: {type: action, release: release.id}});
    case 'retry':
      return release === null
        ? only(ui)
        : only(ui, {type: 'execute', intent: {type: 'retry', release: release.id}});
    case 'acknowledge':
      return context.alert === null
        ? only(ui)
        : only(ui, {type: 'execute', intent: {type: 'acknowledge', alert: context.alert}});
    case 'bell': {
      const note = {text: t.bell(!context.rings), tone: 'plain', at} as const;
      return only({...ui, isBellTurned: !ui.isBellTurned, note});
    }
    case 'percent':
      return open(ui, {kind: 'percent', field: EMPTY_FIELD, error: null});
    case 'complete':
      if (release === null) return only(ui);
      return open(ui, {
        kind: 'version',
        then: 'complete',
        release: release.id,
        from: release.percent,
        field: EMPTY_FIELD,
        error: null,
      });
    case 'alert':
      return open(ui, {kind: 'alert', level: null, field: EMPTY_FIELD, error: null});
    case 'filter':
      return open(ui, {kind: 'filter', panel: ui.focus, field: fieldOf(ui.filters[ui.focus])});
    case 'palette':
      return open(ui, {kind: 'palette', field: EMPTY_FIELD, index: 0});
    case 'help':
      return open(ui, {kind: 'help', scroll: 0});
    case 'chart':
      return open(ui, {kind: 'chart'});
    case 'span':
      return only({...ui, span: (ui.span + 1) % SPANS_MS.length});
    case 'panel':
    case 'panel-before':
      return only({...ui, focus: ui.focus === 'metrics' ? 'log' : 'metrics'});
    case 'up':
      return only(moved(ui, -1, context));
    case 'down':
      return only(moved(ui, 1, context));
    case 'back':
      return only(backed(ui));
    case 'fleet':
      return only({...ui, screen: 'fleet', note: null});
    case 'feature-before':
      return only(ui, {type: 'feature', by: -1});
    case 'feature-after':
      return only(ui, {type: 'feature', by: 1});
    case 'redraw':
    case 'suspend':
      return only(ui, {type: action});
    case 'quit':
      return only(ui, {type: 'quit', code: 0});
    case 'time':
      return only(ui, {type: 'time'});
    case 'time-back':
      return only(ui, {type: 'time-key', key: {type: 'step', by: -TIME_STEP_MS}});
    case 'time-on':
      return only(ui, {type: 'time-key', key: {type: 'step', by: TIME_STEP_MS}});
    case 'time-slower':
      return only(ui, {type: 'time-key', key: {type: 'slower'}});
    case 'time-faster':
      return only(ui, {type: 'time-key', key: {type: 'faster'}});
    case 'time-end':
      return only(ui, {type: 'time', isEnd: true});
    case 'feedback':
      return open(ui, emptyFeedback(context.snapshot.state));
  }
}

/** Escape peels off one thing: the filter, the picked row, the sentence. It never quits. */
function backed(ui: Ui): Ui {
  if (ui.filters[ui.focus] !== '') return {...ui, filters: {...ui.filters, [ui.focus]: ''}};
  if (ui.focus === 'log') return {...ui, focus: 'metrics', logRow: null};
  return {...ui, note: null};
}

/** The row above or below. */
export function moved(ui: Ui, by: 1 | -1, {metrics, picked, logRows}: PressContext): Ui {
  if (ui.focus === 'metrics') {
    const index = Math.max(0, metrics.indexOf(picked ?? ''));
    return {...ui, metric: metrics[Math.min(metrics.length - 1, Math.max(0, index + by))] ?? ui.metric};
  }
  const index = ui.logRow === null ? -1 : logRows.indexOf(ui.logRow);
  return {...ui, logRow: logRows[Math.min(logRows.length - 1, Math.max(0, index + by))] ?? null};
}

/** What `A` acknowledges: the picked row's alert, else the newest unacknowledged one. */
export function alertToAcknowledge(alerts: readonly Alert[], picked: string | null): string | null {
  const isOpen = (alert: Alert): boolean => alert.acknowledgedAt === null && alert.resolvedAt === null;
  const chosen = alerts.find(alert => alert.id === picked && isOpen(alert));
  return (chosen ?? alerts.findLast(isOpen))?.id ?? null;
}
