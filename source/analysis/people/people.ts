import {CONVERSIONS, ERRORS, REQUESTS, RESPONSE_TIME} from '../metric-table.ts';
import type {Side} from '../numbers.ts';
import type {Sample} from '../sample.ts';
import {LogHistogram} from '../sketches/log-histogram.ts';
import type {PeopleColumn, Rise} from './column.ts';
import {faultText, type DataFault, type PeopleFault} from './faults.ts';
import {ANSWER, Journal, readRow, TAUGHT, type Change, type JournalRow, type Position} from './journal.ts';
import {levelOf, personHasher} from './person.ts';
import {MOST_PEOPLE, PeopleTable} from './table.ts';
import {CONVERTED, FAILED, PeopleNews, SEEN, SLOWEST, TENTH, THIRD} from './wire.ts';

/** Where what is new is counted: a second of the side that told it; null: it is only learnt. */
export interface Into {
  column: PeopleColumn;
  slot: number;
}

/** What of an entry is to be taken. */
export interface Taking {
  /** What it tells of people: nothing else tells it. */
  isTold: boolean;
  /** It is behind what stored rows tell. Answers that come one by one would count a second time; all else may come again. */
  isNews: boolean;
  /** How many requests named a person: nothing else has told it. */
  isNamed: boolean;
}

/** Of the release that is measured. */
export interface PeopleBegin {
  release: string | null;
  /** Log version from which on the running split holds. */
  splitVersion: number;
  /** When it began, milliseconds since 1970. */
  since: number;
}

/** People reported as seen under a split that the log has not told yet. */
interface Ahead {
  hash: number;
  side: Side;
  split: number;
  second: number;
  isCounted: boolean;
  into: Into;
}

const MOST_AHEAD = 8192;
/** A log is no further behind its routers than this, seconds. */
const AHEAD_SECONDS = 15;
/** Numbers of splits in a byte. */
const MOST_SPLITS = 255;

/**
 * All that is known of the people of one release: what an entry tells of a person counts once, whatever side, instance
 * or split it comes from, and however often. The changes are kept as rows, from which another process makes the same.
 */
