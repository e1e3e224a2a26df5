import {
  ANSWERS,
  insertAnswer,
  levelOf,
  personHasher,
  SLOWEST_AT,
  TENTH_AT,
  THIRD_AT,
} from '../analysis/people/person.ts';
import {CONVERTED, FAILED, SEEN, SLOWEST, TENTH, THIRD, type PeopleNews} from '../analysis/people/wire.ts';
import {MOST_VALUE} from '../analysis/sketches/log-buckets.ts';
import type {Decision} from '../audience/decide.ts';
import type {Measurement} from './tally.ts';

const FIRST_CAPACITY = 1024;
/** Most places of the table. 17 bytes each: 4.3 MiB. */
const MOST_CAPACITY = 262_144;
const MOST_FULL = 0.8;
/** Most split numbers: they are stored in one byte, and 0 means none. */
const MOST_SPLITS = 255;

/** The applied split, to detect a change. */
export interface KnownSplit {
  version: number;
  /** Equal splits have equal JSON. */
  split: object | null;
}

/**
 * Remembers what this process has sent about each person of the running release, so that only news is sent.
 * If the table is full, it forgets everyone and sends again; readers drop repeats. 17 bytes a place, at most
 * 4.3 MiB.
 */
export class ReportedPeople {
  readonly #feature: string;
  readonly #known: () => KnownSplit;
  #release: string | null = null;
  #hash: (id: string) => number = () => 1;
  #version = 0;
  /**
   * The running split as text, and its number. The number stays when a new log version leaves the split as it
   * is.
   */
  #split = '';
  #splitNumber = 1;
  #capacity = 0;
  #size = 0;
  #hashes = new Uint32Array(0);
  /** Bits: failed, converted. */
  #marks = new Uint8Array(0);
  #seenProd = new Uint8Array(0);
  #seenGray = new Uint8Array(0);
  #answers = new Uint8Array(0);

  constructor(feature: string, known: () => KnownSplit) {
    this.#feature = feature;
    this.#known = known;
    this.forget();
  }

  /** Number of people in the table. */
  get size(): number {
    return this.#size;
  }

  /** Size of the table, bytes. */
  get bytes(): number {
    return this.#capacity * (7 + ANSWERS);
  }

  /** Forgets everyone: news was dropped, or the table is full. */
  forget(): void {
    this.#size = 0;
    this.#resize(FIRST_CAPACITY);
  }

