import type {GivenFeedback} from '../analysis/feedback/feedback.ts';
import type {DataFault} from '../analysis/people/faults.ts';
import type {Judgement} from '../analysis/judge/judge.ts';
import {judgementOf, type Judged} from '../analysis/judge/findings.ts';
import {windowOfMetric} from '../analysis/limits.ts';
import {METRIC_NAMES, summaryBy} from '../analysis/metrics.ts';
import {
  SIDES,
  type Cohort,
  type Side,
  type SideNumbers,
  type Span,
  type StreamStatus,
  type WindowView,
} from '../analysis/numbers.ts';
import {shownNames} from '../analysis/metric-value.ts';
import type {Report} from '../audience/applied.ts';
import type {ControllerView, Snapshot} from '../controller/outcome.ts';
import type {Light, MetricSnapshot} from '../metrics/prometheus/snapshot.ts';
import type {Commit} from '../release/commit.ts';
import type {Release} from '../release/state.ts';
import type {StoreHealth} from '../store/port.ts';
import {onsetOf, settlingMsOf} from './settling.ts';

/** Numbers look back so far unless a condition of the plan says otherwise, milliseconds: as far as conditions do. */
export const WINDOW_MS = 300_000;
/** Longer windows are shown as this one, milliseconds: more is not kept by the second. */
const WINDOW_AT_MOST_MS = 900_000;
/** A window right after a change of the split still needs something in it, milliseconds. */
const WINDOW_AT_LEAST_MS = 3000;
/** A judgement that is older than this does not say which second is shown, milliseconds. */
const JUDGED_WITHIN_MS = 3000;
/** The numbers of before a change of the percentage are shown for no longer than this after it, milliseconds. */
const CARRIED_AT_MOST_MS = 15_000;
/** A new window that is shorter than this says too little, milliseconds. */
const TELLING_MS = 5000;

/** The numbers of one side. */
export interface SideReading {
  /** Over the one window, with those of Prometheus and feedback; after a change of the percentage the last known ones. */
  numbers: SideNumbers;
  /** The samples alone, of every cohort, over the one window; null: they could not be read. */
  sampled: SideNumbers | null;
  /** Age of the newest sample, milliseconds; null without any. */
  ageMs: number | null;
}

/** What a metric is read over where that is not the one window: its condition in the plan says so. */
export interface OwnWindow {
  window: Span;
  prod: SideNumbers;
  gray: SideNumbers;
}

/** Everything that is known of a feature at one second. Immutable; every part speaks of the same moment. */
export interface MonitorSnapshot {
  feature: string;
  /** The store's clock, whole seconds, milliseconds since 1970. */
  at: number;
  /** The store's clock when it was taken, milliseconds since 1970. */
  now: number;
  /** The window of the numbers: it ends with the second that was judged, and begins no earlier than the split. */
  window: Span;
  /** How far the numbers were asked to look back, milliseconds. */
  windowMs: number;
  /** State, split and head of the log. */
  snapshot: Snapshot;
  commits: readonly Commit[];
  prod: SideReading;
  gray: SideReading;
  /** Metrics whose condition looks at another window, by name. */
  ownWindows: ReadonlyMap<string, OwnWindow>;
  /** Set while the numbers are those of before the last change of the percentage: how old they are, milliseconds. */
  carriedMs: number | null;
  /** Gray's share of the eligible decisions seen, percent; null without any. */
  observed: number | null;
  /** Every metric on the screen, by name: the standard ones first. */
  metrics: readonly string[];
  /** Counters and gauges of the samples beyond the standard metrics, by the name they were sent under. */
  otherNames: readonly string[];
  /** What of the data does not count, by name. */
  dataFaults: readonly DataFault[];
  stream: StreamStatus;
  store: {kind: string; label: string; health: StoreHealth};
  /** Lights of what else feeds the feature: Prometheus. */
  sources: readonly SourceLight[];
  /** Metrics that other sources tell, with the state of each. */
  externals: readonly MetricSnapshot[];
  /** The newest pieces of feedback on the running release with their words, oldest first. */
  feedback: readonly GivenFeedback[];
  /** Newest report of every router known; null: they could not be read. */
  routers: readonly Report[] | null;
  /** For how long the guard that the log names has not shown itself, milliseconds; null: it does. */
  guardSilentMs: number | null;
  /** Whether this very process guards. */
  isOwnGuard: boolean;
  /** The judgement of the split at hand, at most a second or two old; null: there is none. */
  judgement: Judgement | null;
  /** Since when gray has most probably been worse, milliseconds since 1970; null: it is not, or not known. */
  onset: number | null;
  /** Set while it is too early after a change of the split to judge: how long ago that was, milliseconds. */
  settlingMs: number | null;
}

/** Something else that feeds a feature and may fail; `absent`: it is not configured. */
export interface SourceLight extends Omit<Light, 'state'> {
  state: Light['state'] | 'absent';
}

