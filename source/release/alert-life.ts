import type {Alert, State} from './state.ts';

/** An alert of a guard that comes back within this time after it was over is the same one, milliseconds. */
export const COOL_DOWN_MS = 5 * 60_000;
/** A critical alert that nobody acknowledges is told again so many times at most. */
const ESCALATIONS_AT_MOST = 3;
const SETTLES_AFTER_MS = 60_000;
const SETTLES_AT_MOST_MS = 15 * 60_000;

/**
 * The alert of this condition that was over a moment ago, in the same release: a condition that flaps opens it again and
 * tells nobody anew. Null: there is none, and a new one is news.
 */
export function justOver({alerts, release}: State, key: string, at: number): Alert | null {
  const last = alerts.findLast(one => one.key === key);
  if (last === undefined || last.resolvedAt === null) return null;
  const isOfRelease = release === null || last.raisedAt >= release.startedAt;
  return isOfRelease && Math.abs(at - last.resolvedAt) < COOL_DOWN_MS ? last : null;
}

/** Whether a condition that has ceased is over for good: the more often it came back, the longer that takes to tell. */
export function mayResolve({reopenings, reopenedAt}: Alert, at: number): boolean {
  if (reopenedAt === null) return true;
  const settlesMs = Math.min(SETTLES_AFTER_MS * 2 ** (reopenings - 1), SETTLES_AT_MOST_MS);
  // A clock that went back must not keep it open.
  return Math.abs(at - reopenedAt) >= settlesMs;
}

/**
 * When an alert that nobody sees to is to be told again, milliseconds since 1970: after a time, then after twice and four
 * times as long. Null: never.
 */
export function escalatesAt(alert: Alert, afterMs: number): number | null {
  const {level, resolvedAt, acknowledgedAt, raisedAt, escalatedAt, escalations} = alert;
  if (level !== 'critical' || resolvedAt !== null || acknowledgedAt !== null) return null;
  if (escalations >= ESCALATIONS_AT_MOST) return null;
  return (escalatedAt ?? raisedAt) + afterMs * 2 ** escalations;
}