  /**
   * Adds to `news` what a measurement says about a person that was not sent yet. Only people of the cohort
   * `eligible` count.
   */
  record(decision: Decision, measured: Measurement, news: PeopleNews, hasTimes: boolean): void {
    const {user, requests = 0, errors = 0, conversions = 0, response_time: time} = measured;
    if (decision.cohort !== 'eligible' || decision.release === null || user === undefined) return;
    if ((typeof user !== 'string' && typeof user !== 'number') || user === '') return;
    if (decision.version > this.#version) this.#follow(decision);
    if (decision.release !== this.#release) return;
    const count = isCount(requests) ? requests : 0;
    news.named += count;
    if (news.isFull) return;
    const place = this.#place(this.#hash(String(user)));
    let marks = 0;
    // A decision on an older split does not count as seen under this split.
    if (count > 0 && decision.version === this.#version && this.#isNew(place, decision.side)) marks |= SEEN;
    const known = this.#marks[place] ?? 0;
    if (isCount(errors) && errors > 0) marks |= FAILED & ~known;
    if (isCount(conversions) && conversions > 0) marks |= CONVERTED & ~known;
    this.#marks[place] = known | (marks & (FAILED | CONVERTED));
    if (hasTimes && typeof time === 'number' && time >= 0 && time <= MOST_VALUE)
      marks |= this.#rise(place, levelOf(time));
    if (marks === 0) return;
    const at = place * ANSWERS;
    const slowest = (marks & SLOWEST) === 0 ? 0 : (this.#answers[at + SLOWEST_AT] ?? 0);
    const third = (marks & THIRD) === 0 ? 0 : (this.#answers[at + THIRD_AT] ?? 0);
    const tenth = (marks & TENTH) === 0 ? 0 : (this.#answers[at + TENTH_AT] ?? 0);
    news.push(this.#hashes[place] ?? 0, marks, slowest, third, tenth);
  }

  /** Follows another log version: the split or the release may differ. */
  #follow({version, release}: Decision): void {
    this.#version = version;
    if (release !== this.#release) {
      this.#release = release;
      this.#hash = personHasher(this.#feature, release ?? '');
      this.#split = '';
      this.forget();
    }
    const known = this.#known();
    const split = known.version === version ? JSON.stringify(known.split) : `version ${version}`;
    if (split === this.#split) return;
    this.#split = split;
    if (++this.#splitNumber <= MOST_SPLITS) return;
    this.#splitNumber = 1;
    this.#seenProd.fill(0);
    this.#seenGray.fill(0);
  }

  #isNew(place: number, side: Decision['side']): boolean {
    const seen = side === 'prod' ? this.#seenProd : this.#seenGray;
    if (seen[place] === this.#splitNumber) return false;
    seen[place] = this.#splitNumber;
    return true;
  }

  /** Adds a response time. @returns which of the slowest, third and tenth slowest it raises, as bits */
  #rise(place: number, level: number): number {
    const answers = this.#answers;
    const at = place * ANSWERS;
    const third = answers[at + THIRD_AT];
    const tenth = answers[at + TENTH_AT];
    const slowest = answers[at + SLOWEST_AT];
    if (!insertAnswer(answers, at, level)) return 0;
    return (
      (answers[at + SLOWEST_AT] === slowest ? 0 : SLOWEST) |
      (answers[at + THIRD_AT] === third ? 0 : THIRD) |
      (answers[at + TENTH_AT] === tenth ? 0 : TENTH)
    );
  }

  #place(hash: number): number {
    const known = this.#find(hash);
    if (this.#hashes[known] === hash) return known;
    if (this.#size >= this.#capacity * MOST_FULL) {
      if (this.#capacity >= MOST_CAPACITY) this.forget();
      else this.#resize(this.#capacity * 2);
    }
    const place = this.#find(hash);
    this.#hashes[place] = hash;
    this.#size++;
    return place;
  }

  #find(hash: number): number {
    const mask = this.#capacity - 1;
    let place = (Math.imul(hash, 0x9e3779b1) >>> 7) & mask;
    for (let there = this.#hashes[place]; there !== hash && there !== 0; there = this.#hashes[place])
      place = (place + 1) & mask;
    return place;
  }

  /** Allocates the columns, and copies the people that `size` counts. */
  #resize(capacity: number): void {
    const hashes = this.#hashes;
    const marks = this.#marks;
    const seenProd = this.#seenProd;
    const seenGray = this.#seenGray;
    const answers = this.#answers;
    const isKept = this.#size > 0;
    this.#capacity = capacity;
    this.#hashes = new Uint32Array(capacity);
    this.#marks = new Uint8Array(capacity);
    this.#seenProd = new Uint8Array(capacity);
    this.#seenGray = new Uint8Array(capacity);
    this.#answers = new Uint8Array(capacity * ANSWERS);
    if (!isKept) return;
    for (const [from, hash] of hashes.entries()) {
      if (hash === 0) continue;
      const to = this.#find(hash);
      this.#hashes[to] = hash;
      this.#marks[to] = marks[from] ?? 0;
      this.#seenProd[to] = seenProd[from] ?? 0;
      this.#seenGray[to] = seenGray[from] ?? 0;
      this.#answers.set(answers.subarray(from * ANSWERS, (from + 1) * ANSWERS), to * ANSWERS);
    }
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_VALUE;
}
