import type {Side, Span} from '../numbers.ts';
import type {RatioReading} from './findings.ts';
import type {WindowReader} from './window-reader.ts';
import {expectedShare, followRatio, NO_RATIO, type RatioTrack} from './sample-ratio.ts';
import type {Situation} from './situation.ts';

/** Where the count of eligible people, or of requests, stands. Plain JSON. */
export interface RatioState {
  track: RatioTrack;
  /** Begin of the split it is about. */
  since: number;
  /** What is counted; another way begins anew. */
  by?: 'people' | 'requests';
  /** From where on is counted, and how much has been: late ones are counted when they come. */
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
/** Requests of a person that come together, if people are not counted. */
const TOGETHER = 10;
const MOST_TOGETHER = 50;

/** How much of a side there is in a span. */
type CountIn = (side: Side, span: Span) => number;

/**
 * Counts the eligible people since the last look against the split, or their requests where no person is known, once
 * every router has applied it, and only as far as both sides have been heard: who sends by the minute is behind, not
 * missing. A batch of requests counts as one: who sends a thousand at once has not been dealt a thousand times.
 */
export function readRatio(
  before: RatioState,
  {since, percent, applied, tiers, at}: Situation,
  look: WindowReader,
): {reading: RatioReading; state: RatioState} {
  const recent = {from: Math.max(since, at - RECENT_MS), to: at};
  const isByPeople = (['prod', 'gray'] as const).every(side => look.peopleIn(side, recent) !== null);
  const by: RatioReading['by'] = isByPeople ? 'people' : 'requests';
  const countIn: CountIn = isByPeople
    ? (side, span) => look.peopleIn(side, span) ?? 0
    : (side, span) => look.requestsIn(side, span);
  const recentOf = (side: Side) =>
    isByPeople ? (look.peopleIn(side, recent) ?? 0) : look.arrivals(side, RECENT_MS).requests;
  const gray = recentOf('gray');
  const all = gray + recentOf('prod');
  const users = isByPeople ? all : usersOf(look);
  const expected = percent <= 0 ? null : expectedShare(tiers, {requests: all, users});
  const share = all > 0 ? gray / all : null;
  const isSame = before.since === since && (before.by ?? by) === by;
  const own = isSame ? {...before, by} : {...NO_RATIO_STATE, since, from: since, by};
  const end = Math.min(look.heardAt('gray', RECENT_MS) ?? 0, look.heardAt('prod', RECENT_MS) ?? 0);
  const counted = end > own.from ? count(own, end, countIn) : null;
  const together = isByPeople ? 1 : togetherOf(look, users, all);
  const track =
    expected === null || counted === null || applied !== percent
      ? own.track
      : followRatio(own.track, counted.news, expected, together, {share, requests: all});
  return {
    reading: {
      observed: share === null ? null : share * 100,
      expected: expected === null ? null : {low: expected.low * 100, high: expected.high * 100},
      requests: all,
      by,
      windowSeconds: Math.round(look.coveredSeconds(RECENT_MS)),
      isOff: track.isOff,
    },
    state: {...(counted?.state ?? own), track},
  };
}

function count(
  state: RatioState,
  end: number,
  countIn: CountIn,
): {news: {gray: number; prod: number}; state: RatioState} {
  const {from} = state;
  const gray = countIn('gray', {from, to: end});
  const prod = countIn('prod', {from, to: end});
  const news = {gray: Math.max(0, gray - state.gray), prod: Math.max(0, prod - state.prod)};
  if (end - from <= LONGEST_COUNT_MS) return {news, state: {...state, gray, prod}};
  const anew = {from: end - LATEST_MS, to: end};
  return {
    news,
    state: {...state, from: anew.from, gray: countIn('gray', anew), prod: countIn('prod', anew)},
  };
}

/** Eligible people of both sides of late; null if people are not counted. */
function usersOf(look: WindowReader): number | null {
  const gray = look.users('gray', RECENT_MS);
  const prod = look.users('prod', RECENT_MS);
  return gray === null && prod === null ? null : (gray ?? 0) + (prod ?? 0);
}

/** Requests that are dealt at once: those of one person, or those of one entry. */
function togetherOf(look: WindowReader, users: number | null, requests: number): number {
  const perEntry = (['prod', 'gray'] as const).map(side => {
    const arrivals = look.arrivals(side, RECENT_MS);
    return arrivals.entries === 0 ? 1 : arrivals.requests / arrivals.entries;
  });
  const perPerson = users === null ? TOGETHER : Math.min(MOST_TOGETHER, requests / Math.max(1, users));
  return Math.max(perPerson, ...perEntry);
}
