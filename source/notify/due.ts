import {escalatesAt, isSilenced} from '../release/alerting.ts';
import type {ChannelRoute} from '../release/channel.ts';
import type {Delivery, Dispatch} from '../release/dispatch.ts';
import type {AlertLevel} from '../release/plan.ts';
import type {Alert, State} from '../release/state.ts';

/** Alerts about a channel begin so; that channel itself is not told of them. */
export const CHANNEL_KEY = 'channel ';

export interface Sight {
  state: State;
  /** The store's clock, milliseconds since 1970. */
  now: number;
  /** This process's name in the log. */
  actor: string;
  /** Telling people is this process's part. A bystander takes up what others have left lying. */
  isOnDuty: boolean;
  /** `keyOf` of what this process is at. */
  busy: ReadonlySet<string>;
  /** Milliseconds until an unacknowledged critical alert is escalated; null disables escalation. */
  escalateAfterMs: number | null;
}

type Routes = readonly (ChannelRoute & {perMinute: number})[];

/** What is to be begun next. */
export type Due =
  | {what: 'begin'; dispatch: Dispatch; channels: {channel: string; afterMs: number}[]}
  | {what: 'escalate'; alert: string}
  /** Nothing now; something may be at this time. Null: not before something happens. */
  | {what: 'wait'; until: number | null};

/** Alerts of the judge begin so. */
const JUDGE_KEY = 'judge ';
/** Alerts that the judge raises so shortly before a rollback, or after it, say why it happened; milliseconds. */
const SAME_STORY_MS = 10_000;

/** So long after it was due a bystander takes it up, milliseconds. */
export const ADOPT_MS = 5000;
/** A dispatch that no process began for so long is no news any more, milliseconds; an unacknowledged alert always is. */
const NEWS_MS = 3_600_000;
const MINUTE_MS = 60_000;
const RANK: Record<AlertLevel, number> = {info: 0, warning: 1, critical: 2};

/** Names one delivery. */
export function keyOf(dispatch: string, channel: string): string {
  return `${dispatch}\n${channel}`;
}

/** What is to be told now, the most urgent first; it follows from the log alone. Pure. */
export function nextDue(sight: Sight, channels: Routes): Due {
  const waits: number[] = [];
  const {state, now} = sight;
  for (const dispatch of inOrder(state.outbox)) {
    const found =
      dispatch.deliveries === null ? firstOf(sight, dispatch, channels) : againOf(sight, dispatch, channels);
    if (typeof found === 'number') waits.push(found);
    else if (found !== null) return {what: 'begin', dispatch, channels: found};
  }
  for (const alert of sight.isOnDuty && sight.escalateAfterMs !== null ? state.alerts : []) {
    const at = escalatesAt(alert, sight.escalateAfterMs ?? 0);
    if (at === null || isSilenced(state, alert, now)) continue;
    if (at <= now) return {what: 'escalate', alert: alert.id};
    waits.push(at);
  }
  return {what: 'wait', until: waits.length === 0 ? null : Math.min(...waits)};
}

/** Rollbacks first, then by level, then by age. */
function inOrder(outbox: readonly Dispatch[]): Dispatch[] {
  const rank = ({kind, level}: Dispatch) => (kind === 'rollback' ? 3 : RANK[level]);
  return outbox.toSorted((a, b) => rank(b) - rank(a) || a.at - b.at);
}

type Found = {channel: string; afterMs: number}[] | number | null;

