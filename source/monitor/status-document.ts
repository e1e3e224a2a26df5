import {forecastOf} from '../analysis/judge/criteria.ts';
import {aheadWords} from '../analysis/judge/reasons.ts';
import type {Side} from '../analysis/numbers.ts';
import {plainText} from '../text/plain-text.ts';
import {appliedBy, type Applied} from '../audience/applied.ts';
import {causeFacts} from '../release/cause.ts';
import {isFrozen, type Freeze} from '../release/freeze.ts';
import type {Release, State} from '../release/state.ts';
import type {MonitorSnapshot} from './snapshot.ts';
import {metricsOf} from './status-metrics.ts';

export type StatusDocument = ReturnType<typeof statusDocument>;

/**
 * `graydeck.status/1`, as the contract has it: every field is there, an unknown number is null. Rates in percent,
 * durations in milliseconds, moments in milliseconds since 1970; `phase.index` counts from 0, as in the log.
 */
export function statusDocument(seen: MonitorSnapshot, freeze: Freeze | null = null) {
  const {feature, snapshot, routers: reports, now} = seen;
  const {state, split, head} = snapshot;
  const {release} = state;
  const applied = reports === null ? null : appliedBy(reports, split, snapshot.splitVersion, now);
  const {windowMs} = seen;
  const {to} = seen.window;
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
      observed: isMeasured(seen) ? asPercent(seen.observed) : null,
    },
    routers: {
      live: applied?.live.length ?? null,
      confirmed: applied?.confirmed.length ?? null,
      silent: applied?.silent.length ?? null,
      troubles: applied === null ? [] : troublesOf(applied),
    },
    window: {seconds: windowMs / 1000, from: to - windowMs, to},
    sides: {prod: sideOf(seen, 'prod'), gray: sideOf(seen, 'gray')},
    metrics: metricsOf(seen),
    verdict: verdictOf(seen),
    cause: release === null ? null : causeFacts(release),
    steps: stepsOf(release, now),
    alerts: alertsOf(state),
    notices: noticesOf(state),
    guard: guardOf(seen),
    disabled: disabledOf(release),
    frozen: frozenOf(freeze, seen.now),
    approval: approvalOf(release),
    faults: faultsOf(seen),
    head: head?.version ?? 0,
    change: changeOf(head),
  } as const;
}

/** Whether samples can be read at all: where they cannot, no number is known. */
function isMeasured({stream, prod}: MonitorSnapshot): boolean {
  return stream.away === null && prod.sampled !== null;
}

/**
 * As judged now; where nothing is, as the guard has written it. `forecastSeconds`: until the criteria of the phase will be
 * shown at this traffic; null: none waits for that, one never will, or nothing was judged here.
 */
function verdictOf({judgement, snapshot}: MonitorSnapshot) {
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
function faultsOf({stream: {away, aheadMs}, dataFaults, judgement}: MonitorSnapshot): StatusFault[] {
  const fault = (code: string, text: string): StatusFault => ({code, count: null, text});
  const contradict = judgement?.evidence?.faults.includes('people-contradict') === true;
  return [
    ...(away === null ? [] : [fault('samples_away', `samples cannot be read: ${plainText(away, 200)}`)]),
    ...(aheadMs === null ? [] : [fault('samples_ahead', aheadWords(aheadMs))]),
    ...(contradict ? [fault('people_contradict', CONTRADICTION)] : []),
    ...dataFaults,
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

function frozenOf(freeze: Freeze | null, now: number) {
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
function changeOf(head: MonitorSnapshot['snapshot']['head']) {
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

/** The guard that acts. One that was killed is named by the log until another takes over, but holds no lease. */
function guardOf({snapshot, guardSilentMs}: MonitorSnapshot): string | null {
  const {guard} = snapshot.state;
  return guard === null || guard.left || guardSilentMs !== null ? null : plainText(guard.name, 80);
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

function sideOf(seen: MonitorSnapshot, side: Side) {
  const {now, windowMs, externals} = seen;
  const {sampled, ageMs} = seen[side];
  const numbers = isMeasured(seen) ? sampled : null;
  // Without any sample 0 requests is not known either: perhaps nothing reports.
  const isKnown = numbers !== null && ageMs !== null && now - ageMs >= seen.window.to - windowMs;
  return {
    requests: isKnown ? numbers.requests : null,
    requestsPerSecond: isKnown ? numbers.requestsPerSecond : null,
    errors: isKnown ? numbers.errors : null,
    errorRate: isKnown ? numbers.errorRate : null,
    conversions: isKnown ? numbers.conversions : null,
    conversionRate: isKnown ? numbers.conversionRate : null,
    availability:
      numbers?.availability ?? externals.find(({name}) => name === 'availability')?.[side] ?? null,
    responseTime: {
      mean: numbers?.responseTime.mean ?? null,
      p50: numbers?.responseTime.p50 ?? null,
      p95: numbers?.responseTime.p95 ?? null,
      p99: numbers?.responseTime.p99 ?? null,
    },
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
