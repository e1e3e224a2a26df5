import type {RatioReading} from './findings.ts';
import type {Arrivals, Look} from './look.ts';
import {expectedShare, followRatio, NO_RATIO, type RatioTrack} from './sample-ratio.ts';
import type {Situation} from './situation.ts';

/** Where the count of eligible requests stands. Plain JSON. */
export interface RatioState {
  track: RatioTrack;
  /** Begin of the split it is about. */
  since: number;
  /** From where on requests are counted, and how many of them have been: late ones are counted when they come. */
  from: number;
  gray: number;
  prod: number;
}

export const NO_RATIO_STATE: RatioState = {track: NO_RATIO, since: 0, from: 0, gray: 0, prod: 0};

/** What counts as of late, milliseconds. */
const RECENT_MS = 300_000;
/** The count begins anew now and then, a little back: nothing comes later than that. */
const LONGEST_COUNT_MS = 300_000;
const LATEST_MS = 120_000;
/** How many requests of a person come together where nobody counts people. */
const TOGETHER = 10;
const MOST_TOGETHER = 50;

/**
 * Counts the eligible requests since the last look against the split, once every router has applied it, and only as
 * far as both sides have been heard: who sends by the minute is behind, not missing.
 */
export function readRatio(
  before: RatioState,
  {since, percent, applied, tiers}: Situation,
  look: Look,
): {reading: RatioReading; state: RatioState} {
  const gray = look.arrivals('gray', RECENT_MS);
  const prod = look.arrivals('prod', RECENT_MS);
  const requests = gray.requests + prod.requests;
  const users = usersOf(look);
  const expected = percent <= 0 ? null : expectedShare(tiers, {requests, users});
  const share = requests > 0 ? gray.requests / requests : null;
  const own = before.since === since ? before : {...NO_RATIO_STATE, since, from: since};
  const end = Math.min(look.heardAt('gray', RECENT_MS) ?? 0, look.heardAt('prod', RECENT_MS) ?? 0);
  const counted = end > own.from ? count(own, end, look) : null;
  const together = Math.max(
    users === null ? TOGETHER : Math.min(MOST_TOGETHER, requests / Math.max(1, users)),
    perBatch(gray, look),
    perBatch(prod, look),
  );
  const track =
    expected === null || counted === null || applied !== percent
      ? own.track
      : followRatio(own.track, counted.news, expected, together, {share, requests});
  return {
    reading: {
      observed: share === null ? null : share * 100,
      expected: expected === null ? null : {low: expected.low * 100, high: expected.high * 100},
      requests,
      windowSeconds: Math.round(look.coveredSeconds(RECENT_MS)),
      isOff: track.isOff,
    },
    state: {...(counted?.state ?? own), track},
  };
}

function count(
  state: RatioState,
  end: number,
  look: Look,
): {news: {gray: number; prod: number}; state: RatioState} {
  const {from} = state;
  const gray = look.requestsIn('gray', {from, to: end});
  const prod = look.requestsIn('prod', {from, to: end});
  const news = {gray: Math.max(0, gray - state.gray), prod: Math.max(0, prod - state.prod)};
  if (end - from <= LONGEST_COUNT_MS) return {news, state: {...state, gray, prod}};
  const anew = {from: end - LATEST_MS, to: end};
  return {
    news,
    state: {
      ...state,
      from: anew.from,
      gray: look.requestsIn('gray', anew),
      prod: look.requestsIn('prod', anew),
    },
  };
}

/** Eligible people of both sides of late; null where nobody counts people. */
function usersOf(look: Look): number | null {
  const gray = look.users('gray', RECENT_MS);
  const prod = look.users('prod', RECENT_MS);
  return gray === null && prod === null ? null : (gray ?? 0) + (prod ?? 0);
}

/** Requests that come at once from who sends less often than every other second; 1 where none does. */
function perBatch({requests, entries}: Arrivals, look: Look): number {
  const isSteady = entries >= look.coveredSeconds(RECENT_MS) / 2;
  return isSteady || entries === 0 ? 1 : requests / entries;
}
