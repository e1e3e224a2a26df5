import type {Judgement} from '../analysis/judge/judge.ts';
import {judgementOf} from '../analysis/judge/judged.ts';
import type {Report} from '../audience/applied.ts';
import type {Side, SideNumbers, Span, StreamStatus} from '../analysis/numbers.ts';
import {METRIC_NAMES, summaryBy} from '../analysis/metrics.ts';
import {shownNames} from '../analysis/shown-names.ts';
import type {Snapshot} from '../controller/outcome.ts';
import type {Commit} from '../release/commit.ts';
import type {ExternalLike} from './present/sides/elsewhere.ts';
import type {Deck, SourceLight, StoreHealthLike, TimeReading} from './deck.ts';

/** The numbers in the rows are those of the last minute, or since the split changed if that is later. */
const WINDOW_MS = 60_000;
/** A window right after a change of the split still needs something in it. */
const WINDOW_AT_LEAST_MS = 3000;

export interface SideReading {
  numbers: SideNumbers;
  /** Age of the newest sample, milliseconds; null without any. */
  ageMs: number | null;
}

/** All the screen is drawn from, read once a second or when the log changes. */
export interface Reading {
  feature: string;
  /** The store's clock, whole seconds, milliseconds since 1970. */
  at: number;
  window: Span;
  snapshot: Snapshot;
  commits: readonly Commit[];
  prod: SideReading;
  gray: SideReading;
  /** Gray's share of the eligible decisions seen, percent. */
  observed: number | null;
  /** Every metric on the screen, by name: the standard ones first. */
  metrics: readonly string[];
  stream: StreamStatus;
  store: {kind: string; label: string; health: StoreHealthLike};
  sources: readonly SourceLight[];
  /** Metrics that other sources tell, with the state of each. */
  externals: readonly ExternalLike[];
  routers: readonly Report[];
  /** Who to turn to: of the configuration and of the plan. */
  contacts: Readonly<Record<string, string>>;
  /** What is shown is a moment of the past; null: it is now. */
  time: TimeReading | null;
  /** For how long the guard that the log names has not shown itself, milliseconds; null: it does. */
  guardSilentMs: number | null;
  /** The judgement of the split at hand, at most a second or two old; null: none. */
  judgement: Judgement | null;
  /** Whether this very process guards. */
  isOwnGuard: boolean;
}

/**
 * Reads everything at once, so that all panels show the same moment. Numbers change once a second: within one second
 * and one split those of `before` are taken over, and only what is cheap and urgent is read again.
 */
export function readDeck(deck: Deck, before: Reading | null): Reading {
  const now = deck.view.now();
  const at = Math.floor(now / 1000) * 1000;
  const snapshot = deck.view.snapshot();
  const changedAt = snapshot.state.release?.splitChangedAt ?? 0;
  const from = Math.min(Math.max(at - WINDOW_MS, changedAt), at - WINDOW_AT_LEAST_MS);
  const isSame = before?.at === at && before.window.from === from && before.feature === deck.feature;
  // The first numbers do not wait for the next second.
  const hasNumbers = before !== null && (before.prod.ageMs !== null || before.gray.ageMs !== null);
  const measured = isSame && hasNumbers ? before : measure(deck, {from, to: at}, now);
  return {
    feature: deck.feature,
    at,
    window: measured.window,
    snapshot,
    commits: deck.view.commits(),
    prod: measured.prod,
    gray: measured.gray,
    observed: measured.observed,
    metrics: measured.metrics,
    stream: deck.stream(),
    store: {kind: deck.store.kind, label: deck.store.label, health: deck.store.health()},
    sources: deck.sources?.() ?? [],
    externals: measured.externals,
    routers: deck.routers(),
    contacts: {...deck.contacts, ...snapshot.state.release?.plan.contacts},
    time: deck.time?.reading() ?? null,
    guardSilentMs: deck.guardSilentMs?.() ?? null,
    judgement: judgementOf(deck.judged?.() ?? null, snapshot.state.release),
    isOwnGuard: (deck.ownEpoch?.() ?? null) !== null,
  };
}

type Measured = Pick<Reading, 'window' | 'prod' | 'gray' | 'observed' | 'metrics' | 'externals'>;

/** What nothing is known of: everything is `—`. */
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

function measure(deck: Deck, window: Span, now: number): Measured {
  const {windows} = deck;
  const side = (name: Side): SideReading => {
    const newest = windows.newestAt(name);
    return {
      numbers: windows.numbers(name, window),
      ageMs: newest === null ? null : Math.max(0, now - newest),
    };
  };
  try {
    const [prod, gray] = [side('prod'), side('gray')];
    const others = shownNames(windows.otherNames(), {prod: prod.numbers, gray: gray.numbers});
    return {
      window,
      prod,
      gray,
      observed: windows.observedPercent(window),
      metrics: [...METRIC_NAMES, ...others],
      externals: deck.externals?.() ?? [],
    };
  } catch {
    // A rollback must be possible on a screen without a single number.
    const unknown = {numbers: UNKNOWN_NUMBERS, ageMs: null};
    return {window, prod: unknown, gray: unknown, observed: null, metrics: METRIC_NAMES, externals: []};
  }
}

/** What must be shown at once when it changes: who answers, and what routers apply. Ages change all the time. */
export function urgentPart(deck: Deck): string {
  const routers = deck
    .routers()
    .map(({name, version, release, percent, live}) => [name, version, release, percent, live]);
  const lights = (deck.sources?.() ?? []).map(({name, state}) => [name, state]);
  const isSilent = (deck.guardSilentMs?.() ?? null) !== null;
  const action = deck.judged?.()?.judgement.verdict.action ?? null;
  return JSON.stringify([routers, lights, isSilent, action, deck.store.health().state, deck.stream().away]);
}
