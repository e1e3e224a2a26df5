import type {Deck, Sharing} from './deck.ts';
import {alertToAcknowledge} from './keys/press-deck.ts';
import type {PressContext} from './keys/step.ts';
import {logRoom} from './layout.ts';
import {copiedOf} from './present/copied.ts';
import {areaOf, scrollRoom} from './dialogs/DialogFrame.tsx';
import {entryWidth} from './dialogs/EntryDialog.tsx';
import {helpWidth} from './dialogs/Help.tsx';
import type {KeyContext} from './keys/keymap.ts';
import {helpRows, paletteActions} from './present/help.ts';
import type {Line} from './present/line.ts';
import {entryLines, stepOfRow} from './present/log/entry.ts';
import type {Ui} from './ui.ts';
import type {Fleet} from './use-fleet.ts';
import type {Screen} from './use-screen.ts';

/** Where in time the screen is. */
function timeOf({time, openPast}: Deck): PressContext['time'] {
  if (time !== undefined) return 'past';
  return openPast === undefined ? 'now-only' : 'now';
}

/** What a key needs to know of the screen and the release. */
export function contextOf(
  deck: Deck,
  model: Screen,
  {
    ui,
    featureCount,
    rings,
    fleet,
    sharing,
  }: {ui: Ui; featureCount: number; rings: boolean; fleet: Fleet; sharing: Sharing},
): PressContext {
  const {scene, rows, log, logPicked} = model;
  const {snapshot, at} = scene.reading;
  const base = {
    snapshot,
    alert: alertToAcknowledge(snapshot.state.alerts, log[logPicked]?.alert ?? null),
    featureCount: deck.open === undefined ? 1 : featureCount,
    panel: ui.focus,
    entries: log.length,
    time: timeOf(deck),
    ...(deck.sharing === undefined ? {} : {link: sharing.link}),
    rings,
    t: scene.t,
    at,
    mayAct: scene.mayAct,
    isTooSmall: model.layout.kind === 'tiny',
    metrics: rows.map(({metric}) => metric.name),
    picked: model.picked?.metric.name ?? null,
    whole: model.whole,
    chart: model.chart,
    logRows: log.map(({id}) => id),
    logAlerts: log.map(({alert}) => alert),
    logRoom: logRoom(model.layout.logHeight),
    stepOf: (id: string) => {
      const row = log.find(one => one.id === id);
      return row === undefined ? null : stepOfRow(row);
    },
    copied: (now: Ui) => copiedOf(now, model),
    fleet: fleet.shown.map(({feature}) => feature),
    extras: deck.extras.map(({key}) => key),
    newId: () => deck.newId(),
  };
  const tall = tallRows(ui.dialog, model, base, deck.extras);
  return {
    ...base,
    tall,
    scrollMost: Math.max(0, tall.length - scrollRoom(areaOf(model.layout))),
    palette: typed => paletteActions(base, scene.mayAct, typed, scene.t),
  };
}

/** All rows of the open dialog, where it may have more than the screen. */
function tallRows(
  dialog: Ui['dialog'],
  {scene, layout, log}: Screen,
  context: KeyContext,
  extras: Deck['extras'],
): readonly Line[] {
  const {mayAct, t} = scene;
  if (dialog?.kind === 'help')
    return helpRows(context, {mayAct, extras, t, width: helpWidth(layout.columns) - 4});
  const row = dialog?.kind === 'entry' ? log.find(({id}) => id === dialog.row) : undefined;
  if (dialog?.kind !== 'entry' || row === undefined) return [];
  return entryLines(row, dialog.words, scene, entryWidth(layout.columns) - 4);
}