export class People {
  readonly #feature: string;
  readonly #most: number;
  readonly #news = new PeopleNews();
  readonly #faults = new Map<PeopleFault, number>();
  readonly #rises: Record<'slowest' | 'third' | 'tenth', Rise> = {
    slowest: {from: 0, to: 0},
    third: {from: 0, to: 0},
    tenth: {from: 0, to: 0},
  };
  #release: string | null = null;
  #split = 0;
  #since = 0;
  /** The running split by a number that fits a byte. */
  #splitNumber = 1;
  #table: PeopleTable;
  #journal = new Journal('');
  #hash: (id: string) => number = () => 1;
  #seen: Record<Side, number> = {prod: 0, gray: 0};
  /** Of the entry at hand, and up to which entry stored rows tell everything; null: no row was read. */
  #position: Position = {at: 0, count: 0};
  #known: Position | null = null;
  /** The newest row that was read: a second reading begins behind it. */
  #restored = Number.NEGATIVE_INFINITY;
  #ahead: Ahead[] = [];

  /** @param most people that are told apart */
  constructor(feature: string, most = MOST_PEOPLE) {
    this.#feature = feature;
    this.#most = most;
    this.#table = new PeopleTable(most);
  }

  /** What was left out, by name: each that has happened. */
  get faults(): DataFault[] {
    return Array.from(this.#faults, ([code, count]) => ({code, count, text: faultText(code, count)}));
  }

  /** Whether anything of people is to be told: what was known of them could be read. */
  get isKnown(): boolean {
    return !this.#faults.has('people-unread');
  }

  /** What was known of people of this release cannot be read: they would count a second time. */
  leaveOut(): void {
    this.#faults.set('people-unread', 1);
  }

  /** Up to which moment stored rows tell everything, milliseconds since 1970; null: none was read, or all is passed. */
  get knownAt(): number | null {
    return this.#known?.at ?? null;
  }

  /** People known in this release, on whichever side. */
  get size(): number {
    return this.#table.size;
  }

  /** Bytes of the table. */
  get bytes(): number {
    return this.#table.bytes;
  }

  /** People seen on a side since the split changed. */
  seen(side: Side): number {
    return this.#seen[side];
  }

  /** From here on people are those of this release, and seen anew under this split. */
  begin({release, splitVersion, since}: PeopleBegin): void {
    this.#since = since;
    if (release !== this.#release) {
      this.#release = release;
      this.#table = new PeopleTable(this.#most);
      this.#journal = new Journal(release ?? '');
      this.#hash = personHasher(this.#feature, release ?? '');
      this.#known = null;
      this.#restored = Number.NEGATIVE_INFINITY;
      this.#faults.delete('people-unread');
      this.#ahead = [];
      this.#splitNumber = 0;
      this.#split = -1;
    }
    if (splitVersion === this.#split) return;
    this.#split = splitVersion;
    this.#seen = {prod: 0, gray: 0};
    if (++this.#splitNumber > MOST_SPLITS) {
      this.#splitNumber = 1;
      this.#table.forgetSeen();
    }
    this.#seeAhead();
  }

  /** Whether this entry lies behind what stored rows tell. Asked once for every entry that says something of people. */
  isNews(sample: Sample): boolean {
    const {at, count} = this.#position;
    this.#position = sample.at === at ? {at, count: count + 1} : {at: sample.at, count: 1};
    const known = this.#known;
    if (known === null) return true;
    const isKnown = sample.at < known.at || (sample.at === known.at && this.#position.count <= known.count);
    if (!isKnown) this.#known = null;
    return !isKnown;
  }

  /** From here on entries come that no row knows of, whatever their time. */
  caughtUp(): void {
    this.#known = null;
  }

  /**
   * Takes what an entry of the running release says of people.
   * @param second since 1970 in which it happened
   * @param into null: it is of an older split, and only learnt
   */
  take(sample: Sample, second: number, into: Into | null, {isTold, isNews, isNamed}: Taking): void {
    if (this.#release === null || sample.cohort !== 'eligible') return;
    const named =
      sample.person === null
        ? this.#readNews(sample, second, into, isTold)
        : this.#readPerson(sample, second, into, isTold, isNews);
    if (isNamed && named > 0) into?.column.named(into.slot, named);
  }

  /** Rows of changes from `since` on, milliseconds since 1970, for the store. */
  rows(since: number): JournalRow[] {
    return this.#release === null ? [] : this.#journal.rows(since);
  }

  /**
   * Takes over what a stored row tells of this release. Rows must come in order, before any entry.
   * @param into where the changes of a second are counted; null: that second is not kept
   * @returns whether it is a row of this release
   */
  restore(row: JournalRow, into: (change: Change) => Into | null): boolean {
    const read = row.t <= this.#restored ? null : readRow(row);
    if (read === null || read.release !== this.#release) return false;
    this.#restored = row.t;
    for (const change of read.changes) {
      const isCounted = (change.marks & TAUGHT) === 0;
      const where = isCounted ? into(change) : null;
      this.#apply(change, where, true);
      if ((change.marks & SEEN) !== 0 && where !== null && change.split > this.#split)
        this.#remember(change, where, true);
    }
    this.#journal.goOn(row, read);
    this.#known = read.last;
    return true;
  }

  #fault(code: PeopleFault): void {
    this.#faults.set(code, (this.#faults.get(code) ?? 0) + 1);
  }

  /** The news of a batch. @returns requests that name a person */
  #readNews(sample: Sample, second: number, into: Into | null, isTold: boolean): number {
    const news = this.#news;
    // Hashes of another release, or of none, say nothing here.
    const isOurs = sample.release === this.#release && !sample.hasPeopleFault;
    if (!isOurs || news.decode(sample.bytes, sample.peopleFrom, sample.peopleTo) !== null) {
      this.#fault('people-unreadable');
      return 0;
    }
    if (isContradictory(news, sample)) {
      this.#fault('people-contradictory');
      return 0;
    }
    if (!isTold) return news.named;
    for (let index = 0; index < news.length; index++) {
      const at = index * 3;
      const change: Change = {
        hash: news.hashes[index] ?? 0,
        marks: news.marks[index] ?? 0,
        side: sample.side,
        second,
        split: sample.split,
        slowest: news.levels[at] ?? 0,
        third: news.levels[at + 1] ?? 0,
        tenth: news.levels[at + 2] ?? 0,
      };
      this.#learn(change, into);
    }
    return news.named;
  }

  /** An entry of a single request that names its person. @returns 1 where a request is in it */
  #readPerson(sample: Sample, second: number, into: Into | null, isTold: boolean, isNews: boolean): number {
    const requests = sample.valueOf(REQUESTS);
    if (requests > 1 || sample.peopleTo > 0) {
      this.#fault('people-contradictory');
      return 0;
    }
    const answer = isNews ? sample.numberOf(RESPONSE_TIME) : null;
    // Who names no split was seen under the one that held then.
    const isRunning = sample.split >= 0 || sample.at - sample.age >= this.#since;
    const marks =
      (requests === 1 && isRunning ? SEEN : 0) |
      (sample.valueOf(ERRORS) >= 1 ? FAILED : 0) |
      (sample.valueOf(CONVERSIONS) >= 1 ? CONVERTED : 0) |
      (answer === null ? 0 : ANSWER);
    if (!isTold || marks === 0) return requests;
    const slowest = answer === null ? 0 : levelOf(answer);
    const hash = this.#hash(sample.person ?? '');
    const {side, split} = sample;
    this.#learn({hash, marks, side, second, split, slowest, third: 0, tenth: 0}, into);
    return requests;
  }

  /** Takes over a change that an entry tells, and writes down what was new in it. */
  #learn(change: Change, into: Into | null): void {
    const news = this.#apply(change, into, false);
    if ((change.marks & SEEN) !== 0 && into !== null && change.split > this.#split)
      this.#remember(change, into, (news & SEEN) !== 0);
    if (news === 0) return;
    const marks = into === null ? news | TAUGHT : news;
    this.#journal.add({...change, marks, split: Math.max(change.split, this.#split)}, this.#position);
  }

  /** @returns the marks of what was new; `isStored`: it was new when it was written */
  #apply(change: Change, into: Into | null, isStored: boolean): number {
    const {hash, marks, side} = change;
    const table = this.#table;
    const place = table.place(hash);
    if (place < 0) {
      this.#fault('people-full');
      return 0;
    }
    const isSeen = (marks & SEEN) !== 0 && (isStored || into !== null);
    let news = isSeen && this.#see(place, side, !isStored || change.split >= this.#split) ? SEEN : 0;
    // Under an older split: in its second it was news.
    if (isSeen && isStored && change.split < this.#split) news = SEEN;
    const first = marks & (FAILED | CONVERTED) & ~(table.marks[place] ?? 0);
    table.marks[place] = (table.marks[place] ?? 0) | first;
    news |= first;
    const isAnswer = (marks & ANSWER) !== 0;
    if (isAnswer && table.answer(place, change.slowest)) news |= ANSWER;
    const {slowest, third, tenth} = isAnswer ? table.answers(place) : change;
    const rises = this.#rises;
    const risen =
      (raise(table.slowest, place, slowest, rises.slowest) ? SLOWEST : 0) |
      (raise(table.third, place, third, rises.third) ? THIRD : 0) |
      (raise(table.tenth, place, tenth, rises.tenth) ? TENTH : 0);
    if (news !== 0 || risen !== 0) into?.column.find(into.slot, news, rises);
    return isAnswer ? news : news | risen;
  }

  /** Whether a person is new on a side of the running split; remembers it. */
  #see(place: number, side: Side, isRunning: boolean): boolean {
    const seen = side === 'prod' ? this.#table.seenProd : this.#table.seenGray;
    if (!isRunning || seen[place] === this.#splitNumber) return false;
    seen[place] = this.#splitNumber;
    this.#seen[side]++;
    return true;
  }

  /** A router may have heard of a split before this process did. */
  #remember({hash, side, split, second}: Change, into: Into, isCounted: boolean): void {
    const [first] = this.#ahead;
    if (first !== undefined && (this.#ahead.length >= MOST_AHEAD || first.second < second - AHEAD_SECONDS))
      this.#ahead = this.#ahead.filter(one => one.second >= second - AHEAD_SECONDS).slice(-MOST_AHEAD / 2);
    this.#ahead.push({hash, side, split, second, isCounted, into});
  }

  /** Who was seen under the split that is the running one now has been seen under it. */
  #seeAhead(): void {
    const ahead = this.#ahead;
    this.#ahead = [];
    for (const {hash, side, split, second, isCounted, into} of ahead) {
      const place = split >= this.#split ? this.#table.placeOf(hash) : -1;
      if (place < 0 || !this.#see(place, side, true)) continue;
      if (!isCounted) into.column.find(into.slot, SEEN, NO_RISES);
      const marks = isCounted ? SEEN | TAUGHT : SEEN;
      const change = {hash, marks, side, second, split: this.#split, slowest: 0, third: 0, tenth: 0};
      this.#journal.add(change, this.#position);
    }
  }
}

const NO_RISE: Rise = {from: 0, to: 0};
const NO_RISES = {slowest: NO_RISE, third: NO_RISE, tenth: NO_RISE};

/** Whether an entry says anything of people. */
export function hasPeople({person, peopleTo, hasPeopleFault}: Sample): boolean {
  return person !== null || peopleTo > 0 || hasPeopleFault;
}

/** Raises a level, and tells from where to where. @returns whether it was lower */
function raise(levels: Uint8Array, place: number, level: number, rise: Rise): boolean {
  rise.from = levels[place] ?? 0;
  rise.to = Math.max(rise.from, level);
  levels[place] = rise.to;
  return rise.to > rise.from;
}

/** Whether a batch tells of more people than it has requests, errors, conversions or answers. */
function isContradictory(news: PeopleNews, sample: Sample): boolean {
  const counts = [0, 0, 0, 0, 0, 0];
  for (let index = 0; index < news.length; index++)
    for (let mark = 0; mark < counts.length; mark++)
      if (((news.marks[index] ?? 0) & (1 << mark)) !== 0) counts[mark] = (counts[mark] ?? 0) + 1;
  const [seen = 0, failed = 0, converted = 0, ...slow] = counts;
  const answers = answersOf(sample);
  return (
    news.named > sample.valueOf(REQUESTS) ||
    seen > news.named ||
    failed > sample.valueOf(ERRORS) ||
    converted > sample.valueOf(CONVERSIONS) ||
    slow.some(count => count > answers)
  );
}

/** How many response times an entry holds. */
function answersOf(sample: Sample): number {
  let count = 0;
  for (let index = 0; index < sample.length; index++) {
    if (sample.metrics[index]?.index !== RESPONSE_TIME) continue;
    const from = sample.from[index] ?? 0;
    const to = sample.to[index] ?? 0;
    count += to > from ? LogHistogram.countOf(sample.bytes, from, to) : 1;
  }
  return count;
}
