import {DistinctSketch} from '../sketches/distinct-sketch.ts';
import {LogHistogram} from '../sketches/log-histogram.ts';
import {MetricTable, type DeclaredMetrics} from '../metric-table.ts';
import type {Cohort, Side, Span} from '../numbers.ts';
import type {PeopleSums} from '../people/column.ts';
import {RingReader} from './ring-reader.ts';
import {restoreTally} from './ring-tally.ts';
import type {Tally} from './roll-up.ts';
import {SecondRing, type Seconds} from './second-ring.ts';

/** Milliseconds. */
export const MINUTE_MS = 60_000;

/** Readings remembered: a few conditions over a few windows. */
const MOST_READ = 256;

/**
 * What was measured longer ago, minute by minute, from roll-ups. A span takes the minutes that lie in it as a whole; it
 * should begin no earlier than the running split, since a minute does not say which split it was decided on.
 */
export class Minutes {
  readonly #ring: SecondRing;
  readonly #table: MetricTable;
  readonly #reader: RingReader;
  /** It is asked for each second and changes each minute. */
  readonly #sums = new Map<string, {requests: number; entries: number}>();
  readonly #counts = new Map<string, number | null>();
  readonly #values = new Map<string, LogHistogram>();
  readonly #users = new Map<string, DistinctSketch>();
  readonly #people = new Map<string, PeopleSums>();
  #first: number | null = null;

  /** @param keepMinutes how many are kept */
  constructor(keepMinutes: number, declared: DeclaredMetrics = {}) {
    this.#table = new MetricTable(declared, keepMinutes);
    this.#ring = new SecondRing(keepMinutes);
    this.#reader = new RingReader(this.#ring, this.#table);
  }

  /** How far back is kept, milliseconds. */
  get keptMs(): number {
    return this.#ring.slots * MINUTE_MS;
  }

  /** Where the first and behind the last minute lie that are known, milliseconds since 1970; null: none is. */
  get known(): Span | null {
    if (this.#first === null) return null;
    const {head, slots} = this.#ring;
    return {from: Math.max(this.#first, head - slots + 1) * MINUTE_MS, to: (head + 1) * MINUTE_MS};
  }

  /** Puts a minute in the place of what is there. @returns false when it is none, or too old */
  restore(tally: Tally): boolean {
    if (!restoreTally(this.#ring, this.#table, tally, {release: null, ms: MINUTE_MS})) return false;
    for (const read of [this.#sums, this.#counts, this.#values, this.#users, this.#people]) read.clear();
    const minute = tally.t / MINUTE_MS;
    this.#first = Math.min(this.#first ?? minute, minute);
    return true;
  }

  arrivals(side: Side, span: Span, cohort?: Cohort): {requests: number; entries: number} {
    const minutes = minutesOf(span);
    return once(this.#sums, keyOf(side, minutes, cohort), () =>
      this.#reader.arrivals(side, cohort ?? null, minutes),
    );
  }

  counted(side: Side, name: string, span: Span, cohort?: Cohort): number | null {
    const minutes = minutesOf(span);
    return once(this.#counts, keyOf(side, minutes, cohort, name), () =>
      this.#reader.counted(side, cohort ?? null, name, minutes),
    );
  }

  gauge(side: Side, name: string, span: Span, cohort?: Cohort): number | null {
    return this.#reader.gauge(side, cohort ?? null, name, minutesOf(span));
  }

  /** The users over a span, not to be changed. */
  users(side: Side, span: Span, cohort?: Cohort): DistinctSketch {
    const minutes = minutesOf(span);
    return once(this.#users, keyOf(side, minutes, cohort), () => {
      const users = new DistinctSketch();
      this.#reader.mergeUsers(users, side, cohort ?? null, minutes);
      return users;
    });
  }

  /** The values over a span, not to be changed. */
  values(side: Side, name: string, span: Span, cohort?: Cohort): LogHistogram {
    const minutes = minutesOf(span);
    return once(this.#values, keyOf(side, minutes, cohort, name), () => {
      const values = new LogHistogram();
      this.#reader.mergeValues(values, side, cohort ?? null, name, minutes);
      return values;
    });
  }

  /** What was found of the people of a side over a span. */
  peopleSums(side: Side, span: Span): PeopleSums {
    const minutes = minutesOf(span);
    return once(this.#people, keyOf(side, minutes), () => this.#reader.people(side, minutes));
  }

  /** End of the newest minute in which something of a side arrived; null without any. */
  heardAt(side: Side, span: Span, cohort?: Cohort): number | null {
    const minute = this.#reader.heardIn(side, cohort ?? null, minutesOf(span));
    return minute === null ? null : (minute + 1) * MINUTE_MS;
  }
}

function minutesOf({from, to}: Span): Seconds {
  return {first: Math.ceil(from / MINUTE_MS), end: Math.floor(to / MINUTE_MS)};
}

function keyOf(side: Side, {first, end}: Seconds, cohort = 'all', name = ''): string {
  return `${side} ${cohort} ${first} ${end} ${name}`;
}

function once<T>(known: Map<string, T>, key: string, read: () => T): T {
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size >= MOST_READ) known.clear();
  const value = read();
  known.set(key, value);
  return value;
}
