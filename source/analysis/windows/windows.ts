import type {DistinctSketch} from '../sketches/distinct-sketch.ts';
import {HostSeconds} from './host-seconds.ts';
import {Instances, type Loudest} from './instances.ts';
import {LogHistogram} from '../sketches/log-histogram.ts';
import {MetricTable, REQUESTS, type DeclaredMetrics} from '../metric-table.ts';
import type {Cohort, Side, SideNumbers, Span, WindowView} from '../numbers.ts';
import {readNumbers} from '../side-numbers.ts';
import {sumOf} from './reading.ts';
import {outliers} from './outliers.ts';
import {Repeats} from './repeats.ts';
import type {DataFault} from '../people/faults.ts';
import {hasPeople, People, type Into} from '../people/people.ts';
import type {PeopleSums} from '../people/column.ts';
import type {Change, JournalRow} from '../people/journal.ts';
import type {Sample} from '../sample.ts';
import {restoreTally, tallySecond} from './ring-tally.ts';
import {countsOf, RingReader, type PeopleCounts, type SecondCounts} from './ring-reader.ts';
import type {Tally} from './roll-up.ts';
import {RoutedSeconds} from './routed-seconds.ts';
import {SecondRing, type Place, type Seconds} from './second-ring.ts';
import {SeriesReader} from './series.ts';

export type {SecondCounts} from './ring-reader.ts';

/** A sample that claims to come from further ahead is set aside: a wrong clock must not empty the windows. */
export const MOST_AHEAD_MS = 5000;

/** So many seconds back instances are compared with each other. */
const OUTLIER_SECONDS = 60;

/** What became of a sample. */
export type Counted = 'counted' | 'repeat' | 'other-release' | 'older-split' | 'too-old' | 'ahead';

/** Samples that were understood but not counted for the running release, by why. */
export interface SetAside {
  /** They name another release. */
  otherRelease: number;
  /** They were decided on an older split, after the running one began. */
  olderSplit: number;
  /** Older than anything kept. */
  tooOld: number;
  /** More than five seconds ahead of the store's clock. */
  ahead: number;
  /** Measurements under one name too many. */
  unnamed: number;
}

/** What the windows are to speak of. */
export interface Begin {
  /** Null: none runs, everything counts. */
  release: string | null;
  /** Log version from which on the running split holds; samples naming an older one were decided on another. */
  splitVersion: number;
  /** When it began, the store's clock, milliseconds since 1970. */
  since: number;
  /** When the release was started, the same clock; absent: not known. */
  startedAt?: number;
  /** Counters that its plan speaks of: they are counted however many others there are. */
  counters?: readonly string[];
}

/** Before anybody said what the windows are to speak of. */
const NOTHING: Begin = {release: null, splitVersion: 0, since: 0};

export interface WindowOptions extends DeclaredMetrics {
  /** How much is kept, in seconds; an hour unless said otherwise. */
  keepSeconds?: number;
  /** Name of the feature: part of what the ids of its people are hashed with. */
  feature?: string;
  /** How late what is measured may come, milliseconds: rates are not divided by time that is still to be told of. */
  lateMs?: number;
}

/** What of a sample is to be counted, where roll-ups have told the rest. */
export type Part = 'all' | 'people' | 'requests';

/**
 * The measurements of a feature in seconds, for as long as the ring, on the store's clock. A span takes the seconds
 * that begin in it. Memory is bounded whatever arrives: the ring, 64 names beyond the declared, 16 384 instances.
 *
 * Of gauges each second keeps the newest value, whichever instance sent it. Numbers and `observedPercent` speak of
 * the running release and split only, from the millisecond it began in; series, which are charts, go on across
 * splits, and on prod across releases.
 */
export class Windows implements WindowView {
  readonly table: MetricTable;
  readonly #ring: SecondRing;
  readonly #reader: RingReader;
  readonly #series: SeriesReader;
  readonly #repeats = new Repeats();
  readonly #instances = new Instances();
  readonly #hosts = new HostSeconds();
  readonly #people: People;
  readonly #routed: RoutedSeconds;
  readonly #lateMs: number;
  readonly #newest: Record<Side, number | null> = {prod: null, gray: null};
  readonly #aside: SetAside = {otherRelease: 0, olderSplit: 0, tooOld: 0, ahead: 0, unnamed: 0};
  #repeated = 0;
  #begin = NOTHING;
  /** The second counted last, and its slot. */
  #second = -1;
  #slot = 0;

  constructor(options: WindowOptions = {}) {
    const keepSeconds = options.keepSeconds ?? 3600;
    this.table = new MetricTable(options, keepSeconds);
    this.#ring = new SecondRing(keepSeconds);
    this.#reader = new RingReader(this.#ring, this.table);
    this.#people = new People(options.feature ?? '');
    this.#routed = new RoutedSeconds(keepSeconds);
    this.#lateMs = options.lateMs ?? 0;
    this.#series = new SeriesReader(this.#ring, this.table);
  }