/** What a snapshot is taken from. */
export interface MonitorSources {
  readonly feature: string;
  readonly view: Pick<ControllerView, 'snapshot' | 'commits' | 'now' | 'subscribe'>;
  /** The samples. */
  readonly samples: WindowView & {arrivals?(side: Side, span: Span, cohort?: Cohort): {requests: number}};
  /** The same with the numbers of other sources. */
  readonly windows: WindowView;
  /** Adds the numbers of other sources; absent: there are none. */
  merge?(numbers: SideNumbers, side: Side, span: Span): SideNumbers;
  /** Whether the past has been read; absent: it has. */
  isRead?(): boolean;
  stream(): StreamStatus;
  readonly store: {readonly kind: string; readonly label: string; health(): StoreHealth};
  feedback?(): readonly GivenFeedback[];
  routers(): readonly Report[] | null;
  sources(): readonly SourceLight[];
  externals(): readonly MetricSnapshot[];
  guardSilentMs(): number | null;
  /** Epoch under which this process guards; null: it does not. */
  ownEpoch(): number | null;
  judged(): Judged | null;
  /** How far the numbers look back, milliseconds; absent: `WINDOW_MS`, and each metric as far as its condition. */
  readonly windowMs?: number;
}

/** Nothing is known: every number is shown as unknown. */
const UNKNOWN_NUMBERS: SideNumbers = {
  requests: 0,
  requestsPerSecond: null,
  errors: null,
  errorRate: null,
  conversions: null,
  conversionRate: null,
  availability: null,
  responseTime: summaryBy(() => null),
  activeUsers: null,
  counters: {},
  gauges: {},
};

/**
 * Takes a snapshot. Numbers change once a second: within one second and one split those of `before` are taken over, and
 * only what is cheap and urgent is read again.
 */
export function takeSnapshot(sources: MonitorSources, before: MonitorSnapshot | null): MonitorSnapshot {
  const {view, store} = sources;
  const now = view.now();
  const snapshot = view.snapshot();
  const {release} = snapshot.state;
  const judgement = judgementOf(sources.judged(), release);
  const window = windowOf(sources, now, {release, judgement});
  return {
    feature: sources.feature,
    at: Math.floor(now / 1000) * 1000,
    now,
    windowMs: sources.windowMs ?? WINDOW_MS,
    snapshot,
    commits: view.commits(),
    ...measuredIn(sources, window, {now, release, before}),
    stream: sources.stream(),
    store: {kind: store.kind, label: store.label, health: store.health()},
    sources: sources.sources(),
    feedback: sources.feedback?.() ?? before?.feedback ?? [],
    routers: sources.routers(),
    guardSilentMs: sources.guardSilentMs(),
    isOwnGuard: sources.ownEpoch() !== null,
    judgement,
    onset: onsetOf(judgement, release),
    settlingMs: settlingMsOf(judgement, release, now),
  };
}

interface Moment {
  now: number;
  release: Release | null;
  before: MonitorSnapshot | null;
}

type Measured = Pick<
  MonitorSnapshot,
  | 'window'
  | 'prod'
  | 'gray'
  | 'ownWindows'
  | 'carriedMs'
  | 'observed'
  | 'metrics'
  | 'otherNames'
  | 'externals'
  | 'dataFaults'
>;

/** Shows the second that was judged last. A window named by the caller reaches up to now. */
function windowOf(
  {windowMs}: MonitorSources,
  now: number,
  {release, judgement}: {release: Release | null; judgement: Judgement | null},
): Span {
  const judgedAt = judgement?.verdict.at ?? 0;
  const isJudged = judgedAt <= now && judgedAt > now - JUDGED_WITHIN_MS;
  const to = windowMs !== undefined ? now : isJudged ? judgedAt : Math.floor(now / 1000) * 1000;
  return spanOf(to, windowMs ?? WINDOW_MS, release);
}

function spanOf(to: number, overMs: number, release: Release | null): Span {
  const changedAt = release?.splitChangedAt ?? 0;
  return {from: Math.min(Math.max(to - overMs, changedAt), to - Math.min(overMs, WINDOW_AT_LEAST_MS)), to};
}

function measuredIn(sources: MonitorSources, window: Span, moment: Moment): Measured {
  const {before} = moment;
  const isSame =
    before !== null &&
    before.feature === sources.feature &&
    before.window.to === window.to &&
    before.window.from === window.from;
  // The first numbers do not wait for the next second.
  const hasNumbers = before !== null && (before.prod.ageMs !== null || before.gray.ageMs !== null);
  if (isSame && hasNumbers) return before;
  try {
    return measure(sources, window, moment);
  } catch {
    // A rollback must be possible on a screen without a single number.
    const unknown = {numbers: UNKNOWN_NUMBERS, sampled: null, ageMs: null};
    return {
      window,
      prod: unknown,
      gray: unknown,
      ownWindows: new Map(),
      carriedMs: null,
      observed: null,
      metrics: METRIC_NAMES,
      otherNames: [],
      externals: [],
      dataFaults: [],
    };
  }
}

