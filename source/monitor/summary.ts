import type {Side} from '../analysis/numbers.ts';
import {plainText} from '../text/plain-text.ts';
import {appliedBy} from '../audience/applied.ts';
import type {VerdictAction} from '../release/command.ts';
import {closedHours} from '../release/raise-hours.ts';
import {RELEASE_STATES, type Release, type ReleaseState} from '../release/state.ts';
import type {Monitor} from './monitor.ts';

/** What lists and other programs read of a feature: one line a second. Rates in percent, times in milliseconds. */
export interface Summary {
  schema: 'graydeck.summary/1';
  feature: string;
  /** The store's clock when it was written, milliseconds since 1970. */
  at: number;
  /** Who wrote it: a name for this process. */
  by: string;
  state: ReleaseState | 'idle';
  version: string | null;
  phase: {name: string; index: number; of: number} | null;
  percent: {set: number; applied: number | null; observed: number | null};
  /** Null: nothing is judged. */
  verdict: {action: VerdictAction; text: string | null} | null;
  /** Since when gray has most probably been worse, milliseconds since 1970; null: it is not. */
  onset: number | null;
  /** The last 60 s, or since the split changed. */
  lastMinute: Record<Side, MinuteNumbers>;
  alerts: {open: number; unacknowledged: number};
  /** What keeps it from going up although it may be well; absent in the summaries of older programs. */
  barred?: Barred | null;
  /** Name of the guard that acts; null: none does. */
  guard: string | null;
}

/** Why a release is not raised: a person disabled it, a second person has to approve, or its hours are over. */
export interface Barred {
  why: 'disabled' | 'approval' | 'hours';
  /** Since when, milliseconds since 1970, and by whom; null for hours. */
  at: number | null;
  by: string | null;
}

/** Null where a number is not known. */
interface MinuteNumbers {
  requests: number;
  errorRate: number | null;
  conversionRate: number | null;
  p95: number | null;
  /** Error rates of the last six steps of 10 s, percent, the oldest first. */
  errorRates: (number | null)[];
}

const MINUTE_MS = 60_000;
const STEP_MS = 10_000;
const TEXT_AT_MOST = 200;

/** The summary of what a monitor knows now. @param by a name for this process */
export function summaryOf(monitor: Monitor, by: string): Summary {
  const {feature, now, snapshot, routers, observed, judgement, onset, guardSilentMs} = monitor.snapshot();
  const {state, split, splitVersion} = snapshot;
  const {release, guard, alerts} = state;
  const open = alerts.filter(({resolvedAt}) => resolvedAt === null);
  const phase = release?.plan.phases[release.phase];
  const verdict = judgement?.verdict ?? release?.verdict ?? null;
  const [reason] = verdict?.reasons ?? [];
  return {
    schema: 'graydeck.summary/1',
    feature,
    at: now,
    by,
    state: release?.state ?? 'idle',
    version: release === null ? null : plainText(release.version, TEXT_AT_MOST),
    phase:
      release === null || phase === undefined
        ? null
        : {name: plainText(phase.name, TEXT_AT_MOST), index: release.phase, of: release.plan.phases.length},
    percent: {
      set: split.percent,
      applied: routers === null ? null : appliedBy(routers, split, splitVersion, now).percent,
      observed,
    },
    verdict:
      verdict === null
        ? null
        : {action: verdict.action, text: reason === undefined ? null : plainText(reason.text, TEXT_AT_MOST)},
    onset,
    lastMinute: {prod: lastMinute(monitor, 'prod', now), gray: lastMinute(monitor, 'gray', now)},
    barred: release === null ? null : barredOf(release, now),
    alerts: {open: open.length, unacknowledged: open.filter(one => one.acknowledgedBy === null).length},
    guard:
      guard === null || guard.left || guardSilentMs !== null ? null : plainText(guard.name, TEXT_AT_MOST),
  };
}

function barredOf({disabled, approval, plan}: Release, now: number): Barred | null {
  if (disabled !== null) return {why: 'disabled', at: disabled.at, by: plainText(disabled.by, TEXT_AT_MOST)};
  if (approval !== null)
    return {why: 'approval', at: approval.askedAt, by: plainText(approval.askedBy, TEXT_AT_MOST)};
  return closedHours(plan.raise, now) === null ? null : {why: 'hours', at: null, by: null};
}

function lastMinute(monitor: Monitor, side: Side, now: number): MinuteNumbers {
  const span = {from: now - MINUTE_MS, to: now};
  const {requests, errorRate, conversionRate, responseTime} = monitor.numbers(side, span);
  return {
    requests,
    errorRate,
    conversionRate,
    p95: responseTime.p95,
    errorRates: monitor.series(side, 'error_rate', span, STEP_MS).slice(-6),
  };
}

/**
 * Reads a summary as a process has written it. Null if there is none, or it is not of this version: it comes from outside.
 */
export function readSummary(text: string | null): Summary | null {
  try {
    const read: unknown = JSON.parse(text ?? 'null');
    return isSummary(read) ? read : null;
  } catch {
    return null;
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === 'string' && value.length <= 1000;
const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
const orNull = (value: unknown, is: (value: unknown) => boolean): boolean => value === null || is(value);

function isSummary(value: unknown): value is Summary {
  if (!isRecord(value) || value['schema'] !== 'graydeck.summary/1') return false;
  const {at, by, feature, state, version, phase, percent, verdict, onset, lastMinute, alerts, guard} = value;
  return (
    isNumber(at) &&
    (value['barred'] === undefined || orNull(value['barred'], isBarred)) &&
    [by, feature].every(isText) &&
    isText(state) &&
    [...RELEASE_STATES, 'idle'].includes(String(state)) &&
    [version, guard].every(one => orNull(one, isText)) &&
    orNull(phase, one => isRecord(one) && isText(one['name'])) &&
    isRecord(percent) &&
    isNumber(percent['set']) &&
    orNull(verdict, one => isRecord(one) && isText(one['action']) && orNull(one['text'], isText)) &&
    orNull(onset, isNumber) &&
    isRecord(lastMinute) &&
    [lastMinute['prod'], lastMinute['gray']].every(isMinute) &&
    isRecord(alerts) &&
    [alerts['open'], alerts['unacknowledged']].every(isNumber)
  );
}

function isBarred(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const {why, at, by} = value;
  return (
    ['disabled', 'approval', 'hours'].includes(String(why)) && orNull(at, isNumber) && orNull(by, isText)
  );
}

function isMinute(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const {requests, errorRate, errorRates} = value;
  const isSeries = Array.isArray(errorRates) && errorRates.length <= 60;
  return (
    isNumber(requests) &&
    orNull(errorRate, isNumber) &&
    isSeries &&
    errorRates.every(one => orNull(one, isNumber))
  );
}
