import {setTimeout as pause} from 'node:timers/promises';
import {longestLookMs} from '../analysis/judge/longest-window.ts';
import type {Side, Span} from '../analysis/numbers.ts';
import {BY_SECONDS_MS, LongWindows} from '../analysis/windows/long-windows.ts';
import type {Begin} from '../analysis/windows/windows.ts';
import type {Plan} from '../release/plan.ts';
import {shareMetric} from '../analysis/judge/read-metric.ts';
import type {ControllerView} from '../controller/outcome.ts';
import {Measurements} from '../metrics/follower.ts';
import {MinuteReader} from '../metrics/read-minutes.ts';
import type {FeatureView} from '../store/port.ts';
import {openPastSeries} from './past-series.ts';
import type {JudgedWindows} from './judging.ts';
import {metricsOfPlan, openScrapes} from './prometheus.ts';
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
  /** Like `WindowView.series`, however far back: what the windows do not hold comes from the roll-ups, once they are read. */
  series(side: Side, metric: string, span: Span, stepMs: number): (number | null)[];
  /** Resolves once all that `series` was asked for has been read; never rejects. */
  pastReady(): Promise<void>;
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
/** For so long nothing is judged while Prometheus is away, milliseconds. */
const OUT_OF_SIGHT_MS = 60_000;

/**
 * Opens the measurements of a feature. Their numbers follow the log: they are those of its running release and split. They come
 * from Prometheus if the project names counters there, else from the samples in the store; never from both.
 */
export function openMeasuring(
  feature: FeatureView,
  view: ControllerView,
  settings: Pick<MonitorSettings, 'declared' | 'prometheus' | 'config'>,
  options: MeasuringOptions = {},
): OpenMeasuring {
  const {declared} = settings;
  const scrapes = openScrapes(settings, view);
  const samples = scrapes?.samples ?? feature.samples;
  const blind = outOfSight();
  let notBefore = 0;
  const measurements = new Measurements({
    samples,
    rollUps: feature.rollUps,
    now: () => view.now(),
    ...(scrapes === null
      ? {clockAt: async () => (await feature.streamClocks()).samples}
      : {lateMs: scrapes.pace.lagMs}),
    feature: feature.feature,
    ...declared,
    ...options,
  });
  const begin = () => measurements.setRelease(beginOf(view, notBefore));
  begin();
  const stop = view.subscribe(begin);
  const past = openPast(feature, view, declared);
  const charts = openPastSeries(measurements.windows, {
    shelf: feature.rollUps,
    declared,
    now: () => view.now(),
    release: () => view.snapshot().state.release?.id ?? null,
  });
  const close = measurements.close.bind(measurements);
  measurements.close = async () => {
    stop();
    past.close();
    charts.close();
    await close();
  };
  return {
    measurements,
    windows: new LongWindows(measurements.windows, () => past.minutes, scrapes?.pace ?? null),
    series: charts.series,
    pastReady: charts.ready,
    away: () => (scrapes === null ? measurements.status().away : blind(measurements.status().away)),
    aheadMs: () => measurements.status().aheadMs,
    countFrom(at) {
      if (at === notBefore) return;
      notBefore = at;
      begin();
    },
    async ready() {
      await Promise.all([measurements.start(), past.catchUp()]);
      await caughtUp(measurements, samples);
    },
  };
}

/** Waits until the newest sample of the store is read. A process that slept still has to read the time it slept through. */
async function caughtUp(measurements: Measurements, samples: FeatureView['samples']): Promise<void> {
  const last = await samples.lastId().catch(() => null);
  if (last === null) return;
  const giveUpAt = performance.now() + CATCHES_UP_WITHIN_MS;
  while (isBefore(measurements.lastId ?? '0', last) && performance.now() < giveUpAt) await pause(LOOK_MS);
}

/** The minutes before the seconds that the windows keep, as far as conditions of the release look back. */
function openPast(
  feature: FeatureView,
  view: ControllerView,
  declared: MonitorSettings['declared'],
): MinuteReader {
  return new MinuteReader({
    shelf: feature.rollUps,
    get declared() {
      const {release} = view.snapshot().state;
      const planned = release === null ? [] : countersOf(release.plan);
      return {...declared, counters: [...(declared.counters ?? []), ...planned]};
    },
    longestMs() {
      const {release} = view.snapshot().state;
      const longestMs = release === null ? 0 : longestLookMs(release, view.now());
      return longestMs > BY_SECONDS_MS ? longestMs : 0;
    },
    now: () => view.now(),
  });
}

/**
 * Why Prometheus cannot be read, for as long as that may be over soon. Then the judge goes on without data: it holds the
 * release, and the alert about a silent gray is due.
 */
function outOfSight(): (away: string | null) => string | null {
  let since: number | null = null;
  return away => {
    if (away === null) since = null;
    else since ??= performance.now();
    return since === null || performance.now() - since > OUT_OF_SIGHT_MS ? null : away;
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
    counters: countersOf(release.plan),
  };
}

/** The counters that conditions of a plan are made of. */
function countersOf(plan: Plan): string[] {
  return [...metricsOfPlan(plan)].map(name => shareMetric(name)?.counter ?? name);
}

/** Ids of the store are numbers, or pairs of them. */
function isBefore(id: string, other: string): boolean {
  const [first = 0, second = 0] = id.split('-').map(Number);
  const [otherFirst = 0, otherSecond = 0] = other.split('-').map(Number);
  return first === otherFirst ? second < otherSecond : first < otherFirst;
}
