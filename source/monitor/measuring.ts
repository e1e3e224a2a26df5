import {setTimeout as pause} from 'node:timers/promises';
import {longestLookMs} from '../analysis/judge/longest-window.ts';
import {LongWindows} from '../analysis/windows/long-windows.ts';
import type {Begin} from '../analysis/windows/windows.ts';
import type {ControllerView} from '../controller/outcome.ts';
import {Measurements} from '../metrics/follower.ts';
import {MinuteReader} from '../metrics/read-minutes.ts';
import type {FeatureView} from '../store/port.ts';
import type {JudgedWindows} from './judging.ts';
import type {MonitorSettings} from './settings.ts';

/** The measurements of a feature, as the judge reads them. */
export interface Measuring {
  readonly windows: JudgedWindows;
  /** Resolves once everything has been read that the stream holds now; never rejects. */
  ready(): Promise<void>;
  /** Samples before this moment (store's clock) no longer count; 0: everything of the running split counts. */
  countFrom(at: number): void;
  /** Why the stream cannot be read at the moment; null: it can. */
  away(): string | null;
  /** How far the newest id of the stream is ahead of the store's clock, milliseconds; null: it is not. */
  aheadMs(): number | null;
}

/** The same, with the measurements themselves for screens and roll-ups. */
export interface OpenMeasuring extends Measuring {
  readonly measurements: Measurements;
}

export interface MeasuringOptions {
  /** How far back samples are read at the start, milliseconds; 15 minutes unless given. */
  historyMs?: number;
  /** How much is kept in memory, seconds; an hour unless given. */
  keepSeconds?: number;
}

/** A stream that is read as fast as it is written is read to its end within this time, milliseconds. */
const CATCHES_UP_WITHIN_MS = 1000;
const LOOK_MS = 20;

/** Opens the measurements of a feature. Their numbers follow the log: they are those of its running release and split. */
export function openMeasuring(
  feature: FeatureView,
  view: ControllerView,
  {declared}: Pick<MonitorSettings, 'declared'>,
  options: MeasuringOptions = {},
): OpenMeasuring {
  let notBefore = 0;
  const measurements = new Measurements({
    samples: feature.samples,
    rollUps: feature.rollUps,
    now: () => view.now(),
    clockAt: async () => (await feature.streamClocks()).samples,
    feature: feature.feature,
    ...declared,
    ...options,
  });
  const begin = () => measurements.setRelease(beginOf(view, notBefore));
  begin();
  const stop = view.subscribe(begin);
  const past = new MinuteReader({
    shelf: feature.rollUps,
    declared,
    longestMs() {
      const {release} = view.snapshot().state;
      return release === null ? 0 : longestLookMs(release, view.now());
    },
    now: () => view.now(),
  });
  const close = measurements.close.bind(measurements);
  measurements.close = async () => {
    stop();
    past.close();
    await close();
  };
  return {
    measurements,
    windows: new LongWindows(measurements.windows, () => past.minutes),
    away: () => measurements.status().away,
    aheadMs: () => measurements.status().aheadMs,
    countFrom(at) {
      if (at === notBefore) return;
      notBefore = at;
      begin();
    },
    async ready() {
      await Promise.all([measurements.start(), past.catchUp()]);
      const last = await feature.samples.lastId().catch(() => null);
      if (last === null) return;
      const giveUpAt = performance.now() + CATCHES_UP_WITHIN_MS;
      // A process that slept still has to read the time it slept through.
      const isBehind = () => isBefore(measurements.lastId ?? '0', last) && performance.now() < giveUpAt;
      while (isBehind()) await pause(LOOK_MS);
    },
  };
}

/** The release and split that the log says run now. */
function beginOf(view: Pick<ControllerView, 'snapshot' | 'now'>, notBefore: number): Begin {
  const {state, splitVersion} = view.snapshot();
  const {release} = state;
  if (release === null) return {release: null, splitVersion: 0, since: 0};
  return {
    release: release.id,
    splitVersion,
    // If the store's clock went back, the split began in the future; it holds already.
    since: Math.max(Math.min(release.splitChangedAt, view.now()), notBefore),
    startedAt: release.startedAt,
  };
}

/** Ids of the store are numbers, or pairs of them. */
function isBefore(id: string, other: string): boolean {
  const [first = 0, second = 0] = id.split('-').map(Number);
  const [otherFirst = 0, otherSecond = 0] = other.split('-').map(Number);
  return first === otherFirst ? second < otherSecond : first < otherFirst;
}
