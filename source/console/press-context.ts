import type {Deck, Sharing} from './deck.ts';
import {alertToAcknowledge} from './keys/press-deck.ts';
import type {PressContext} from './keys/step.ts';
import {paletteActions} from './present/help.ts';
import {rowKey} from './present/log.ts';
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
    featureCount,
    rings,
    fleet,
    sharing,
  }: {featureCount: number; rings: boolean; fleet: Fleet; sharing: Sharing},
): PressContext {
  const {scene, rows, log, logPicked} = model;
  const {snapshot, at} = scene.reading;
  const base = {
    snapshot,
    alert: alertToAcknowledge(snapshot.state.alerts, log[logPicked]?.alert ?? null),
    featureCount: deck.open === undefined ? 1 : featureCount,
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
    logRows: log.map(row => rowKey(row)),
    fleet: fleet.shown.map(({feature}) => feature),
    extras: deck.extras.map(({key}) => key),
    newId: () => deck.newId(),
  };
  return {...base, palette: typed => paletteActions(base, scene.mayAct, typed, scene.t)};
}
