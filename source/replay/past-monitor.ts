import type {DeclaredMetrics} from '../analysis/metric-table.ts';
import type {WindowView} from '../analysis/numbers.ts';
import type {Begin} from '../analysis/windows/windows.ts';
import {openPastView, type PastView} from '../controller/past-view.ts';
import type {MonitorView} from '../monitor/monitor.ts';
import {SnapshotFeed} from '../monitor/snapshot-feed.ts';
import {playedMoment, play, type Playing, type PlayKey} from './clock.ts';
import type {Recording} from './recording.ts';
import {WindowsAt} from './windows-at.ts';

/** The past of a feature, and the moment of it that is shown first. */
export interface PastOptions {
  recording: Recording;
  declared: DeclaredMetrics;
  /** Milliseconds since 1970. */
  at: number;
  /** Where the recording comes from, for the light in the header. */
  label: string;
}

/** A monitor of the past: the same snapshots, at the moment that the viewer chooses. */
export interface PastMonitor extends MonitorView {
  /** Where in the recording the viewer is; moments in milliseconds since 1970. */
  reading(): {speed: number; isRunning: boolean; from: number; to: number};
  /** Goes to another moment, or changes the speed. */
  press(key: PlayKey): void;
  close(): void;
}

/** Time between two notifications of listeners while it plays, milliseconds. */
const NOTIFY_EVERY_MS = 250;

/** Opens the past of a feature and plays it from `at`. */
export function openPastMonitor({recording, declared, at, label}: PastOptions): PastMonitor {
  const {feature, commits, seconds, routers, from, to} = recording;
  const bounds = {from, to};
  let playing: Playing = {at, since: performance.now(), speed: 1, isRunning: true};
  const now = () => playedMoment(playing, performance.now(), bounds);
  const view = openPastView(feature, commits, now);
  const past = new WindowsAt(seconds, declared);
  const current = () => past.at(now(), beginOf(view));
  const samples: WindowView = {
    numbers: (side, span, cohort) => current().numbers(side, span, cohort),
    series: (side, metric, span, stepMs) => current().series(side, metric, span, stepMs),
    observedPercent: span => current().observedPercent(span),
    otherNames: () => current().otherNames(),
    newestAt: side => current().newestAt(side),
  };
  const timer = setInterval(() => {
    if (playing.isRunning) view.moved();
  }, NOTIFY_EVERY_MS);
  timer.unref();
  const feed = new SnapshotFeed(
    {
      feature,
      view,
      samples,
      windows: samples,
      stream: () => ({entries: 0, repeats: 0, junk: 0, lastJunk: null, away: null, aheadMs: null}),
      store: {kind: 'recording', label, health: () => ({state: 'up', pingMs: 0})},
      routers: () => routers.findLast(report => report.at <= now())?.routers ?? [],
      sources: () => [],
      externals: () => [],
      guardSilentMs: () => null,
      ownEpoch: () => null,
      judged: () => null,
    },
    // Only the time changes here, and the view notifies of it.
    () => () => undefined,
  );
  return {
    feature,
    view,
    snapshot: feed.snapshot,
    subscribe: feed.subscribe,
    series: samples.series,
    reading: () => ({speed: playing.speed, isRunning: playing.isRunning && now() < to, from, to}),
    press(key) {
      playing = play(playing, key, performance.now(), bounds);
      view.moved();
    },
    close() {
      clearInterval(timer);
      feed.close();
    },
  };
}

/** Release and split of the windows at the moment that is shown. */
function beginOf(view: PastView): Begin {
  const {state, splitVersion} = view.snapshot();
  const {release} = state;
  return release === null
    ? {release: null, splitVersion: 0, since: 0}
    : {release: release.id, splitVersion, since: release.splitChangedAt};
}
