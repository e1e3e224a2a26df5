import type {Intent} from '../../release/command.ts';
import type {Release} from '../../release/state.ts';
import type {Dialog, Pending, Ui} from '../ui.ts';
import {panned, pointed} from './chart-keys.ts';
import {EMPTY_FIELD, fieldOf} from './field.ts';
import {intentOf, oneStep} from './intents.ts';
import type {Action} from './keymap.ts';
import {emptyFeedback} from './press-feedback.ts';
import {shareDialog} from './press-share.ts';
import {backed, isAlertSeen, moved, paged, pickedEntry, zoomed} from './move.ts';
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

/** Whatever leads to 100 % wants the version typed. */
export function versionDialog(release: Release, then: VersionDialogState['then']): VersionDialogState {
  const {id, percent, phase, approval} = release;
  return {
    kind: 'version',
    then,
    release: id,
    from: percent,
    phase,
    approval: approval?.number ?? null,
    field: EMPTY_FIELD,
    error: null,
  };
}

type VersionDialogState = Extract<Dialog, {kind: 'version'}>;

function opens(dialog: Dialog): Act {
  return ui => open(ui, dialog);
}

function turnsPanel(ui: Ui): Step {
  return only({...ui, focus: ui.focus === 'metrics' ? 'log' : 'metrics'});
}

/** Copies what is picked, or says that nothing is. */
export function copies(ui: Ui, {copied, t, at}: PressContext): Step {
  const found = copied(ui);
  return found === null
    ? only({...ui, note: {text: t.copy.nothing, tone: 'quiet', at}})
    : only(ui, {type: 'copy', ...found});
}

/** What each key does once nothing stands in its way. */
export const ACTS: Readonly<Record<Action, Act>> = {
  rollback: asks(({id}) => ({action: 'rollback', release: id})),
  raise: onRelease((release, ui) => {
    const to = oneStep(release, 'up');
    if (to >= 100) return open(ui, versionDialog(release, 'everyone'));
    const pending = {action: 'raise', release: release.id, from: release.percent, to} as const;
    return open(ui, {kind: 'confirm', pending, isNudged: false});
  }),
  lower: executes(release => ({
    type: 'set',
    release: release.id,
    percent: oneStep(release, 'down'),
    from: release.percent,
  })),
  percent: opens({kind: 'percent', field: EMPTY_FIELD, error: null}),
  next: onRelease((release, ui) => {
    const {id, phase, percent, plan} = release;
    if ((plan.phases[phase + 1]?.percent ?? 0) >= 100) return open(ui, versionDialog(release, 'next'));
    const pending = {action: 'next', release: id, phase, from: percent} as const;
    return open(ui, {kind: 'confirm', pending, isNudged: false});
  }),
  pause: executes(({id}) => ({type: 'pause', release: id})),
  resume: executes(({id}) => ({type: 'resume', release: id})),
  retry: executes(({id}) => ({type: 'retry', release: id})),
  complete: onRelease((release, ui) => open(ui, versionDialog(release, 'complete'))),
  approve: onRelease((release, ui) => {
    const {approval} = release;
    if (approval === null) return only(ui);
    const {wish, number} = approval;
    const isEveryone = wish.type === 'complete' || (wish.type === 'set' && wish.percent >= 100);
    return isEveryone
      ? open(ui, versionDialog(release, 'approve'))
      : open(ui, {
          kind: 'confirm',
          pending: {action: 'approve', release: release.id, number},
          isNudged: false,
        });
  }),
  alert: opens({kind: 'alert', level: null, field: EMPTY_FIELD, error: null}),
  acknowledge: (ui, context) => {
    const {alert} = context;
    if (alert === null) return only(ui);
    const pending = {action: 'acknowledge', alert} as const;
    // An alert that is out of sight is named first.
    return isAlertSeen(ui, alert, context)
      ? only(ui, {type: 'execute', intent: intentOf(pending)})
      : open(ui, {kind: 'confirm', pending, isNudged: false});
  },
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
  entry: (ui, context) => {
    const picked = pickedEntry(ui, context);
    if (picked === null) return only(ui);
    const about = context.stepOf(picked.logRow);
    const dialog = {
      kind: 'entry',
      row: picked.logRow,
      scroll: 0,
      words: about === null ? [] : null,
    } as const;
    const step = open(picked, dialog);
    return about === null ? step : only(step.ui, {type: 'last-words', row: picked.logRow, ...about});
  },
  copy: (ui, context) => copies(ui, context),
  zoom: ui => only({...ui, isZoomed: !ui.isZoomed}),
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
  'page-up': (ui, context) => only(paged(ui, 'up', context)),
  'page-down': (ui, context) => only(paged(ui, 'down', context)),
  first: (ui, context) => only(paged(ui, 'first', context)),
  last: (ui, context) => only(paged(ui, 'last', context)),
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
