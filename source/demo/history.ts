import type {Commit} from '../release/commit.ts';
import type {Cohort, Side} from '../analysis/numbers.ts';
import {LogHistogram} from '../analysis/sketches/log-histogram.ts';
import {DistinctSketch} from '../analysis/sketches/distinct-sketch.ts';
import {POPULATION, arrivals, behaviourOf, requestsPerSecond, responseTime} from './behaviour.ts';

/** Length of prod's past, and of one batch of it, seconds. */
const PAST_SECONDS = 15 * 60;
const BATCH_SECONDS = 20;
/** Requests drawn for one second of the past: enough for percentiles, few enough for a quick start. */
const DRAWN = 120;

/**
 * Yields prod's past before `until`, newest first, in batches of one entry a second with its `age`. `now` is
 * called for each batch, because ages count from the write.
 */
export function* prodPastOf(until: number, now: () => number, random: () => number): Generator<string[][]> {
  for (let back = 0; back < PAST_SECONDS; back += BATCH_SECONDS) {
    const entries: string[][] = [];
    for (let second = back + 1; second <= back + BATCH_SECONDS; second++) {
      const at = until - second * 1000 + 500;
      entries.push(secondOf(at, Math.round(now() - at), random));
    }
    yield entries;
  }
}

function secondOf(at: number, ageMs: number, random: () => number): string[] {
  const behaviour = behaviourOf('prod', at, null);
  const requests = arrivals(requestsPerSecond(at), random);
  const some = (share: number) => arrivals(requests * share, random);
  const tally = new Tally();
  tally.count({
    requests,
    errors: some(behaviour.errors),
    unavailable: some(behaviour.unavailable),
    conversions: some(behaviour.conversions),
  });
  const times = Math.round(requests / DRAWN);
  for (let index = 0; index < DRAWN; index++) {
    tally.serve(`u-${Math.floor(random() * POPULATION)}`, responseTime(behaviour, random), times);
  }
  return tally.take({side: 'prod', cohort: 'eligible', instance: 'past', sequence: at, ageMs}, null);
}

/** Number of requests and of their results. */
interface Counts {
  requests: number;
  errors: number;
  unavailable: number;
  conversions: number;
}

/** Side, cohort and sender of measurements. */
interface About {
  side: Side;
  cohort: Cohort;
  instance: string;
  sequence: number;
  /** Milliseconds since the middle of the measured time. */
  ageMs: number;
}

/** Measurements of one instance and side since the last batch. */
class Tally {
  #counts: Counts = {requests: 0, errors: 0, unavailable: 0, conversions: 0};
  readonly #times = new LogHistogram();
  readonly #users = new DistinctSketch();

  count({requests, errors, unavailable, conversions}: Counts): void {
    const so = this.#counts;
    so.requests += requests;
    so.errors += errors;
    so.unavailable += unavailable;
    so.conversions += conversions;
  }

  /** Adds a user and a response time. `times`: how many requests it stands for. */
  serve(user: string, responseTimeMs: number, times = 1): void {
    this.#times.add(responseTimeMs, times);
    this.#users.add(user);
  }

  isEmpty(): boolean {
    return this.#counts.requests === 0;
  }

  /** Returns the stream entry of the contract, and empties the tally. */
  take({side, cohort, instance, sequence, ageMs}: About, commit: Commit | null): string[] {
    const entry: Record<string, string> = {
      side,
      cohort,
      instance,
      seq: String(sequence),
      age: String(ageMs),
      ...(commit?.split.release ? {release: commit.split.release, split: String(commit.version)} : {}),
      ...Object.fromEntries(Object.entries(this.#counts).map(([name, count]) => [name, String(count)])),
      response_time: this.#times.encode(),
      users: this.#users.encode(),
    };
    this.#counts = {requests: 0, errors: 0, unavailable: 0, conversions: 0};
    this.#times.clear();
    this.#users.clear();
    return Object.entries(entry).flat();
  }
}
