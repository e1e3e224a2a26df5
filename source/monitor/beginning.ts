import type {Release} from '../release/state.ts';
import type {Checkpoint} from './checkpoint.ts';
import type {Outage} from './outage-tracker.ts';

/** Seconds judged again when a guard begins, at most, milliseconds: what the raw stream holds. */
export const CATCH_UP_MS = 900_000;

/** What is known when a guard begins to judge a release. */
export interface Beginning {
  release: Pick<Release, 'id' | 'startedAt' | 'splitChangedAt'>;
  /** What the guard before has left; null: nothing. */
  found: Checkpoint | null;
  /** The latest gap in the data that has not been judged yet; null: there is none. */
  blind: Outage | null;
  /** The store's clock, and the newest version of its log. */
  now: number;
  version: number;
}

/** Where to go on: as the one before would have, or afresh where it knew nothing or the time in between is lost. */
export function beginAt({release, found, blind, now, version}: Beginning): Omit<Checkpoint, 'schema'> {
  if (found !== null && blind === null && found.at <= now)
    return {...found, at: Math.max(found.at, wholeSecond(now - CATCH_UP_MS))};
  const notBefore = blind === null ? 0 : Math.min(blind.until, now);
  const at = Math.min(now, Math.max(release.splitChangedAt, notBefore, now - CATCH_UP_MS));
  return {release: release.id, at: wholeSecond(at), notBefore, version, judge: null, evidence: null};
}

/** Returns an outage without a judgement since; null: there was none, or a guard with data has judged since. */
export function unseen(
  outage: Outage | null,
  {startedAt}: Pick<Release, 'startedAt'>,
  found: Checkpoint | null,
) {
  return outage !== null && outage.until > (found?.at ?? startedAt) ? outage : null;
}

/** The beginning of the second that holds a moment. */
export function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}