/** A dispatch that no process has begun: its channels, when to look again, or null: it is not told. */
function firstOf(sight: Sight, dispatch: Dispatch, channels: Routes): Found {
  const {state, now, isOnDuty} = sight;
  const {at, notBefore, kind, level} = dispatch;
  const alert = state.alerts.find(({id}) => id === dispatch.alert) ?? null;
  const isOpen = alert !== null && alert.resolvedAt === null;
  if (alert !== null && isToldByRollback(state, dispatch, alert)) return null;
  if (kind === 'over') {
    const raised = state.outbox.find(({id}) => id === `raised ${dispatch.alert}`);
    const isWorse = state.alerts.some(one => one.key === alert?.key && one.resolvedAt === null);
    // Who was told nothing of it has no use for its end.
    if (isOpen || isWorse || (raised?.deliveries ?? []).length === 0) return null;
  } else if (alert !== null) {
    if (!isOpen && alert.silenced) return null;
    if (isSilenced(state, alert, now)) {
      // Once the silence ends, what is still open is told.
      return isOpen ? Math.min(...state.silences.flatMap(({until}) => (until > now ? [until] : []))) : null;
    }
  }
  const since = Math.max(at, notBefore);
  const isUnseen = kind === 'raised' && isOpen && alert?.acknowledgedAt === null;
  if (now - since > NEWS_MS && !isUnseen) return null;
  const from = Math.max(notBefore, isOnDuty ? 0 : since + ADOPT_MS);
  if (from > now) return from;
  const wanted = channels
    .filter(route => wants(route, state.feature, {kind, level, key: alert?.key ?? null}))
    .map(({name, perMinute}) => ({
      channel: name,
      afterMs:
        kind === 'rollback' ? 0 : MINUTE_MS * Math.floor(begunLately(state.outbox, name, now) / perMinute),
    }));
  return wanted.length === 0 ? null : wanted;
}

/** Whether the message about a rollback says already why this alert was raised: one event is one message. */
function isToldByRollback({outbox}: State, {kind, release, at}: Dispatch, {key}: Alert): boolean {
  if (kind !== 'raised' || release === null || !key.startsWith(JUDGE_KEY)) return false;
  const rollback = outbox.find(({id}) => id === `rollback ${release}`);
  return rollback !== undefined && at >= rollback.at - SAME_STORY_MS;
}

/** Whether a channel is to have it. */
function wants(
  {name, level, features}: ChannelRoute,
  feature: string,
  what: {kind: Dispatch['kind']; level: AlertLevel; key: string | null},
): boolean {
  if (features !== null && !features.includes(feature)) return false;
  if (what.key === `${CHANNEL_KEY}${name}`) return false;
  return what.kind === 'rollback' || RANK[what.level] >= RANK[level];
}

/** Deliveries by this channel that were begun within the last minute, or wait for their first try. */
function begunLately(outbox: readonly Dispatch[], channel: string, now: number): number {
  return outbox
    .flatMap(({deliveries}) => deliveries ?? [])
    .filter(
      one =>
        one.channel === channel &&
        (one.state === 'waiting' ? one.attempts === 0 : Math.abs(now - one.at) < MINUTE_MS),
    ).length;
}

/** Deliveries whose next try is due, when one will be, or null: none is left. */
function againOf({now, actor, isOnDuty, busy}: Sight, {id, deliveries}: Dispatch, channels: Routes): Found {
  const waits: number[] = [];
  const due: {channel: string; afterMs: number}[] = [];
  for (const delivery of deliveries ?? []) {
    const {channel} = delivery;
    if (busy.has(keyOf(id, channel)) || !channels.some(({name}) => name === channel)) continue;
    const at = dueAt(delivery, actor);
    if (at === null) continue;
    const from = at + (isOnDuty ? 0 : ADOPT_MS);
    if (from <= now) due.push({channel, afterMs: 0});
    else waits.push(from);
  }
  if (due.length > 0) return due;
  return waits.length === 0 ? null : Math.min(...waits);
}

/** When the next try is due; null: never. */
function dueAt({state, by, again, deadline}: Delivery, actor: string): number | null {
  switch (state) {
    case 'waiting':
      return again ?? 0;
    case 'sending':
      // This very process has begun it and is not at it: it has been given up here.
      return by === actor ? 0 : (deadline ?? 0);
    case 'done':
    case 'failed':
      return null;
  }
}
