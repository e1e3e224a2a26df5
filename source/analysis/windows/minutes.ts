import {DistinctSketch} from '../sketches/distinct-sketch.ts';
import {LogHistogram} from '../sketches/log-histogram.ts';
import {MetricTable, type DeclaredMetrics} from '../metric-table.ts';
import type {Cohort, Side, Span} from '../numbers.ts';
import type {PeopleSums} from '../people/column.ts';
import {RingReader} from './ring-reader.ts';
import {restoreTally} from './ring-tally.ts';
import type {Tally} from './roll-up.ts';
import {SecondRing, type Seconds} from './second-ring.ts';
import {SeriesReader} from './series.ts';

/** Milliseconds. */
export const MINUTE_MS = 60_000;

/** Readings remembered: a few conditions over a few windows. */
const MOST_READ = 256;

/**
 * What was measured longer ago, minute by minute, from roll-ups. A span takes the minutes that lie in it as a whole; it
 * should begin no earlier than the running split, since a minute does not say which split it was decided on.
 */
export class Minutes {
  /** Length of a stretch, milliseconds. */
  readonly slotMs: number;
  readonly #ring: SecondRing;
  readonly #table: MetricTable;
  readonly #reader: RingReader;
  readonly #series: SeriesReader;
  /** It is asked for each second and changes each minute. */
  readonly #sums = new Map<string, {requests: number; entries: number}>();
  readonly #counts = new Map<string, number | null>();
  readonly #values = new Map<string, LogHistogram>();
  readonly #users = new Map<string, DistinctSketch>();
  readonly #people = new Map<string, PeopleSums>();
  #first: number | null = null;

  /**
   * @param keep how many stretches are kept
   * @param slotMs how long each is; a minute, and for a chart of weeks a multiple of it
   */
  constructor(keep: number, declared: DeclaredMetrics = {}, slotMs = MINUTE_MS) {
    this.slotMs = slotMs;
    this.#table = new MetricTable(declared, keep);
    this.#ring = new SecondRing(keep);
    this.#reader = new RingReader(this.#ring, this.#table);
    this.#series = new SeriesReader(this.#ring, this.#table, slotMs);
  }

  /** How far back is kept, milliseconds. */
  get keptMs(): number {
    return this.#ring.slots * this.slotMs;
  }

  /** Where the first and behind the last minute lie that are known, milliseconds since 1970; null: none is. */
  get known(): Span | null {
    if (this.#first === null) return null;
    const {head, slots} = this.#ring;
    return {from: Math.max(this.#first, head - slots + 1) * this.slotMs, to: (head + 1) * this.slotMs};
  }

  /**
   * Puts a minute in the place of what is there. @returns false when it is none, or too old
   * @param release what gray measured under another one is left out; null: nothing is
   */
  restore(tally: Tally, release: string | null = null): boolean {
    if (!restoreTally(this.#ring, this.#table, tally, {release, ms: this.slotMs})) return false;
    for (const read of [this.#sums, this.#counts, this.#values, this.#users, this.#people]) read.clear();
    const minute = tally.t / this.slotMs;
    this.#first = Math.min(this.#first ?? minute, minute);
    return true;
  }

  /** Like `WindowView.series`; a step that is shorter than a minute has the value of its minute. */
  series(side: Side, metric: string, span: Span, stepMs: number): (number | null)[] {
    const {slotMs} = this;
    if (stepMs >= slotMs) return this.#series.read(side, metric, span, stepMs);
    const from = Math.floor(span.from / slotMs);
    const whole = {from: from * slotMs, to: Math.ceil(span.to / slotMs) * slotMs};
    const values = this.#series.read(side, metric, whole, slotMs);
    const count = Math.ceil((span.to - span.from) / stepMs);
    const end = Math.ceil(span.to / stepMs);
    return Array.from({length: count}, (_, index) => {
      const at = (end - count + index) * stepMs;
      return values[Math.floor(at / slotMs) - from] ?? null;
    });
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
