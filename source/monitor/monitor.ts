import {setTimeout as pause} from 'node:timers/promises';
import {together, type ExternalNumbers} from '../analysis/judge/read-metric.ts';
import type {Judged} from '../analysis/judge/findings.ts';
import type {Side, SideNumbers, Span, WindowView} from '../analysis/numbers.ts';
import type {Report} from '../audience/applied.ts';
import type {ControllerView} from '../controller/outcome.ts';
import {openView} from '../controller/view.ts';
import type {FeedbackFollower} from '../metrics/feedback.ts';
import type {PrometheusPoller} from '../metrics/prometheus/poller.ts';
import type {FeatureView, StoreHealth, ViewStore} from '../store/port.ts';
import {feedbackShownIn, openFeedback} from './feedback.ts';
import {openMeasuring, type MeasuringOptions, type OpenMeasuring} from './measuring.ts';
import {beginObserving, type Observing} from './observing.ts';
import {isShownOf, openPrometheus, type PrometheusWishes} from './prometheus.ts';
import type {MonitorSettings} from './settings.ts';
import type {MonitorSnapshot, MonitorSources} from './snapshot.ts';
import {SnapshotFeed} from './snapshot-feed.ts';
import {withNumbers, withPrometheus} from './with-prometheus.ts';

export interface MonitorOptions extends MeasuringOptions {
  /** The log as it is followed already; absent: the monitor follows it by itself, and closes it. */
  view?: ControllerView;
  /**
   * How far the numbers look back, milliseconds, up to this very moment. Absent: as far as the conditions of the plan, up to
   * the second that was judged last.
   */
  windowMs?: number;
  /** How Prometheus is asked. */
  prometheus?: PrometheusWishes;
}

/** The guard of this very process. */
export interface LocalGuard {
  /** Its epoch while it acts; null: it does not. */
  epoch(): number | null;
  /** What it has judged while it acts; null: nothing yet. */
  judged(): Judged | null;
}

/** What shows or acts on a feature sees of its monitor. */
export interface MonitorView {
  readonly feature: string;
  readonly view: ControllerView;
  /** The newest snapshot; the same object until something in it changes. */
  snapshot(): MonitorSnapshot;
  /** Calls after each new snapshot; returns the way to stop. */
  subscribe(listener: () => void): () => void;
  /** A metric over time from the same windows, oldest first; see `WindowView.series`. */
  series(side: Side, metric: string, span: Span, stepMs: number): (number | null)[];
}

const ROUTERS_EVERY_MS = 1000;
const HEALTH_EVERY_MS = 2000;

/** Opens the monitor of one feature. It reads nothing but the log before `start`. */
export async function openMonitor(
  store: Pick<ViewStore, 'kind' | 'label' | 'health' | 'now'>,
  feature: FeatureView,
  settings: MonitorSettings,
  options: MonitorOptions = {},
): Promise<Monitor> {
  const {view = openView({feature: feature.feature, log: feature.log, now: () => store.now()})} = options;
  const prometheus = await openPrometheus(settings, view, options.prometheus);
  return new Monitor({store, feature, settings, options, view, prometheus});
}

interface Parts {
  store: Pick<ViewStore, 'kind' | 'label' | 'health'>;
  feature: FeatureView;
  settings: MonitorSettings;
  options: MonitorOptions;
  view: ControllerView;
  prometheus: PrometheusPoller | null;
}

/**
 * One live feature: its log, its windows with the numbers of Prometheus and feedback, its routers, its guard's lease, the store
 * and the judgement of each second, handed out as one snapshot. It writes nothing.
 */
