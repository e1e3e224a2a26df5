import type {DeclaredMetrics} from '../analysis/metric-table.ts';
import type {WindowView} from '../analysis/numbers.ts';
import {KEEP_SECONDS_MS, type Tally} from '../analysis/windows/roll-up.ts';
import {type Begin, Windows} from '../analysis/windows/windows.ts';
import {type PastView, openPastView} from '../controller/past-view.ts';
import type {MonitorView} from '../monitor/monitor.ts';
import {SnapshotFeed} from '../monitor/snapshot-feed.ts';
import type {Recording} from './recording.ts';

/** Windows at any moment of a recording. A step forward costs a second of data, a step back an hour of it. */
export class WindowsAt {
  readonly #seconds: readonly Tally[];
  readonly #declared: DeclaredMetrics;
  #windows: Windows;
  #at = Number.NEGATIVE_INFINITY;
  /** Index of the first second that is not in the windows yet. */
  #next = 0;
  #begun = '';

  constructor(seconds: readonly Tally[], declared: DeclaredMetrics) {
    this.#seconds = seconds;
    this.#declared = declared;
    this.#windows = new Windows(declared);
  }

  /**
   * The windows at a moment, for the release and split of that moment. A step back returns another object.
   */
  at(moment: number, begin: Begin): Windows {
    const isBack = moment < this.#at;
    const isFar = moment - this.#at > KEEP_SECONDS_MS;
    if (isBack || isFar) this.#begin(moment);
    const named = JSON.stringify(begin);
    if (named !== this.#begun) this.#windows.begin(begin);
    this.#begun = named;
    for (let tally = this.#seconds[this.#next]; tally !== undefined; tally = this.#seconds[++this.#next]) {
      if (tally.t + tally.ms > moment) break;
      this.#windows.restore(tally);
    }
    this.#at = moment;
    return this.#windows;
  }

  #begin(moment: number): void {
    this.#windows = new Windows(this.#declared);
    this.#begun = '';
    this.#next = firstFrom(this.#seconds, moment - KEEP_SECONDS_MS);
  }
}

/** Index of the first second that begins at `from` or later. */
function firstFrom(seconds: readonly Tally[], from: number): number {
  let [low, high] = [0, seconds.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((seconds[middle]?.t ?? Infinity) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Playing speeds of a recording. */
const SPEEDS = [1, 2, 5, 10, 30, 60] as const;

/** Position in a recording. Pure: `real` is a monotonic clock in milliseconds. */
export interface Playing {
  /** The moment that is shown at `since`. */
  at: number;
  since: number;
  speed: number;
  isRunning: boolean;
}

/** Actions on a playing recording; `by` in milliseconds. */
export type PlayKey =
  {type: 'step'; by: number} | {type: 'faster'} | {type: 'slower'} | {type: 'to'; at: number};

interface Bounds {
  from: number;
  to: number;
}

/** The moment that is shown now, milliseconds since 1970. */
export function playedMoment(
  {at, since, speed, isRunning}: Playing,
  real: number,
  {from, to}: Bounds,
): number {
  const moved = isRunning ? at + (real - since) * speed : at;
  return Math.min(to, Math.max(from, moved));
}

/** Applies an action. Changes of speed keep the moment; steps and jumps stop the playing. */
export function play(playing: Playing, key: PlayKey, real: number, bounds: Bounds): Playing {
  const at = playedMoment(playing, real, bounds);
  const index = SPEEDS.findIndex(speed => speed >= playing.speed);
  const kept = {...playing, at, since: real};
  switch (key.type) {
    case 'step':
      return {...kept, at: Math.min(bounds.to, Math.max(bounds.from, at + key.by)), isRunning: false};
    case 'to':
      return {...kept, at: Math.min(bounds.to, Math.max(bounds.from, key.at)), isRunning: false};
    case 'faster':
      return {
        ...kept,
        speed: SPEEDS[Math.min(SPEEDS.length - 1, index + 1)] ?? playing.speed,
        isRunning: true,
      };
    case 'slower':
      return {...kept, speed: SPEEDS[Math.max(0, index - 1)] ?? playing.speed, isRunning: true};
  }
}

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
