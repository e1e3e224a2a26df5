import type {Point} from './answer.ts';
import type {PrometheusClient} from './client.ts';
import type {Answer, PrometheusFault} from './fault.ts';
import {freshnessQuery, longestRangeMs} from './selectors.ts';
import type {Asked} from './slot.ts';

/** A sample may be so many scrape intervals old. Fewer would take a common interval of a minute for a lag. */
const MOST_SCRAPES = 5;
/** In so many steps the newest sample of a series that has ended is looked for. */
const WIDE_STEPS = 300;
/** So long Prometheus itself takes a sample for the present. */
const LOOKBACK_MS = 300_000;

/** What came of a question, and Prometheus' clock where it told it. */
export interface Reply extends Asked {
  /** Prometheus' clock at the answer, milliseconds since 1970. */
  serverAt: number | null;
}

/**
 * Asks for a number and for the time of the newest sample behind it. An instant query tells the time of asking, whatever
 * the age of what it found, so the age takes a query of its own.
 */
export async function askNumber(
  client: PrometheusClient,
  query: string,
  scrapeMs: number,
  signal: AbortSignal,
): Promise<Reply> {
  const [point, taken] = await Promise.all([
    client.query(query, signal),
    takenAt(client, freshnessQuery(query), signal),
  ]);
  if (!point.ok) return failed(point);
  const {value, at} = point.value;
  const {warnings} = point;
  const newest = taken.ok ? taken : await newestOfStale(client, query, {taken, scrapeMs}, signal);
  if (!newest.ok) return failed(newest);
  // A query that reads no series is as old as its answer.
  const ageMs = newest.value === null ? 0 : Math.max(0, newest.value.at - newest.value.value * 1000);
  const reply = {value, ageMs, warnings, serverAt: at};
  if (ageMs <= MOST_SCRAPES * scrapeMs) return {...reply, state: 'ok', why: null};
  const why =
    `its newest sample is ${Math.round(ageMs / 1000)} s old, ` +
    `more than ${MOST_SCRAPES} scrape intervals of ${scrapeMs / 1000} s`;
  return {...reply, state: 'lagging', why};
}

type Taken = Answer<Point | null>;

async function takenAt(client: PrometheusClient, query: string | null, signal: AbortSignal): Promise<Taken> {
  return query === null ? {ok: true, value: null, warnings: []} : await client.query(query, signal);
}

/** A function over a range still gives a number when its series has ended: then its end counts. */
async function newestOfStale(
  client: PrometheusClient,
  query: string,
  {taken, scrapeMs}: {taken: Taken & {ok: false}; scrapeMs: number},
  signal: AbortSignal,
): Promise<Taken> {
  if (taken.fault.code !== 'empty') return known(taken);
  const withinMs = Math.max(WIDE_STEPS * scrapeMs, longestRangeMs(query) + LOOKBACK_MS);
  const wide = freshnessQuery(query, {withinMs, stepMs: Math.ceil(withinMs / WIDE_STEPS)});
  return known(await takenAt(client, wide, signal));
}

/** Only what keeps an answer back is a fault of the number: the query for its age is ours. */
function known(taken: Taken): Taken {
  if (taken.ok) return taken;
  const isOurs = taken.fault.code === 'bad-query' || taken.fault.code === 'empty';
  return isOurs ? {ok: true, value: null, warnings: taken.warnings} : taken;
}

function failed({fault, warnings}: {fault: PrometheusFault; warnings: readonly string[]}): Reply {
  return {state: fault.code, value: null, ageMs: null, why: fault.why, warnings, serverAt: null};
}