export class Monitor implements MonitorView {
  readonly feature: string;
  readonly view: ControllerView;
  /** What the judge reads samples from. */
  readonly measuring: OpenMeasuring;
  /** Numbers that no sample speaks of. */
  readonly external: ExternalNumbers;
  readonly prometheus: PrometheusPoller | null;
  readonly settings: MonitorSettings;
  readonly snapshot: () => MonitorSnapshot;
  readonly subscribe: (listener: () => void) => () => void;
  readonly #parts: Parts;
  readonly #feedback: FeedbackFollower;
  readonly #sources: MonitorSources;
  readonly #feed: SnapshotFeed;
  readonly #stop = new AbortController();
  readonly #listeners = new Set<() => void>();
  #stopListening: (() => void)[] = [];
  #started: Promise<unknown> | null = null;
  #isRead = false;
  #routers: readonly Report[] | null = null;
  #silentSince: number | null = null;
  #health: StoreHealth = {state: 'up', pingMs: 0};
  #observing: Observing | null = null;
  #guard: LocalGuard | null = null;

  constructor(parts: Parts) {
    const {feature, settings, options, view, prometheus} = parts;
    this.#parts = parts;
    this.feature = feature.feature;
    this.view = view;
    this.settings = settings;
    this.prometheus = prometheus;
    this.measuring = openMeasuring(feature, view, settings, options);
    this.#feedback = openFeedback(feature, view);
    this.external = together(prometheus, this.#feedback);
    this.#sources = this.#sourcesOf();
    this.#feed = new SnapshotFeed(this.#sources, listener => {
      this.#listeners.add(listener);
      return () => void this.#listeners.delete(listener);
    });
    this.snapshot = this.#feed.snapshot;
    this.subscribe = this.#feed.subscribe;
  }

  series(side: Side, metric: string, span: Span, stepMs: number): (number | null)[] {
    return this.#sources.windows.series(side, metric, span, stepMs);
  }

  /** Numbers of a side over any span, as the samples tell them. */
  numbers(side: Side, span: Span): SideNumbers {
    return this.#sources.samples.numbers(side, span);
  }

  /** Begins to read samples, Prometheus, feedback, routers, the guard's lease and the store's health. */
  start(): void {
    if (this.#started !== null) return;
    const {measurements} = this.measuring;
    const {prometheus} = this;
    this.#stopListening = [
      measurements.subscribe(this.#tell),
      ...(prometheus === null ? [] : [prometheus.subscribe(this.#tell)]),
    ];
    const looked = Promise.withResolvers<void>();
    const {signal} = this.#stop;
    // They write nothing: closing does not wait for a store that does not answer.
    void repeat(() => this.#lookAtRouters().finally(looked.resolve), ROUTERS_EVERY_MS, signal);
    void repeat(() => this.#lookAtStore(), HEALTH_EVERY_MS, signal);
    this.#started = Promise.all([prometheus?.start(), this.#feedback.start(), looked.promise]);
    void this.#readPast();
  }

  /** Begins to judge each second as the guard does, and writes nothing. */
  judge(): void {
    const {feature, settings, view} = this.#parts;
    const observed = {
      feature,
      view,
      measuring: this.measuring,
      settings,
      external: this.external,
      routers: () => this.#routers ?? [],
      isGuarding: () => this.#sources.ownEpoch() !== null,
      onLook: this.#tell,
    };
    this.#observing ??= beginObserving(observed, this.#stop.signal);
  }

  /**
   * Resolves once everything has been read, at the latest after `patienceMs` milliseconds. Whether the samples could be
   * read: a stream that is away does not keep the rest back.
   */
  async ready(patienceMs: number): Promise<boolean> {
    this.start();
    const {measurements} = this.measuring;
    const away = Promise.withResolvers<void>();
    const stop = measurements.subscribe(() => {
      if (measurements.status().away !== null) away.resolve();
    });
    const patience = pause(patienceMs, undefined, {ref: false});
    await Promise.race([measurements.start(), away.promise, patience]);
    stop();
    await Promise.race([this.#started, patience]);
    return this.#isRead;
  }

  /** Resolves after the first look of the judge, whatever came of it, or after `patienceMs` milliseconds. */
  async judgedOnce(patienceMs: number): Promise<void> {
    await Promise.race([this.#observing?.first, pause(patienceMs, undefined, {ref: false})]);
  }

  /** From now on this process guards, too: while it acts, its judgement is the one that is shown. */
  guardedBy(guard: LocalGuard): void {
    this.#guard = guard;
  }

  /** The newest reports of the routers, as far as they could be read. */
  routers(): readonly Report[] | null {
    return this.#routers;
  }

  /** For how long the guard that the log names has not shown itself, milliseconds; null: it does. */
  guardSilentMs(): number | null {
    return this.#silentSince === null ? null : Math.max(0, this.view.now() - this.#silentSince);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#feed.close();
    for (const stop of this.#stopListening) stop();
    await Promise.all([
      this.measuring.measurements.close(),
      this.prometheus?.close(),
      this.#feedback.close(),
      this.#parts.options.view === undefined ? this.view.close() : undefined,
      this.#observing?.ended,
    ]);
  }

  readonly #tell = (): void => {
    for (const listener of this.#listeners) listener();
  };

  #sourcesOf(): MonitorSources {
    const {store, options, view, prometheus} = this.#parts;
    const {measurements} = this.measuring;
    const said = feedbackShownIn(this.#feedback, view, prometheus);
    const now = (): number => view.now();
    const samples = measurements.windows;
    const charted: WindowView = {
      numbers: (side, span, cohort) => samples.numbers(side, span, cohort),
      series: this.measuring.series,
      observedPercent: span => samples.observedPercent(span),
      otherNames: () => samples.otherNames(),
      newestAt: side => samples.newestAt(side),
    };
    const others = prometheus === null ? [said] : [prometheus, said];
    const measured =
      prometheus === null ? charted : withPrometheus(charted, prometheus, now, isShownOf(prometheus, view));
    return {
      feature: this.feature,
      view,
      samples,
      windows: withPrometheus(measured, said, now, () => true),
      merge: (numbers, side, span) =>
        others.reduce((merged, source) => withNumbers(merged, source, {side, span, now: now()}), numbers),
      isRead: () => this.#isRead,
      stream: () => measurements.status(),
      store: {kind: store.kind, label: store.label, health: () => this.#health},
      feedback: () => this.#feedback.newest,
      routers: () => this.#routers,
      sources: () => (prometheus === null ? [] : [prometheus.light()]),
      externals: () => others.flatMap(source => source.snapshot()),
      guardSilentMs: () => this.guardSilentMs(),
      ownEpoch: () => this.#guard?.epoch() ?? null,
      judged: () => this.#guard?.judged() ?? this.#observing?.judged() ?? null,
      ...(options.windowMs === undefined ? {} : {windowMs: options.windowMs}),
    };
  }

  async #readPast(): Promise<void> {
    await this.measuring.measurements.start();
    this.#isRead = true;
    this.#tell();
  }

  async #lookAtRouters(): Promise<void> {
    const {feature, view} = this.#parts;
    const [reports, lease] = await Promise.all([
      feature.routers.list().catch(() => null),
      feature.lease.read().catch(() => undefined),
    ]);
    // What was last heard of them stays, with its age, while the store is away.
    this.#routers = reports ?? this.#routers;
    // A store that does not answer says nothing about the guard.
    if (lease !== undefined) {
      this.#observing?.answered();
      this.#silentSince = lease === null ? (this.#silentSince ?? view.now()) : null;
    }
    this.#tell();
  }

  async #lookAtStore(): Promise<void> {
    this.#health = await this.#parts.store.health();
    this.#tell();
  }
}

/** Does it at intervals, never twice at once, until the signal aborts. */
async function repeat(work: () => Promise<void>, everyMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // What fails is tried again after the interval; its age shows on the screen.
    await work().catch(() => undefined);
    await pause(everyMs, undefined, {signal}).catch(() => undefined);
  }
}
