import {own} from '../release/name.ts';
import {COHORTS, SIDES, type Cohort, type Side} from '../analysis/numbers.ts';
import type {Decision} from '../audience/decide.ts';
import {encodeSample} from '../metrics/encode.ts';
import {ReportedPeople, type KnownSplit} from './reported-people.ts';
import {SideTally, type Kinds, type Measurement} from './tally.ts';

/** Most splits that are measured at a time. Requests under way were decided on older splits. */
const MOST_BOOKS = 8;
/** Most entries, and most characters, that wait for the store. Enough for about 90 s without the store. */
const MOST_WAITING = 512;
const MOST_WAITING_CHARACTERS = 2_000_000;
/** Milliseconds that entries are gathered while others wait. */
const GATHER_MS = 1000;
/**
 * Most entries in one write. A reader recognises repeats among the last 52 numbers, so a repeated write must
 * be smaller.
 */
const MOST_SENT = 40;

/** Counts of data that was not sent, by reason. They only grow. */
export interface Dropped {
  /** Entries, and the requests in them, that did not fit while the store was away. */
  entries: number;
  requests: number;
  /**
   * Values that no reader takes: not a number, below 0, an invalid name, or more names than a reader keeps.
   */
  values: number;
  /** Calls without a valid decision, or with a decision on a split that is too old. */
  calls: number;
}

/** Measurements of requests that were decided on one split. */
interface Book {
  version: number;
  release: string | null;
  /** Index: side and cohort. Each tally is made when first needed. */
  tallies: (SideTally | undefined)[];
}

interface Entry {
  /** Its number, by which a reader recognises a repeat. */
  seq: number;
  fields: string[];
  /** Whether it holds news about people. */
  hasPeople: boolean;
  requests: number;
  characters: number;
  /** Monotonic clock in the middle of the time that it covers, milliseconds. */
  middle: number;
}

const PLACES: Readonly<Record<Side, Record<Cohort, number>>> = {
  prod: {eligible: 0, chosen: 1, outside: 2},
  gray: {eligible: 3, chosen: 4, outside: 5},
};

export interface BatchesOptions {
  /** Name of this process and this start. The numbers of its entries begin again with each start. */
  instance: string;
  kinds: Kinds;
  feature: string;
  /** The split that is applied now. */
  split: () => KnownSplit;
  /** Called with every tally that is flushed, before it is cleared. */
  onTally?: (side: Side, cohort: Cohort, tally: SideTally) => void;
}

/**
 * Gathers measurements and keeps them in order until the store has taken them. Bounded in memory; a request
 * never waits for it.
 */
export class Batches {
  readonly #instance: string;
  readonly #kinds: Kinds;
  readonly #books: Book[] = [];
  readonly #waiting: Entry[] = [];
  #characters = 0;
  #sequence = 0;
  readonly #people: ReportedPeople;
  readonly dropped: Dropped = {entries: 0, requests: 0, values: 0, calls: 0};
  readonly #onTally: (side: Side, cohort: Cohort, tally: SideTally) => void;

  constructor({instance, kinds, feature, split, onTally}: BatchesOptions) {
    this.#instance = instance;
    this.#kinds = kinds;
    this.#onTally = onTally ?? (() => undefined);
    this.#people = new ReportedPeople(feature, split);
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Records a measurement of a decision. Never throws. @param now monotonic clock, milliseconds */
  record(decision: Decision, measured: Measurement, now: number): void {
    try {
      const place = own(own(PLACES, decision.side), decision.cohort);
      const book = place === undefined ? undefined : this.#bookOf(decision);
      if (place === undefined || book === undefined) {
        this.dropped.calls++;
        return;
      }
      const tally = (book.tallies[place] ??= new SideTally(this.#kinds));
      this.dropped.values += tally.add(measured, now);
      if (measured?.user !== undefined) this.#people.record(decision, measured, tally.people, tally.hasTimes);
    } catch {
      this.dropped.calls++;
    }
  }

  /** Makes entries of the measurements. @param all also those that could be gathered for longer */
  flush(now: number, all: boolean): void {
    const isHeld = this.#waiting.length > 0 && !all;
    for (const book of this.#books) {
      for (const [place, tally] of book.tallies.entries()) {
        if (tally === undefined || tally.isEmpty || (isHeld && now - tally.from < GATHER_MS)) continue;
        const side = SIDES[place < 3 ? 0 : 1];
        const cohort = COHORTS[place % 3];
        if (side !== undefined && cohort !== undefined) this.#enqueue(book, side, cohort, tally);
        tally.clear();
      }
    }
    while (this.#waiting.length > MOST_WAITING || this.#characters > MOST_WAITING_CHARACTERS) {
      const oldest = this.#waiting.shift();
      if (oldest === undefined) break;
      this.#characters -= oldest.characters;
      this.dropped.entries++;
      this.dropped.requests += oldest.requests;
      // The dropped entry's news about people will not arrive, so it must be sent again.
      if (oldest.hasPeople) this.#people.forget();
    }
  }

  /** The oldest entries as fields to write now, and the number of the last of them. */
  next(now: number): {entries: string[][]; last: number} {
    const oldest = this.#waiting.slice(0, MOST_SENT);
    return {
      entries: oldest.map(({fields, middle}) => [
        ...fields,
        'age',
        String(Math.max(0, Math.round(now - middle))),
      ]),
      last: oldest.at(-1)?.seq ?? 0,
    };
  }

  /** Removes the entries up to this number, because the store has taken them. */
  taken(last: number): void {
    for (let first = this.#waiting[0]; first !== undefined && first.seq <= last; first = this.#waiting[0]) {
      this.#waiting.shift();
      this.#characters -= first.characters;
    }
  }

  #enqueue({version, release}: Book, side: Side, cohort: Cohort, tally: SideTally): void {
    this.#onTally(side, cohort, tally);
    const distributions = Object.fromEntries(tally.distributions);
    const fields = encodeSample({
      side,
      cohort,
      instance: this.#instance,
      seq: this.#sequence + 1,
      release,
      // 0 means that no split was known. Such a request counts for no release, even if it ends after one has
      // begun.
      split: version,
      counters: Object.fromEntries(tally.counters),
      gauges: Object.fromEntries(tally.gauges),
      distributions,
      users: tally.users,
      people: tally.people,
    });
    if (fields.length === 0) return;
    this.#sequence++;
    const characters = fields.reduce((sum, field) => sum + field.length, 0);
    this.#characters += characters;
    this.#waiting.push({
      seq: this.#sequence,
      fields,
      hasPeople: tally.people.length > 0,
      requests: tally.requests,
      characters,
      middle: (tally.from + tally.to) / 2,
    });
  }

  #bookOf({version, release}: Decision): Book | undefined {
    for (const book of this.#books) if (book.version === version && book.release === release) return book;
    if (!Number.isSafeInteger(version) || version < 0) return undefined;
    if (release !== null && typeof release !== 'string') return undefined;
    if (this.#books.length >= MOST_BOOKS) {
      const empty = this.#books.findIndex(({tallies}) => tallies.every(tally => tally?.isEmpty ?? true));
      if (empty < 0) return undefined;
      this.#books.splice(empty, 1);
    }
    const book: Book = {version, release, tallies: []};
    this.#books.unshift(book);
    return book;
  }
}