  /** What of the data does not count, by name, each that has happened; and instances that stand out in the last minute. */
  faults(): DataFault[] {
    const end = Math.floor(Math.max(this.#newest.prod ?? 0, this.#newest.gray ?? 0) / 1000) + 1;
    const first = Math.max(end - OUTLIER_SECONDS, Math.floor(this.#begin.since / 1000));
    return [...this.#people.faults, ...outliers(side => this.#hosts.over(side, first, end))];
  }

  /** Stored rows cannot be read: who counted before would count again, so nothing is told of people. */
  leavePeopleOut(): void {
    this.#people.leaveOut();
  }

  /** Changes whenever something is counted or forgotten in the second that begins at `t`; null: it is not kept. */
  changeAt(t: number): number | null {
    const first = Math.floor(t / 1000);
    const seconds = this.#ring.clip({first, end: first + 1});
    return seconds.first === first && seconds.end === first + 1 ? this.#ring.changeOf(seconds) : null;
  }

  /** How far back is kept, milliseconds. */
  get keptMs(): number {
    return this.#ring.slots * 1000;
  }

  /** The oldest moment that anything is known of, milliseconds since 1970; infinite while nothing is. */
  get knownFrom(): number {
    const {head, slots, earliest} = this.#ring;
    return Math.max(earliest, head - slots + 1) * 1000;
  }

  /** What the windows speak of. */
  get running(): Readonly<Begin> {
    return this.#begin;
  }

  /** Samples dropped because their instance had sent the same number before. */
  get repeats(): number {
    return this.#repeated;
  }

  get setAside(): Readonly<SetAside> {
    return this.#aside;
  }

  /**
   * From here on the windows speak of this release and split. Another release forgets what gray measured before it;
   * prod's past stays for the charts. The first call forgets nothing; it should come before the first sample, since
   * what was counted is not sorted anew.
   */
  begin(begin: Begin): void {
    this.table.reserve(begin.counters ?? [], Math.floor(begin.since / 1000));
    const other = begin.release !== null && begin.release !== this.#begin.release;
    if (other) this.#hosts.forgetGray();
    if (other && this.#begin !== NOTHING && this.#ring.forget('gray', Math.ceil(begin.since / 1000)))
      this.#newest.gray = null;
    // Of the second in which it began, what was counted until now was there before.
    const isLater = begin.since !== this.#begin.since && begin.since % 1000 !== 0;
    if (begin.since !== this.#begin.since) this.#instances.clear();
    this.#begin = begin;
    if (isLater) this.#ring.setAside(Math.floor(begin.since / 1000));
    this.#people.begin(begin);
  }

  /**
   * Counts a sample.
   * @param now the store's clock, milliseconds since 1970.
   */
  add(sample: Sample, now: number, part: Part = 'all'): Counted {
    const isNews = hasPeople(sample) && this.#people.isNews(sample);
    const time = sample.at - sample.age;
    if (!(time <= now + MOST_AHEAD_MS)) return this.#putAside('ahead', 'ahead');
    if (sample.instance !== null && sample.seq >= 0 && this.#repeats.isRepeat(sample.instance, sample.seq)) {
      this.#repeated++;
      return 'repeat';
    }
    const {release, splitVersion, since} = this.#begin;
    const otherRelease = release !== null && sample.release !== null && sample.release !== release;
    const olderSplit = sample.split >= 0 && sample.split < splitVersion;
    if (otherRelease && sample.side === 'gray') return this.#notOurs('other-release', time);
    const second = Math.floor(time / 1000);
    // What names the running split belongs to it, whatever the clock of its writer rounds to.
    const isBefore = sample.split < 0 && time < since && second === Math.floor(since / 1000);
    const place: Place = otherRelease || olderSplit || isBefore ? 'earlier' : sample.cohort;
    if (sample.routed > 0 && place === 'eligible') this.#routed.add(sample.side, second, sample.routed);
    // A side of which only decisions are known is as silent as before.
    if (sample.routed > 0 && sample.length === 0) return 'counted';
    if (second !== this.#second) {
      const slot = this.#ring.open(second);
      if (slot < 0) return this.#putAside('tooOld', 'too-old');
      this.#second = second;
      this.#slot = slot;
    }
    if (hasPeople(sample) && !otherRelease) {
      const column = place === 'eligible' ? this.#ring.lane(sample.side, place).newPeople() : null;
      const into = column === null ? null : {column, slot: this.#slot};
      this.#people.take(sample, second, into, {
        isTold: part !== 'requests',
        isNews,
        isNamed: part !== 'people',
      });
    }
    if (part === 'people') return 'counted';
    for (let index = 0; index < sample.length; index++) {
      const metric = sample.metrics[index];
      if (metric !== undefined && metric.lastSecond < second) metric.lastSecond = second;
    }
    if (place === 'eligible' && sample.instance !== null && time >= since)
      this.#instances.count(sample.side, sample.instance, sample.valueOf(REQUESTS), time);
    if (sample.cohort === 'eligible' && sample.instance !== null)
      this.#hosts.count(sample, sample.instance, second);
    this.#aside.unnamed += sample.unnamed;
    this.#ring.lane(sample.side, place).add(sample, this.#slot, time);
    this.#ring.touch(this.#slot);
    if (time > (this.#newest[sample.side] ?? 0)) this.#newest[sample.side] = time;
    if (place !== 'earlier' || isBefore) return 'counted';
    return this.#notOurs(otherRelease ? 'other-release' : 'older-split', time);
  }

  /**
   * Numbers of one side over a span, from the begin of the running split on. `requestsPerSecond` divides by the part
   * of the span since that begin, or since the first sample of all where that came later.
   */
  numbers(side: Side, span: Span, cohort?: Cohort): SideNumbers {
    const {first, end} = this.#seconds(span);
    const toldUntil = Math.max(this.#newest.prod ?? 0, this.#newest.gray ?? 0, span.to - this.#lateMs);
    const from = Math.max(first * 1000, this.#begin.since);
    const seconds = {first, end, from, to: Math.min(span.to, toldUntil)};
    return readNumbers(this.#ring, this.table, side, cohort ?? 'cohorts', seconds);
  }

  /**
   * Steps begin at whole multiples of `stepMs` since 1970, so that a value stays where it is while time passes; the
   * last one holds `span.to`, and there are as many as fit, rounded up. A rate is null in a step that has lasted
   * less than a second.
   */
  series(side: Side, metric: string, span: Span, stepMs: number): (number | null)[] {
    return this.#series.read(side, metric, span, stepMs);
  }

  observedPercent(span: Span): number | null {
    const whole = this.#seconds(span);
    const seconds = this.#ring.clip(whole);
    const {slots} = this.#ring;
    const prod = sumOf(this.#ring.lanes('prod', 'eligible'), REQUESTS, seconds, slots);
    const gray = sumOf(this.#ring.lanes('gray', 'eligible'), REQUESTS, seconds, slots);
    return prod + gray > 0 ? (gray / (prod + gray)) * 100 : this.#routed.grayPercent(whole);
  }

  otherNames(): string[] {
    return this.table.all
      .filter(metric => this.table.isOther(metric) && metric.lastSecond >= 0)
      .map(metric => metric.name)
      .sort();
  }

  newestAt(side: Side): number | null {
    return this.#newest[side];
  }

  /** Requests of a side over a span and the entries they came in, for the running split; far cheaper than `numbers`. */
  arrivals(side: Side, span: Span, cohort?: Cohort): {requests: number; entries: number} {
    return this.#reader.arrivals(side, cohort ?? null, this.#seconds(span));
  }

  /** Sum of a counter of a side over a span; null if no sample reports it on that side, or it is no counter. */
  counted(side: Side, name: string, span: Span, cohort?: Cohort): number | null {
    return this.#reader.counted(side, cohort ?? null, name, this.#seconds(span));
  }

  /** Newest value of a gauge of a side in a span; null without any. */
  gauge(side: Side, name: string, span: Span, cohort?: Cohort): number | null {
    return this.#reader.gauge(side, cohort ?? null, name, this.#seconds(span));
  }

  /** The eligible requests of the instance that says most, over the minute before `at`; null where none gives its name. */
  loudest(side: Side, at: number): Loudest | null {
    return this.#instances.loudest(side, at);
  }

  /** Different users of a side in a span, estimated; null if no sample counts them. */
  users(side: Side, span: Span, cohort?: Cohort): number | null {
    return this.#reader.users(side, cohort ?? null, this.#seconds(span));
  }

  /**
   * How many people of the eligible cohort were first seen on a side since the split changed, and failed or converted
   * there for the first time in the release, over a span; null where requests hardly ever name a person.
   */
  people(side: Side, span: Span): PeopleCounts | null {
    return countsOf(this.peopleSums(side, span));
  }

  /** People of the eligible cohort who were seen on a side since the split changed. */
  peopleSeen(side: Side): number {
    return this.#people.seen(side);
  }

  /** The same counts with the requests that they come from, to be added to those of another span. */
  peopleSums(side: Side, span: Span): PeopleSums {
    const sums = this.#reader.people(side, this.#seconds(span));
    return this.#people.isKnown ? sums : {...sums, named: 0};
  }

  /** Adds the users of a side in a span to those of another one. */
  mergeUsers(into: DistinctSketch, side: Side, span: Span, cohort?: Cohort): void {
    this.#reader.mergeUsers(into, side, cohort ?? null, this.#seconds(span));
  }

  /**
   * End of the newest second of a span in which something of a side arrived, for the running split; at most the end
   * of the span. Null without any.
   */
  heardAt(side: Side, span: Span, cohort?: Cohort): number | null {
    const second = this.#reader.heardIn(side, cohort ?? null, this.#seconds(span));
    return second === null ? null : Math.min((second + 1) * 1000, span.to);
  }

  /** The values of a distribution over a span, for quantiles beyond the usual; null without any. */
  distribution(side: Side, name: string, span: Span, cohort?: Cohort): LogHistogram | null {
    const values = new LogHistogram();
    this.#reader.mergeValues(values, side, cohort ?? null, name, this.#seconds(span));
    return values.count === 0 ? null : values;
  }

  /**
   * The second that holds `at`, for the running split or before it; null when it is not kept. `everything`: all cohorts,
   * and what was decided on older splits or under older releases, too.
   */
  second(side: Side, at: number, cohort: Cohort | 'everything'): SecondCounts | null {
    const second = Math.floor(at / 1000);
    const counts = this.#reader.place(side, cohort, second, this.#begunSecond);
    if (counts === null) return null;
    const instances = this.#hosts.at(side, second);
    if (instances.length > 0) counts.instances = instances;
    if (!this.#people.isKnown) counts.people = null;
    return counts;
  }

  /** All that was measured in the second that begins at `t`, for the store's roll-ups; null when nothing was. */
  rollUp(t: number): Tally | null {
    return tallySecond(this.#ring, this.table, Math.floor(t / 1000), this.#begin.release);
  }

  /**
   * Puts a second back from its roll-up, in the place of what is there. `keepsFindings`: what stored rows and samples
   * have told of people stays.
   * @returns false when it is no second, or older than anything kept.
   */
  restore(tally: Tally, keepsFindings = false): boolean {
    this.#second = -1;
    const {release} = this.#begin;
    if (!restoreTally(this.#ring, this.table, tally, {release, ms: 1000, keepsFindings})) return false;
    for (const {side} of tally.parts) this.#newest[side] = Math.max(this.#newest[side] ?? 0, tally.t);
    return true;
  }

  /** What is new about people, in rows for the store; those from `since` on, milliseconds since 1970. */
  peopleRows(since: number): JournalRow[] {
    return this.#people.rows(since);
  }

  /**
   * Takes over a stored row of what was new about people. In order, and before the first sample.
   * @param now the store's clock, milliseconds since 1970: what claims to come later is learnt, and not counted
   * @returns whether it tells of the running release
   */
  restorePeople(row: JournalRow, now: number): boolean {
    this.#second = -1;
    const latest = Math.floor((now + MOST_AHEAD_MS) / 1000);
    return this.#people.restore(row, change => (change.second > latest ? null : this.#placeOf(change)));
  }

  /** Up to which moment rows tell everything about people, the store's clock; null: none does. */
  get peopleKnownAt(): number | null {
    return this.#people.knownAt;
  }

  /** The past has been read: what comes now is in no row. */
  caughtUp(): void {
    this.#people.caughtUp();
  }

  /** Where a stored change is counted; null: its second is not kept, or its split began in the middle of it. */
  #placeOf({side, second, split}: Change): Into | null {
    const {since, splitVersion} = this.#begin;
    const isBefore = split < splitVersion && second === Math.floor(since / 1000) && since % 1000 !== 0;
    const slot = isBefore ? -1 : this.#ring.open(second);
    return slot < 0 ? null : {column: this.#ring.lane(side, 'eligible').newPeople(), slot};
  }

  /** The second in which the release began: what came before it in that second is set aside. 0 where none runs. */
  get #begunSecond(): number {
    const {release, startedAt, since} = this.#begin;
    return release === null ? 0 : Math.floor((startedAt ?? since) / 1000);
  }

  /** The seconds that begin in a span and that the running split has a say in: the one it began in is one of them. */
  #seconds(span: Span): Seconds {
    const {since} = this.#begin;
    return {
      first: span.from <= since ? Math.floor(since / 1000) : Math.ceil(span.from / 1000),
      end: Math.ceil(span.to / 1000),
    };
  }

  /** What was there before the split is no news; what comes after it shows that a router lags. */
  #notOurs(counted: 'other-release' | 'older-split', time: number): Counted {
    if (time < this.#begin.since) return counted;
    return this.#putAside(counted === 'other-release' ? 'otherRelease' : 'olderSplit', counted);
  }

  #putAside(why: keyof SetAside, counted: Counted): Counted {
    this.#aside[why]++;
    return counted;
  }
}
