import type {Begin} from '../../analysis/windows/windows.ts';
import type {WindowView} from '../../analysis/numbers.ts';
import type {DeclaredMetrics} from '../../analysis/metric-table.ts';
import type {ConsoleMode, Deck} from '../../console/deck.ts';
import {openPastView, type PastView} from '../../controller/past-view.ts';
import type {Actor} from '../../release/command.ts';
import {playedMoment, play, type Playing} from '../../replay/clock.ts';
import type {Recording} from '../../replay/recording.ts';
import {WindowsAt} from '../../replay/windows-at.ts';

/** How a recording is to be looked at. */
export interface PastOptions {
  recording: Recording;
  declared: DeclaredMetrics;
  actor: Actor;
  mode: ConsoleMode;
  /** The moment that is shown first, milliseconds since 1970. */
  at: number;
  /** For the light in the header: where it comes from. */
  label: string;
}

/** So often the screen is told that time has passed, milliseconds. */
const TOLD_EVERY_MS = 250;

/** The deck over what was: the same screen, the clock in the viewer's hand, and nothing to be changed. */
export function openPastDeck({recording, declared, actor, mode, at, label}: PastOptions): Deck {
  const {feature, commits, seconds, routers, from, to} = recording;
  const bounds = {from, to};
  const listeners = new Set<() => void>();
  let playing: Playing = {at, since: performance.now(), speed: 1, isRunning: true};
  const now = () => playedMoment(playing, performance.now(), bounds);
  const view = openPastView(feature, commits, now);
  const past = new WindowsAt(seconds, declared);
  const current = () => past.at(now(), beginOf(view));
  const tell = () => {
    view.moved();
    for (const listener of listeners) listener();
  };
  const timer = setInterval(() => {
    if (playing.isRunning) tell();
  }, TOLD_EVERY_MS);
  timer.unref();
  const windows: WindowView = {
    numbers: (side, span, cohort) => current().numbers(side, span, cohort),
    series: (side, metric, span, stepMs) => current().series(side, metric, span, stepMs),
    observedPercent: span => current().observedPercent(span),
    otherNames: () => current().otherNames(),
    newestAt: side => current().newestAt(side),
  };
  return {
    feature,
    features: () => Promise.resolve([feature]),
    view,
    controller: null,
    windows,
    stream: () => ({entries: 0, repeats: 0, junk: 0, lastJunk: null, away: null, aheadMs: null}),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    store: {kind: 'recording', label, health: () => ({state: 'up', pingMs: 0})},
    routers: () => routers.findLast(told => told.at <= now())?.routers ?? [],
    time: {
      reading: () => ({speed: playing.speed, isRunning: playing.isRunning && now() < to, from, to}),
      press(key) {
        playing = play(playing, key, performance.now(), bounds);
        tell();
      },
    },
    actor,
    mode: {...mode, readOnly: true},
    extras: [],
    newId: () => '',
    close() {
      clearInterval(timer);
      return Promise.resolve();
    },
  };
}

/** What the windows spoke of at the moment that is shown. */
function beginOf(view: PastView): Begin {
  const {state, splitVersion} = view.snapshot();
  const {release} = state;
  return release === null
    ? {release: null, splitVersion: 0, since: 0}
    : {release: release.id, splitVersion, since: release.splitChangedAt};
}
