import {PeopleNews} from '../analysis/people/wire.ts';
import {DistinctSketch} from '../analysis/sketches/distinct-sketch.ts';
import {LogHistogram} from '../analysis/sketches/log-histogram.ts';
import {MOST_VALUE} from '../analysis/sketches/log-buckets.ts';

/**
 * Measurement of one or several requests. Values that no reader takes (NaN, infinite, negative, parts of a
 * request) are left out and counted as refused.
 */
export interface Measurement {
  readonly requests?: number;
  readonly errors?: number;
  readonly conversions?: number;
  readonly unavailable?: number;
  /** Milliseconds until the response. */
  readonly response_time?: number;
  /** Names of the functions that the user used. */
  readonly uses?: readonly string[];
  /**
   * The id that was decided on. It is counted as one user, and recognised by a short hash that is salted for
   * this release. The id itself is never sent.
   */
  readonly user?: string | number;
  /** Any other counter, or a distribution or gauge that the options name. */
  readonly [metric: string]: number | string | readonly string[] | undefined;
}

/** Names of metrics that are not counters. */
export interface Kinds {
  distributions: ReadonlySet<string>;
  gauges: ReadonlySet<string>;
}

/** Names of an entry's own fields and of sketches. No metric can have them. */
const TAKEN: ReadonlySet<string> = new Set(
  'side cohort instance seq release split age metric value users people person'.split(' '),
);
const WHOLE: ReadonlySet<string> = new Set(['requests', 'errors', 'conversions', 'unavailable']);
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.:-]{0,63}$/u;
/** Most other names in one tally: as many as a reader keeps. */
const MOST_NAMES = 64;

/** Measurements of one side and cohort since the last flush. Bounded for any input. */
export class SideTally {
  readonly counters = new Map<string, number>();
  readonly gauges = new Map<string, number>();
  readonly distributions = new Map<string, LogHistogram>();
  readonly users = new DistinctSketch();
  /** News about people. */
  readonly people = new PeopleNews();
  readonly #kinds: Kinds;
  /** Monotonic clock at the first and the last record, milliseconds; -1 if empty. */
  from = -1;
  to = -1;

  constructor(kinds: Kinds) {
    this.#kinds = kinds;
  }

  get isEmpty(): boolean {
    return this.from < 0;
  }

  /** Whether `response_time` is a distribution of times, and no gauge. */
  get hasTimes(): boolean {
    return !this.#kinds.gauges.has('response_time');
  }

  get requests(): number {
    return this.counters.get('requests') ?? 0;
  }

  /** Adds a measurement. @returns how many of its values were refused */
  add(measured: Measurement, now: number): number {
    let refused = 0;
    let taken = 0;
    for (const name in measured) {
      const value = measured[name];
      if (value === undefined) continue;
      if (this.#take(name, value)) taken++;
      else refused++;
    }
    if (taken > 0) {
      if (this.from < 0) this.from = now;
      this.to = now;
    }
    return refused;
  }

  /** Empties the tally. Keeps the names of distributions, because they usually come again. */
  clear(): void {
    this.counters.clear();
    this.gauges.clear();
    for (const [name, sketch] of this.distributions) {
      if (sketch.count === 0) this.distributions.delete(name);
      else sketch.clear();
    }
    this.users.clear();
    this.people.clear();
    this.from = -1;
    this.to = -1;
  }

  #take(name: string, value: number | string | readonly string[]): boolean {
    if (name === 'user') return this.#takeUser(value);
    if (name === 'uses') return this.#takeUses(value);
    if (typeof value !== 'number' || !Number.isFinite(value) || Math.abs(value) > MOST_VALUE) return false;
    if (this.#kinds.gauges.has(name)) return this.#put(this.gauges, name, value);
    if (value < 0) return false;
    if (name === 'response_time' || this.#kinds.distributions.has(name)) return this.#spread(name, value);
    if (WHOLE.has(name) && !Number.isInteger(value)) return false;
    return this.#put(this.counters, name, (this.counters.get(name) ?? 0) + value);
  }

  #takeUser(value: unknown): boolean {
    if (typeof value !== 'string' && typeof value !== 'number') return false;
    this.users.add(String(value));
    return true;
  }

  #takeUses(value: unknown): boolean {
    if (!Array.isArray(value)) return false;
    let isWhole = true;
    for (const use of value as unknown[]) {
      const name = `uses.${String(use)}`;
      isWhole = this.#put(this.counters, name, (this.counters.get(name) ?? 0) + 1) && isWhole;
    }
    return isWhole;
  }

  #spread(name: string, value: number): boolean {
    const known = this.distributions.get(name);
    if (known !== undefined) return known.add(value);
    if (this.distributions.size >= MOST_NAMES || !isFit(name)) return false;
    const sketch = new LogHistogram();
    this.distributions.set(name, sketch);
    return sketch.add(value);
  }

  #put(into: Map<string, number>, name: string, value: number): boolean {
    if (!into.has(name) && (into.size >= MOST_NAMES || !isFit(name))) return false;
    into.set(name, value);
    return true;
  }
}

function isFit(name: string): boolean {
  return NAME.test(name) && !TAKEN.has(name);
}
