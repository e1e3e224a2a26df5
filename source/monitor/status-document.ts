import type {Side, SideNumbers, Span, StreamStatus, WindowView} from '../analysis/numbers.ts';
import {forecastOf} from '../analysis/judge/criteria.ts';
import type {Judgement} from '../analysis/judge/judge.ts';
import {plainText} from '../analysis/plain-text.ts';
import {appliedBy, type Applied, type Report} from '../audience/applied.ts';
import type {Snapshot} from '../controller/outcome.ts';
import {aheadWords} from '../analysis/judge/reasons.ts';
import type {MetricSnapshot} from '../metrics/prometheus/snapshot.ts';
import {isFrozen, type Freeze} from '../release/freeze.ts';
import type {Release, State} from '../release/state.ts';
import {metricsOf} from './status-metrics.ts';

/** All that `status` is made from, read at one moment. */
export interface Observed {
  feature: string;
  snapshot: Snapshot;
  /** Nobody holds the lease of the guard: the one that the log may name has been killed or cut off. */
  isGuardSilent: boolean;
  /** Newest reports of the routers; null where they could not be read. */
  reports: readonly Report[] | null;
  /** Null where measurements could not be read. */
  windows: WindowView | null;
  /** What is known of the stream that measurements come by; absent: it was not looked at. */
  stream?: Pick<StreamStatus, 'away' | 'aheadMs'>;
  /** What Prometheus tells; empty where nobody knows where it is. */
  externals: readonly MetricSnapshot[];
  /** The judgement of this moment; null or absent: nothing was judged here, and the log tells what the guard has. */
  judgement?: Judgement | null;
  /** The freeze of the store; null or absent: there is none, or it was not looked at. */
  freeze?: Freeze | null;
  /** How far the numbers look back. */
  window: Span;
  /** The store's clock, milliseconds since 1970. */
  now: number;
}

export type StatusDocument = ReturnType<typeof statusDocument>;

/**
 * `graydeck.status/1`, as the contract has it: every field is there, an unknown number is null. Rates in percent,
 * durations in milliseconds, moments in milliseconds since 1970; `phase.index` counts from 0, as in the log.
 */
export function statusDocument(observed: Observed) {
  const {feature, snapshot, reports, windows, window, now} = observed;
  const {state, split, head} = snapshot;
  const {release} = state;
  const applied = reports === null ? null : appliedBy(reports, split, snapshot.splitVersion, now);
  const numbers = {
    prod: windows?.numbers('prod', window) ?? null,
    gray: windows?.numbers('gray', window) ?? null,
  };
  return {
    schema: 'graydeck.status/1',
    feature,
    version: release?.version ?? null,
    release: release?.id ?? null,
    state: release?.state ?? 'idle',
    phase: phaseOf(release, now),
    percent: {
      set: split.percent,
      applied: asPercent(applied?.percent),
      observed: asPercent(windows?.observedPercent(window)),
    },
    routers: {
      live: applied?.live.length ?? null,
      confirmed: applied?.confirmed.length ?? null,
      silent: applied?.silent.length ?? null,
      troubles: applied === null ? [] : troublesOf(applied),
    },
    window: {seconds: (window.to - window.from) / 1000, from: window.from, to: window.to},
    sides: {prod: sideOf(observed, numbers.prod, 'prod'), gray: sideOf(observed, numbers.gray, 'gray')},
    metrics: metricsOf(observed, numbers),
    verdict: verdictOf(observed),
    steps: stepsOf(release, now),
    alerts: alertsOf(state),
    notices: noticesOf(state),
    guard: guardOf(observed),
    disabled: disabledOf(release),
    frozen: frozenOf(observed),
    approval: approvalOf(release),
    faults: faultsOf(observed),
    head: head?.version ?? 0,
    change: changeOf(head),
  } as const;
}

