import {DistinctSketch} from '../analysis/sketches/distinct-sketch.ts';
import {LogHistogram} from '../analysis/sketches/log-histogram.ts';
import type {Cohort, Side} from '../analysis/numbers.ts';
import type {Commit} from '../release/commit.ts';

/** Number of requests and of their results. */
export interface Counts {
  requests: number;
  errors: number;
  unavailable: number;
  conversions: number;
}

/** Side, cohort and sender of measurements. */
export interface About {
  side: Side;
  cohort: Cohort;
  instance: string;
  sequence: number;
  /** Milliseconds since the middle of the measured time. */
  ageMs: number;
}

/** Measurements of one instance and side since the last batch. */
export class Tally {
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