function measure(sources: MonitorSources, window: Span, moment: Moment): Measured {
  const {samples, windows, isRead = () => true} = sources;
  const {now, release, before} = moment;
  const sampled = {prod: samples.numbers('prod', window), gray: samples.numbers('gray', window)};
  const readAs = (span: Span, all: (side: Side) => SideNumbers) => {
    const side = (name: Side) => {
      const numbers = judgedNumbers(sources, name, {span, release, all: all(name)});
      return sources.merge?.(numbers, name, span) ?? numbers;
    };
    return {prod: side('prod'), gray: side('gray')};
  };
  const fresh = readAs(window, side => sampled[side]);
  const carried = sources.windowMs === undefined ? carriedFrom(before, fresh, {window, now, release}) : null;
  const otherNames = samples.otherNames();
  const names = shownNames(windows.otherNames(), carried?.numbers ?? fresh);
  const side = (name: Side): SideReading => {
    const newest = samples.newestAt(name);
    return {
      numbers: carried?.numbers[name] ?? fresh[name],
      sampled: isRead() ? sampled[name] : null,
      ageMs: newest === null ? null : Math.max(0, now - newest),
    };
  };
  const metrics = [...METRIC_NAMES, ...names];
  return {
    window: carried?.window ?? window,
    prod: side('prod'),
    gray: side('gray'),
    ownWindows:
      carried?.ownWindows ??
      ownWindowsOf(metrics, sources, {
        window,
        release,
        read: span => readAs(span, side => samples.numbers(side, span)),
      }),
    carriedMs: carried === null ? null : now - carried.window.to,
    observed: windows.observedPercent(window),
    metrics,
    otherNames,
    externals: sources.externals(),
    dataFaults: samples.faults?.() ?? [],
  };
}

/**
 * Rates and times are those of the people who are judged, so that panels and verdict agree; how much traffic there is
 * counts everyone.
 */
function judgedNumbers(
  {samples}: MonitorSources,
  side: Side,
  {span, release, all}: {span: Span; release: Release | null; all: SideNumbers},
): SideNumbers {
  const isCompared = release !== null && release.percent > 0;
  if (!isCompared || samples.arrivals === undefined) return all;
  const {requests} = samples.arrivals(side, span, 'eligible');
  if (requests === samples.arrivals(side, span).requests) return all;
  const {requestsPerSecond, activeUsers} = all;
  return {...samples.numbers(side, span, 'eligible'), requestsPerSecond, activeUsers};
}

/** Metrics whose most severe condition looks at another window than the one of the screen. */
function ownWindowsOf(
  metrics: readonly string[],
  {windowMs}: MonitorSources,
  {
    window,
    release,
    read,
  }: {window: Span; release: Release | null; read(span: Span): Record<Side, SideNumbers>},
): ReadonlyMap<string, OwnWindow> {
  const found = new Map<string, OwnWindow>();
  if (release === null || windowMs !== undefined) return found;
  const known = new Map<number, OwnWindow>();
  for (const name of metrics) {
    const overMs = windowOfMetric(release.plan, release.phase, name);
    if (overMs === null || overMs === WINDOW_MS) continue;
    const span = spanOf(window.to, Math.min(overMs, WINDOW_AT_MOST_MS), release);
    if (span.from === window.from) continue;
    const own = known.get(overMs) ?? {window: span, ...read(span)};
    known.set(overMs, own);
    found.set(name, own);
  }
  return found;
}

/** Right after a change of the percentage the numbers of before it say more than an empty window. */
function carriedFrom(
  before: MonitorSnapshot | null,
  fresh: Readonly<Record<Side, SideNumbers>>,
  {window, now, release}: {window: Span; now: number; release: Release | null},
): {numbers: Record<Side, SideNumbers>; window: Span; ownWindows: ReadonlyMap<string, OwnWindow>} | null {
  const old = before?.snapshot.state.release ?? null;
  if (before === null || release === null || old?.id !== release.id) return null;
  const isOfBefore = before.carriedMs !== null || old.splitChangedAt !== release.splitChangedAt;
  const sinceMs = now - release.splitChangedAt;
  const isRecent = sinceMs >= 0 && sinceMs <= CARRIED_AT_MOST_MS && before.window.to <= window.to;
  if (!isOfBefore || !isRecent) return null;
  const isLive = release.percent > 0;
  // A side that was silent before the change has nothing to carry over, and is not waited for.
  const isTelling = SIDES.every(
    side => fresh[side].requests > 0 || before[side].numbers.requests === 0 || (side === 'gray' && !isLive),
  );
  if (isTelling && window.to - release.splitChangedAt >= TELLING_MS) return null;
  return {
    numbers: {prod: before.prod.numbers, gray: isLive ? before.gray.numbers : fresh.gray},
    window: before.window,
    ownWindows: before.ownWindows,
  };
}