/**
 * As judged now; where nothing is, as the guard has written it. `forecastSeconds`: until the criteria of the phase will be
 * shown at this traffic; null: none waits for that, one never will, or nothing was judged here.
 */
function verdictOf({judgement = null, snapshot}: Observed) {
  const verdict = judgement?.verdict ?? snapshot.state.release?.verdict;
  const forecastMs = judgement === null ? null : forecastOf(judgement.criteria);
  return {
    action: verdict?.action ?? null,
    reasons: verdict?.reasons ?? [],
    onset: verdict?.onset ?? null,
    footing: verdict?.footing ?? null,
    forecastSeconds: forecastMs === null ? null : Math.ceil(forecastMs / 1000),
  };
}

/** A fault of the data that everything else rests on; `count` where it is counted. */
export interface StatusFault {
  code: string;
  count: number | null;
  text: string;
}

/** Names the faults of the data that the numbers and the verdict rest on. */
function faultsOf({stream, windows, judgement}: Observed): StatusFault[] {
  const {away = null, aheadMs = null} = stream ?? {};
  const fault = (code: string, text: string): StatusFault => ({code, count: null, text});
  const contradict = judgement?.evidence?.faults.includes('people-contradict') === true;
  return [
    ...(away === null ? [] : [fault('samples_away', `samples cannot be read: ${plainText(away, 200)}`)]),
    ...(aheadMs === null ? [] : [fault('samples_ahead', aheadWords(aheadMs))]),
    ...(contradict ? [fault('people_contradict', CONTRADICTION)] : []),
    ...(windows?.faults?.() ?? []),
  ];
}

const CONTRADICTION = 'what samples say about people contradicts their requests and is left out of evidence';

/** Prod for everyone although the release goes on; null: it is not disabled. */
function disabledOf(release: Release | null) {
  const {disabled = null} = release ?? {};
  if (disabled === null) return null;
  const {at, by, authenticated, why, reason} = disabled;
  return {
    at,
    by: plainText(by, 128),
    authenticated,
    why,
    reason: reason === null ? null : plainText(reason, 300),
  };
}

function frozenOf({freeze = null, now}: Observed) {
  if (freeze === null || !isFrozen(freeze, now)) return null;
  const {until, reason, by, authenticated, at} = freeze;
  return {until, reason: plainText(reason, 300), by: plainText(by, 128), authenticated, at};
}

/** The raise that waits for a second person: what it is, and who has said yes; null: none waits. */
function approvalOf(release: Release | null) {
  const {approval = null} = release ?? {};
  if (approval === null) return null;
  const {number, wish, wantedBy, askedBy, askedAt, reason, approvers} = approval;
  return {
    number,
    wish,
    wantedBy,
    askedBy: plainText(askedBy, 128),
    askedAt,
    reason: reason === null ? null : plainText(reason, 300),
    needed: 2,
    approvers: approvers.map(({by, authenticated}) => ({by: plainText(by, 128), authenticated})),
  };
}

/** The newest commit: its full id vouches for the whole log; `authenticated` is the user that the store knows. */
function changeOf(head: Snapshot['head']) {
  if (head === null) return null;
  const {version, id, at, by, authenticated = null} = head;
  return {
    version,
    id,
    at,
    by: plainText(by, 128),
    authenticated: authenticated === null ? null : plainText(authenticated, 128),
  };
}

/** How many routers are named. */
const TROUBLES_AT_MOST = 50;

/** Routers that are kept from doing what is set, are silent, or do something else: a word, and what of it. */
function troublesOf({troubled, silent, behind}: Applied) {
  const named = [
    ...troubled.map(({name, trouble = ''}) => ({name, trouble})),
    ...silent.map(({name, leftMs}) => ({name, trouble: `silent: ${Math.ceil(leftMs / 1000)} s`})),
    ...behind
      .filter(router => !troubled.includes(router))
      .map(({name, live, percent}) => ({name, trouble: `behind: ${live ? percent : 0} %`})),
  ];
  return named
    .slice(0, TROUBLES_AT_MOST)
    .map(({name, trouble}) => ({name: plainText(name, 80), trouble: plainText(trouble, 300)}));
}

