import {DistinctSketch} from '../sketches/distinct-sketch.ts';
import {LogHistogram} from '../sketches/log-histogram.ts';
import type {Loudest} from './instances.ts';
import {MINUTE_MS, type Minutes} from './minutes.ts';
import type {Cohort, Side, Span} from '../numbers.ts';
import type {Pace} from './pace.ts';
import type {PeopleSums} from '../people/column.ts';
import {countsOf, type PeopleCounts} from './ring-reader.ts';
import type {SecondCounts, Windows} from './windows.ts';

/** Windows up to this length are read by the second, milliseconds: so much is known of soon after a start. */
export const BY_SECONDS_MS = 15 * MINUTE_MS;
/** Of longer ones what is older than this is read by the minute: late batches have come, and it is rolled up. */
const SETTLED_MS = 10 * MINUTE_MS;

type Near = Pick<
  Windows,
  | 'keptMs'
  | 'arrivals'
  | 'counted'
  | 'gauge'
  | 'mergeUsers'
  | 'users'
  | 'distribution'
  | 'heardAt'
  | 'newestAt'
  | 'second'
  | 'loudest'
  | 'peopleSums'
>;

/**
 * Windows of any length: of short ones every second, of longer ones the last minutes by the second and everything before by
 * the minute, from the store's roll-ups. Every process sees the same, however long it has run: where the two meet is a
 * matter of the clock alone, as long as the minutes have been read.
 */
export class LongWindows {
  readonly #near: Near;
  readonly #far: () => Minutes | null;
  /** How its seconds come to be; null: from samples, at once. */
  readonly pace: Pace | null;

  /** @param far the minutes; null while no window is long enough to need them */
  constructor(near: Near, far: () => Minutes | null, pace: Pace | null = null) {
    this.#near = near;
    this.#far = far;
    this.pace = pace;
  }

  /** How far back is known, milliseconds. */
  get keptMs(): number {
    const {keptMs} = this.#near;
    const known = this.#far()?.known ?? null;
    const newest = Math.max(this.#near.newestAt('prod') ?? 0, this.#near.newestAt('gray') ?? 0);
    return known === null ? keptMs : Math.max(keptMs, newest - known.from);
  }

  arrivals(side: Side, span: Span, cohort?: Cohort): {requests: number; entries: number} {
    return this.#sum(
      span,
      part => this.#near.arrivals(side, part, cohort),
      (far, part) => far.arrivals(side, part, cohort),
      (one, other) => ({requests: one.requests + other.requests, entries: one.entries + other.entries}),
    );
  }

  counted(side: Side, name: string, span: Span, cohort?: Cohort): number | null {
    return this.#sum(
      span,
      part => this.#near.counted(side, name, part, cohort),
      (far, part) => far.counted(side, name, part, cohort),
      (one, other) => (one === null || other === null ? (one ?? other) : one + other),
    );
  }

  gauge(side: Side, name: string, span: Span, cohort?: Cohort): number | null {
    return this.#sum(
      span,
      part => this.#near.gauge(side, name, part, cohort),
      (far, part) => far.gauge(side, name, part, cohort),
      (newer, older) => newer ?? older,
    );
  }

  users(side: Side, span: Span, cohort?: Cohort): number | null {
    const parts = this.#parts(span);
    if (parts === null) return this.#near.users(side, span, cohort);
    const users = new DistinctSketch();
    users.merge(parts.minutes.users(side, parts.far, cohort));
    this.#near.mergeUsers(users, side, parts.near, cohort);
    return users.isEmpty ? null : Math.round(users.estimate());
  }

  distribution(side: Side, name: string, span: Span, cohort?: Cohort): LogHistogram | null {
    return this.#sum(
      span,
      part => this.#near.distribution(side, name, part, cohort),
      (far, part) => far.values(side, name, part, cohort),
      (newer, older) => {
        const both = new LogHistogram();
        for (const values of [older, newer]) if (values !== null) both.merge(values);
        return both.count === 0 ? null : both;
      },
    );
  }

  heardAt(side: Side, span: Span, cohort?: Cohort): number | null {
    return this.#sum(
      span,
      part => this.#near.heardAt(side, part, cohort),
      (far, part) => far.heardAt(side, part, cohort),
      (newer, older) => newer ?? older,
    );
  }

  people(side: Side, span: Span): PeopleCounts | null {
    const sums = this.#sum(
      span,
      part => this.#near.peopleSums(side, part),
      (far, part) => far.peopleSums(side, part),
      addPeople,
    );
    return countsOf(sums);
  }

  loudest(side: Side, at: number): Loudest | null {
    return this.#near.loudest(side, at);
  }

  second(side: Side, at: number, cohort: Cohort | 'everything'): SecondCounts | null {
    return this.#near.second(side, at, cohort);
  }

  #sum<T>(
    span: Span,
    near: (part: Span) => T,
    far: (minutes: Minutes, part: Span) => T,
    both: (near: T, far: T) => T,
  ): T {
    const parts = this.#parts(span);
    return parts === null ? near(span) : both(near(parts.near), far(parts.minutes, parts.far));
  }

  /** Null: all of it is read by the second. */
  #parts({from, to}: Span): {minutes: Minutes; far: Span; near: Span} | null {
    const minutes = this.#far();
    const known = minutes?.known ?? null;
    if (minutes === null || known === null || to - from <= BY_SECONDS_MS) return null;
    const settled = Math.floor((to - SETTLED_MS) / MINUTE_MS) * MINUTE_MS;
    // Minutes that are not rolled up yet are still there by the second.
    const border = Math.min(settled, known.to);
    return border <= from ? null : {minutes, far: {from, to: border}, near: {from: border, to}};
  }
}

function addPeople(one: PeopleSums, other: PeopleSums): PeopleSums {
  return {
    requests: one.requests + other.requests,
    named: one.named + other.named,
    seen: one.seen + other.seen,
    failed: one.failed + other.failed,
    converted: one.converted + other.converted,
  };
}
