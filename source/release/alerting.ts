import type {Alert, State} from './state.ts';

/** Time after its end within which a guard's alert reopens instead of being raised again, milliseconds. */
export const COOL_DOWN_MS = 5 * 60_000;
/** Most escalations of a critical alert that no person acknowledges. */
const ESCALATIONS_AT_MOST = 3;
const SETTLES_AFTER_MS = 60_000;
const SETTLES_AT_MOST_MS = 15 * 60_000;

/**
 * Returns the alert of this condition in this release that ended less than `COOL_DOWN_MS` ago; null if there
 * is none. A flapping condition reopens that alert and sends no new notification.
 */
export function justOver({alerts, release}: State, key: string, at: number): Alert | null {
  const last = alerts.findLast(one => one.key === key);
  if (last === undefined || last.resolvedAt === null) return null;
  const isOfRelease = release === null || last.raisedAt >= release.startedAt;
  return isOfRelease && Math.abs(at - last.resolvedAt) < COOL_DOWN_MS ? last : null;
}

/**
 * Whether an alert whose condition has ceased may be resolved. An alert that reopened waits 1 to 15 minutes,
 * longer with each time.
 */
export function mayResolve({reopenings, reopenedAt}: Alert, at: number): boolean {
  if (reopenedAt === null) return true;
  const settlesMs = Math.min(SETTLES_AFTER_MS * 2 ** (reopenings - 1), SETTLES_AT_MOST_MS);
  // If the clock went back, the alert must not stay open.
  return Math.abs(at - reopenedAt) >= settlesMs;
}

/**
 * When an unacknowledged critical alert is escalated next, milliseconds since 1970; null for never. The pause
 * doubles each time.
 */
export function escalatesAt(alert: Alert, afterMs: number): number | null {
  const {level, resolvedAt, acknowledgedAt, raisedAt, escalatedAt, escalations} = alert;
  if (level !== 'critical' || resolvedAt !== null || acknowledgedAt !== null) return null;
  if (escalations >= ESCALATIONS_AT_MOST) return null;
  return (escalatedAt ?? raisedAt) + afterMs * 2 ** escalations;
}

/** Whether a silence matches this alert at `at`. */
export function isSilenced(
  {silences}: Pick<State, 'silences'>,
  {key, message}: Pick<Alert, 'key' | 'message'>,
  at: number,
): boolean {
  return silences.some(({match, until}) => until > at && matches(match, key, message));
}

function matches(match: string, key: string, message: string): boolean {
  const wanted = match.toLowerCase();
  return wanted === '*' || key.toLowerCase().includes(wanted) || message.toLowerCase().includes(wanted);
}
