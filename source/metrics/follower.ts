import {setImmediate as nextTurn, setTimeout as pause} from 'node:timers/promises';
import {decodeTally, KEEP_MINUTES_MS, KEEP_SECONDS_MS} from '../analysis/windows/roll-up.ts';
import type {StreamStatus} from '../analysis/numbers.ts';
import {plainText} from '../text/plain-text.ts';
import {Sample} from '../analysis/sample.ts';
import {
  MOST_AHEAD_MS,
  Windows,
  type Begin,
  type Part,
  type SetAside,
  type WindowOptions,
} from '../analysis/windows/windows.ts';
import {busyPart, holdsAll, NEWEST_MS, type RolledUp} from './rolled-up.ts';
import {SampleParser} from './sample.ts';
import {startOf} from '../release/well-formed.ts';

/** An entry as a store hands it out. */
export interface Entry {
  id: string;
  /** The store's clock when it was written, milliseconds since 1970. */
  at: number;
  fields: string[];
}

/** What a store must offer to be followed: entries oldest first, none twice, none left out. */
export interface SampleSource {
  /** Entries are made of what Prometheus scraped: they can be made again, and come late. Absent: a store wrote them. */
  readonly isMadeOfScrapes?: true;
  lastId(): Promise<string>;
  history(sinceMs: number, onBatch: (entries: Entry[]) => void, signal: AbortSignal): Promise<string>;
  follow(
    afterId: string,
    onBatch: (entries: Entry[]) => void,
    signal: AbortSignal,
    onStatus?: (status: {away: string | null}) => void,
  ): Promise<void>;
}

/** Where roll-ups of whole seconds can be read, for what the stream has lost already. */
export interface RollUpSource {
  read(
    kind: 'seconds' | 'minutes' | 'people',
    sinceMs: number,
    take?: (slice: {t: number; body: string}[]) => Promise<void>,
  ): Promise<{t: number; body: string}[]>;
}

export interface MeasurementOptions extends WindowOptions {
  samples: SampleSource;
  rollUps?: RollUpSource;
  /** The store's clock, milliseconds since 1970. */
  now: () => number;
  /** The time of the newest id that the stream has given, milliseconds since 1970; null: none, or ids are no times. */
  clockAt?: () => Promise<number | null>;
  /** How far back to read at the start, in milliseconds; 15 minutes unless said otherwise. */
  historyMs?: number;
}

/** The stream's status with what was understood but not counted. */
export interface MeasurementStatus extends StreamStatus {
  setAside: Readonly<SetAside>;
}

const HISTORY_MS = 15 * 60_000;
/** Entries written so long after a moment hardly speak of it, milliseconds. */
const LATE_MS = 5000;
/** Milliseconds for which a screen keeps what roll-ups held before new entries change it. */
const FIRST_FRAME_MS = 100;
/** Roll-ups restored in one go: there is a screen to draw meanwhile. */
const AT_ONCE = 50;
/** How often the stream's own clock is looked at, milliseconds. */
const CLOCK_EVERY_MS = 2000;
/** A stream this little ahead of the clock is the clock's reading, not a fault. */
const TOLERATED_AHEAD_MS = 1000;
/** No more than one example of an entry that did not parse in this time. */
const JUNK_EVERY_MS = 5000;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5000;

/** The measurements of a feature as they arrive: the past at once, then everything new, in `windows`. */
export class Measurements {
  readonly windows: Windows;
  readonly #options: MeasurementOptions;
  readonly #parser: SampleParser;
  readonly #sample = new Sample();
  readonly #abort = new AbortController();
  readonly #listeners = new Set<() => void>();
  readonly #ready = Promise.withResolvers<void>();
  #running: Promise<void> | null = null;
  #entries = 0;
  #junk = 0;
  #lastJunk: string | null = null;
  #lastJunkAt = Number.NEGATIVE_INFINITY;
  #away: string | null = null;
  #lastId: string | null = null;
  #firstAt = Number.POSITIVE_INFINITY;
  /** The time of the newest id, as far as it is known. */
  #streamAt = Number.NEGATIVE_INFINITY;

  constructor(options: MeasurementOptions) {
    this.#options = options;
    this.windows = new Windows(options);
    this.#parser = new SampleParser(this.windows.table);
  }

  /** Begins to read. Resolves once the past has been read, however long the store is away, or on `close`. */
  start(): Promise<void> {
    this.#running ??= this.#run();
    return this.#ready.promise;
  }

  /** From here on the numbers speak of this release and split only. Call it before `start` where one is running. */
  setRelease(begin: Begin): void {
    this.windows.begin(begin);
    this.#tell();
  }

  /** Id of the newest entry read; null before the first was. */
  get lastId(): string | null {
    return this.#lastId;
  }

