import {STALE_AFTER_MS, type Split} from '../release/split.ts';

/** What a router said of itself last. */
export interface Report {
  name: string;
  kind: string;
  /** Log version whose split it applies. */
  version: number;
  release: string | null;
  /** Percent it applies, 0–100. */
  percent: number;
  live: boolean;
  /** Longest time until it is at prod by itself when cut off, in milliseconds. */
  boundMs: number;
  /** What keeps it from doing what is set; absent: nothing. */
  trouble?: string;
  /** The store's clock at its report, milliseconds since 1970. */
  at: number;
}

/** Set against applied: which routers do what was set, which have not said so, which do something else. */
export interface Applied {
  /** Reported within `staleAfterMs`. */
  live: Report[];
  /** Live, and at this very split. */
  confirmed: Report[];
  /** Not heard of for too long; `leftMs`: at prod by itself in at most this time, 0 when it must be by now. */
  silent: (Report & {leftMs: number})[];
  /** Live, and at another split: an older one, or one of a log that lost its head. */
  behind: Report[];
  /** Live, and kept from doing what is set, or from following the next change. */
  troubled: Report[];
  /** The percent that every live router confirmed; null without routers or while any differs. */
  percent: number | null;
}

/** A router not heard of for this long has left for good, in milliseconds. */
export const FORGOTTEN_AFTER_MS = 10 * 60_000;

/**
 * Whether a router has not reported for too long. `now` is the store's clock. One whose report lies ahead of it has not
 * reported since that clock went back.
 */
export function isSilent({at}: Pick<Report, 'at'>, now: number, staleAfterMs = STALE_AFTER_MS): boolean {
  return Math.abs(now - at) > staleAfterMs;
}

/**
 * How far the routers are with a split. `since`: the log version that made it what it is. `now` is the store's clock,
 * as are the reports'.
 */
export function appliedBy(reports: readonly Report[], split: Split, since: number, now: number): Applied {
  const live = reports.filter(report => !isSilent(report, now, split.staleAfterMs));
  const silent = reports
    .filter(report => isSilent(report, now, split.staleAfterMs) && now - report.at <= FORGOTTEN_AFTER_MS)
    .map(report => ({...report, leftMs: Math.max(0, Math.min(report.at, now) + report.boundMs - now)}));
  // Who is ahead of this log may come from one whose end was lost, and serve what has been taken back since.
  const isThere = ({version, live, percent, release}: Report) =>
    version >= since &&
    live === split.live &&
    (!live || (percent === split.percent && release === split.release));
  const confirmed = live.filter(isThere);
  const behind = live.filter(report => !isThere(report));
  const troubled = live.filter(({trouble}) => trouble !== undefined && trouble !== '');
  const percents = new Set(live.map(report => (report.live ? report.percent : 0)));
  const [only] = percents;
  return {live, confirmed, silent, behind, troubled, percent: percents.size === 1 ? (only ?? null) : null};
}