/** With two decimals at most, as every percentage of users. */
function asPercent(value: number | null | undefined): number | null {
  return typeof value === 'number' ? Math.round(value * 100) / 100 : null;
}

/** The guard that is there. One that was killed is named by the log until another takes over, and judges nothing. */
function guardOf({snapshot, isGuardSilent}: Observed): string | null {
  const {guard} = snapshot.state;
  return guard === null || guard.left || isGuardSilent ? null : plainText(guard.name, 80);
}

function phaseOf(release: Release | null, now: number) {
  const phase = release?.plan.phases[release.phase];
  if (release === null || phase === undefined) {
    return {name: null, index: null, of: release?.plan.phases.length ?? null, enteredAt: null, endsAt: null};
  }
  const {clock} = release;
  // A clock that stands has no end that could be named.
  const endsAt =
    phase.durationMs === null || clock.since === null
      ? null
      : Math.max(now, clock.since + phase.durationMs - clock.ranMs);
  return {
    name: phase.name,
    index: release.phase,
    of: release.plan.phases.length,
    enteredAt: release.phaseEnteredAt,
    endsAt,
  };
}

function sideOf({windows, window, externals}: Observed, numbers: SideNumbers | null, side: Side) {
  // Where nothing came, 0 requests is not known either: it may be that nobody measures.
  const isKnown = numbers !== null && (windows?.newestAt(side) ?? Number.NEGATIVE_INFINITY) >= window.from;
  return {
    requests: isKnown ? numbers.requests : null,
    requestsPerSecond: isKnown ? numbers.requestsPerSecond : null,
    errors: isKnown ? numbers.errors : null,
    errorRate: isKnown ? numbers.errorRate : null,
    conversions: isKnown ? numbers.conversions : null,
    conversionRate: isKnown ? numbers.conversionRate : null,
    availability:
      numbers?.availability ?? externals.find(({name}) => name === 'availability')?.[side] ?? null,
    responseTime: numbers?.responseTime ?? {mean: null, p50: null, p95: null, p99: null},
  };
}

function stepsOf(release: Release | null, now: number) {
  return (release?.steps ?? []).map(({id, name, state, startedAt, endedAt, error, words = ''}) => ({
    id,
    name,
    state,
    startedAt,
    ms: startedAt === null ? null : (endedAt ?? now) - startedAt,
    error: error === null ? null : plainText(error, 500),
    // What a gate said when it did not open.
    words: words === '' ? null : plainText(words, 500),
  }));
}

function alertsOf({alerts}: State) {
  return alerts.map(({id, level, message, raisedAt, acknowledgedBy, acknowledgedAs, resolvedAt}) => ({
    id,
    level,
    message: plainText(message, 2000),
    raisedAt,
    acknowledgedBy: acknowledgedBy === null ? null : plainText(acknowledgedBy, 128),
    acknowledgedAs: acknowledgedAs === null ? null : plainText(acknowledgedAs, 128),
    resolvedAt,
  }));
}

/** How many of what people were told lately. */
const NOTICES_AT_MOST = 50;

/** What people are told by the channels, the oldest first, and how far each channel is. */
function noticesOf({outbox}: State) {
  return outbox
    .filter(({deliveries}) => deliveries !== null)
    .slice(-NOTICES_AT_MOST)
    .map(({id, kind, level, at, alert, deliveries}) => ({
      id: plainText(id, 200),
      kind,
      level,
      at,
      alert,
      deliveries: (deliveries ?? []).map(one => ({
        channel: plainText(one.channel, 64),
        state: one.state,
        attempts: one.attempts,
        at: one.at,
        again: one.again,
        error: one.error === null ? null : plainText(one.error, 200),
        mayBeRepeat: one.isUnsure,
      })),
    }));
}