  status(): MeasurementStatus {
    const ahead = this.#streamAt - this.#options.now();
    return {
      entries: this.#entries,
      repeats: this.windows.repeats,
      junk: this.#junk,
      lastJunk: this.#lastJunk,
      lastJunkAt: this.#lastJunk === null ? null : this.#lastJunkAt,
      away: this.#away,
      aheadMs: ahead > TOLERATED_AHEAD_MS ? ahead : null,
      setAside: this.windows.setAside,
    };
  }

  /** Called after every batch and change of status, as often as they come; returns the way to stop. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const {signal} = this.#abort;
    let busy: RolledUp | null = null;
    await this.#persist(async () => {
      // After a failure in the middle, what follows the last entry is all that is missing.
      if (this.#lastId === null) busy = await this.#readNewest();
    });
    await this.#readOlder(busy).catch(() => undefined);
    await this.#readClock();
    this.windows.caughtUp();
    this.#tell();
    this.#ready.resolve();
    void this.#watchClock();
    await this.#persist(async () => {
      if (this.#away !== null) {
        // A quiet stream gives no sign of its own that it can be read again.
        await this.#options.samples.lastId();
        this.#setAway(null);
      }
      await this.#options.samples.follow(
        this.#lastId ?? '',
        batch => this.#take(batch, undefined, 'live'),
        signal,
        ({away}) => this.#setAway(away),
      );
      if (!signal.aborted) throw new Error('the stream of samples ended');
    });
  }

  /** A stream that was mended goes on from an earlier id: what was read last says nothing then. */
  async #readClock(): Promise<void> {
    const at = await this.#options.clockAt?.().catch(() => null);
    if (typeof at === 'number') this.#streamAt = at;
  }

  async #watchClock(): Promise<void> {
    const {signal} = this.#abort;
    while (!signal.aborted) {
      await pause(CLOCK_EVERY_MS, undefined, {signal, ref: false}).catch(() => undefined);
      const before = this.status().aheadMs;
      if (!signal.aborted) await this.#readClock();
      if ((before === null) !== (this.status().aheadMs === null)) this.#tell();
    }
  }

  /** Does it until it is done or the end; a store that fails is away meanwhile. */
  async #persist(read: () => Promise<void>): Promise<void> {
    const {signal} = this.#abort;
    for (let wait = FIRST_RETRY_MS; !signal.aborted; wait = Math.min(wait * 2, LONGEST_RETRY_MS))
      try {
        await read();
        this.#setAway(null);
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.#setAway(plainText(error instanceof Error ? error.message : String(error), 200));
        await pause(wait, undefined, {signal}).catch(() => undefined);
      }
  }

  #since(): number {
    return this.#options.now() - (this.#options.historyMs ?? HISTORY_MS);
  }

  /**
   * The past from the stream, all of it; of a busy one the newest part, from roll-ups and what came after them. Returns
   * that part, null for all.
   */
  async #readNewest(): Promise<RolledUp | null> {
    const {samples, rollUps, now} = this.#options;
    const {signal} = this.#abort;
    await this.#readPeople();
    const begin = Math.max(this.#since(), now() - NEWEST_MS);
    const rows = (await rollUps?.read('seconds', begin).catch(() => [])) ?? [];
    const busy = samples.isMadeOfScrapes === true ? null : busyPart(rows, now());
    if (busy === null) {
      this.#lastId = await samples.history(this.#since(), batch => this.#take(batch), signal);
      return null;
    }
    for (const tally of busy.tallies) this.windows.restore(tally, true);
    this.#tell();
    await pause(FIRST_FRAME_MS, undefined, {signal}).catch(() => undefined);
    // What a roll-up has told is not told twice; what is new about people stands in rows of their own, and they end earlier.
    const partOf = (time: number): Part => (time >= busy.until ? 'all' : 'people');
    const since = Math.min(busy.until, this.windows.peopleKnownAt ?? busy.until);
    this.#lastId = await samples.history(since, batch => this.#take(batch, partOf), signal);
    return busy;
  }

  /** All that was ever new about people in the running release. */
  async #readPeople(): Promise<void> {
    const {rollUps, now} = this.#options;
    const {release, startedAt} = this.windows.running;
    if (release === null || rollUps === undefined) return;
    try {
      await rollUps.read('people', startedAt ?? now() - KEEP_MINUTES_MS, async rows => {
        for (const row of rows) this.windows.restorePeople(row, now());
        await nextTurn();
      });
    } catch (error) {
      // A Redis user made before there were such rows: everything else can be read.
      const isForbidden = error instanceof Error && 'code' in error && error.code === 'store-no-rights';
      if (!isForbidden) throw error;
      this.windows.leavePeopleOut();
    }
  }

  /** What roll-ups know beyond what was read from the stream; where they do not know all of it, the stream. */
  async #readOlder(busy: RolledUp | null): Promise<void> {
    const {rollUps, now} = this.#options;
    const {signal} = this.#abort;
    const rows = (await rollUps?.read('seconds', this.#since()).catch(() => [])) ?? [];
    let before = Math.min(this.#firstAt, now());
    if (busy !== null) {
      const firstAt = await this.#firstInStream();
      before = busy.from - 1;
      if (firstAt !== null && !holdsAll(rows, firstAt))
        before = Math.min(firstAt, await this.#readUntil(busy.from));
    }
    await this.#readMinutes(Math.min(rows[0]?.t ?? before, before));
    for (const [index, {t, body}] of rows.entries()) {
      if (t > before || signal.aborted) break;
      const tally = decodeTally(t, body);
      if (tally !== null) this.windows.restore(tally, true);
      if (index % AT_ONCE === AT_ONCE - 1) await nextTurn();
    }
  }

  /** What lies longer ago than seconds are kept: all of a minute stands in its first second. */
  async #readMinutes(end: number): Promise<void> {
    const {rollUps, now} = this.#options;
    // Of what is longer ago there are minutes only.
    if (this.#since() >= now() - KEEP_SECONDS_MS) return;
    const rows = (await rollUps?.read('minutes', this.#since()).catch(() => [])) ?? [];
    for (const [index, {t, body}] of rows.entries()) {
      const tally = t + 60_000 <= end ? decodeTally(t, body) : null;
      if (tally?.ms === 60_000) this.windows.restore({...tally, ms: 1000}, true);
      if (index % AT_ONCE === AT_ONCE - 1) await nextTurn();
    }
  }

  /** When the oldest entry that the past goes back to was written; null: there is none. */
  async #firstInStream(): Promise<number | null> {
    const looked = new AbortController();
    let firstAt: number | null = null;
    const look = ([first]: Entry[]): void => {
      firstAt ??= first?.at ?? null;
      looked.abort();
    };
    const signal = AbortSignal.any([looked.signal, this.#abort.signal]);
    await this.#options.samples.history(this.#since(), look, signal);
    return firstAt;
  }

  /** Reads what the stream holds before a moment, for which all that follows is there already. */
  async #readUntil(end: number): Promise<number> {
    const passed = new AbortController();
    const lastId = this.#lastId;
    const take = (batch: Entry[]): void => {
      this.#take(batch, time => (time < end ? 'requests' : null));
      if ((batch.at(-1)?.at ?? 0) > end + LATE_MS) passed.abort();
    };
    const signal = AbortSignal.any([passed.signal, this.#abort.signal]);
    await this.#options.samples.history(this.#since(), take, signal);
    this.#lastId = lastId;
    return end - 1;
  }

  /**
   * @param partOf what is wanted of a sample of this moment; null: nothing
   * @param read `live`: entries came as they were written. One with an id from the future came now then, whatever clock
   * the stream counts by; of the past it is not known when.
   */
  #take(
    entries: Entry[],
    partOf: (time: number) => Part | null = () => 'all',
    read: 'past' | 'live' = 'past',
  ): void {
    const now = this.#options.now();
    const latest = read === 'live' ? now + MOST_AHEAD_MS : Number.POSITIVE_INFINITY;
    for (const entry of entries) {
      const {id, fields} = entry;
      if (entry.at > this.#streamAt) this.#streamAt = entry.at;
      const at = entry.at > latest ? now : entry.at;
      this.#entries++;
      this.#lastId = id;
      if (at < this.#firstAt) this.#firstAt = at;
      const wrong = this.#parser.parse(fields, at, this.#sample);
      if (wrong !== null) {
        this.#discard(wrong, fields, now);
        continue;
      }
      const part = partOf(this.#sample.at - this.#sample.age);
      if (part !== null) this.windows.add(this.#sample, now, part);
    }
    if (entries.length > 0) this.#tell();
  }

  #discard(wrong: string, fields: readonly string[], now: number): void {
    this.#junk++;
    if (now - this.#lastJunkAt < JUNK_EVERY_MS) return;
    this.#lastJunkAt = now;
    // Who it was is not shown, also where the rest of the entry is wrong.
    const shown = fields
      .slice(0, 16)
      .map((field, index) => (index % 2 === 1 && fields[index - 1] === 'person' ? '…' : startOf(field, 64)));
    this.#lastJunk = plainText(`${wrong}: ${shown.join(' ')}`, 160);
  }

  #setAway(away: string | null): void {
    if (away === this.#away) return;
    this.#away = away;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
