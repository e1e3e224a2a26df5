import type {Intent} from '../../release/command.ts';
import type {Release} from '../../release/state.ts';
import type {Dialog, Pending, Ui} from '../ui.ts';
import {panned, pointed} from './chart-keys.ts';
import {EMPTY_FIELD, fieldOf} from './field.ts';
import {oneStep} from './intents.ts';
import type {Action} from './keymap.ts';
import {emptyFeedback} from './press-feedback.ts';
import {shareDialog} from './press-share.ts';
import {backed, moved, zoomed} from './move.ts';
import {only, open, type PressContext, type Step} from './step.ts';

/** How far `,` and `.` step, milliseconds. */
const TIME_STEP_MS = 10_000;

type Act = (ui: Ui, context: PressContext) => Step;

/** An act on the release at hand; without a release the screen stays as it is. */
function onRelease(act: (release: Release, ui: Ui) => Step): Act {
  return (ui, {snapshot}) => {
    const {release} = snapshot.state;
    return release === null ? only(ui) : act(release, ui);
  };
}

/** Asks for a `y` before the change. */
function asks(pendingOf: (release: Release) => Pending): Act {
  return onRelease((release, ui) =>
    open(ui, {kind: 'confirm', pending: pendingOf(release), isNudged: false}),
  );
}

/** Writes the change at once. */
function executes(intentOf: (release: Release) => Intent): Act {
  return onRelease((release, ui) => only(ui, {type: 'execute', intent: intentOf(release)}));
}

function opens(dialog: Dialog): Act {
  return ui => open(ui, dialog);
}

function turnsPanel(ui: Ui): Step {
  return only({...ui, focus: ui.focus === 'metrics' ? 'log' : 'metrics'});
}

/** What each key does once nothing stands in its way. */
export const ACTS: Readonly<Record<Action, Act>> = {
  rollback: asks(({id}) => ({action: 'rollback', release: id})),
  raise: asks(release => ({
    action: 'raise',
    release: release.id,
    from: release.percent,
    to: oneStep(release, 'up'),
  })),
  lower: executes(release => ({
    type: 'set',
    release: release.id,
    percent: oneStep(release, 'down'),
    from: release.percent,
  })),
  percent: opens({kind: 'percent', field: EMPTY_FIELD, error: null}),
  next: asks(({id, phase, percent}) => ({action: 'next', release: id, phase, from: percent})),
  pause: executes(({id}) => ({type: 'pause', release: id})),
  resume: executes(({id}) => ({type: 'resume', release: id})),
  retry: executes(({id}) => ({type: 'retry', release: id})),
  complete: onRelease(({id, percent}, ui) =>
    open(ui, {
      kind: 'version',
      then: 'complete',
      release: id,
      from: percent,
      field: EMPTY_FIELD,
      error: null,
    }),
  ),
  alert: opens({kind: 'alert', level: null, field: EMPTY_FIELD, error: null}),
  acknowledge: (ui, {alert}) =>
    alert === null ? only(ui) : only(ui, {type: 'execute', intent: {type: 'acknowledge', alert}}),
  bell: (ui, {rings, t, at}) =>
    only({...ui, isBellTurned: !ui.isBellTurned, note: {text: t.bell(!rings), tone: 'plain', at}}),
  feedback: (ui, {snapshot}) => open(ui, emptyFeedback(snapshot.state)),
  share: (ui, {link = null}) => open(ui, shareDialog(link)),
  time: ui => only(ui, {type: 'time'}),
  'time-back': ui => only(ui, {type: 'time-key', key: {type: 'step', by: -TIME_STEP_MS}}),
  'time-on': ui => only(ui, {type: 'time-key', key: {type: 'step', by: TIME_STEP_MS}}),
  'time-slower': ui => only(ui, {type: 'time-key', key: {type: 'slower'}}),
  'time-faster': ui => only(ui, {type: 'time-key', key: {type: 'faster'}}),
  'time-end': ui => only(ui, {type: 'time', isEnd: true}),
  chart: opens({kind: 'chart', endAt: null, cursor: null}),
  shorter: (ui, context) => only(zoomed(ui, 'shorter', context)),
  longer: (ui, context) => only(zoomed(ui, 'longer', context)),
  filter: ui => open(ui, {kind: 'filter', panel: ui.focus, field: fieldOf(ui.filters[ui.focus])}),
  palette: opens({kind: 'palette', field: EMPTY_FIELD, index: 0}),
  help: opens({kind: 'help', scroll: 0}),
  fleet: ui => only({...ui, screen: 'fleet', note: null}),
  'feature-before': ui => only(ui, {type: 'feature', by: -1}),
  'feature-after': ui => only(ui, {type: 'feature', by: 1}),
  panel: turnsPanel,
  'panel-before': turnsPanel,
  up: (ui, context) => only(moved(ui, -1, context)),
  down: (ui, context) => only(moved(ui, 1, context)),
  back: ui => only(backed(ui)),
  'metric-before': (ui, context) => only(moved({...ui, focus: 'metrics'}, -1, context)),
  'metric-after': (ui, context) => only(moved({...ui, focus: 'metrics'}, 1, context)),
  'cursor-back': (ui, context) => only(pointed(ui, -1, context)),
  'cursor-on': (ui, context) => only(pointed(ui, 1, context)),
  'pan-back': (ui, context) => only(panned(ui, -1, context)),
  'pan-on': (ui, context) => only(panned(ui, 1, context)),
  'chart-close': ui => only({...ui, dialog: null}),
  redraw: ui => only(ui, {type: 'redraw'}),
  suspend: ui => only(ui, {type: 'suspend'}),
  quit: ui => only(ui, {type: 'quit', code: 0}),
};
