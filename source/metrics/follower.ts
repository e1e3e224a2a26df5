import {setTimeout as pause} from 'node:timers/promises';
import type {StreamStatus} from '../analysis/numbers.ts';
import {plainText} from '../analysis/plain-text.ts';
import {Sample} from '../analysis/sample.ts';
import {Windows, type Begin, type SetAside, type WindowOptions} from '../analysis/windows.ts';
import {reachesBack, readRolledUp, type RolledUp} from './rolled-up.ts';
import {SampleParser} from './sample.ts';

/** An entry as a store hands it out. */
export interface Entry {
  id: string;
  /** The store's clock when it was written, milliseconds since 1970. */
  at: number;
  fields: string[];
}

/** What a store must offer to be followed: entries oldest first, none twice, none left out. */
export interface SampleSource {
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
  read(kind: 'seconds', sinceMs: number): Promise<{t: number; body: string}[]>;
}

export interface MeasurementOptions extends WindowOptions {
  samples: SampleSource;
  rollUps?: RollUpSource;
  /** The store's clock, milliseconds since 1970. */
  now: () => number;
  /** How far back to read at the start, in milliseconds; 15 minutes unless said otherwise. */
  historyMs?: number;
}

/** The stream's status with what was understood but not counted. */
export interface MeasurementStatus extends StreamStatus {
  setAside: Readonly<SetAside>;
}

const HISTORY_MS = 15 * 60_000;
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
  #newestAt = Number.NEGATIVE_INFINITY;
  /** Everything before this moment was there already, from roll-ups; 0: nothing. */
  #restoredTo = 0;
  /** While the past is read. */
  #isPast = false;

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
    const ahead = this.#newestAt - this.#options.now();
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
    let rolledUp: RolledUp | null = null;
    await this.#persist(async () => {
      // After a failure in the middle, what follows the last entry is all that is missing.
      if (this.#lastId !== null) return;
      rolledUp ??= await this.#readRolledUp();
      await this.#readPast(rolledUp);
    });
    if (rolledUp !== null && this.#restoredTo === 0)
      this.#restore(rolledUp, Math.min(this.#firstAt, this.#options.now()));
    this.#ready.resolve();
    await this.#persist(async () => {
      if (this.#away !== null) {
        // A quiet stream gives no sign of its own that it can be read again.
        await this.#options.samples.lastId();
        this.#setAway(null);
      }
      await this.#options.samples.follow(
        this.#lastId ?? '',
        batch => this.#take(batch),
        signal,
        ({away}) => this.#setAway(away),
      );
      if (!signal.aborted) throw new Error('the stream of samples ended');
    });
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

  async #readRolledUp(): Promise<RolledUp> {
    const rows = await this.#options.rollUps?.read('seconds', this.#since()).catch(() => []);
    return readRolledUp(rows ?? [], this.#options.now());
  }

  #since(): number {
    return this.#options.now() - (this.#options.historyMs ?? HISTORY_MS);
  }

  /** The past from the stream; where it holds too many entries for that, from roll-ups, and its newest part only. */
  async #readPast(rolledUp: RolledUp): Promise<void> {
    const {samples} = this.#options;
    let since = this.#since();
    if (rolledUp.until !== null && (await this.#holdsAll(rolledUp, since))) {
      since = rolledUp.until;
      this.#restoredTo = since;
      this.#restore(rolledUp, since);
    }
    this.#isPast = true;
    try {
      this.#lastId = await samples.history(since, batch => this.#take(batch), this.#abort.signal);
    } finally {
      this.#isPast = false;
    }
  }

  /** Whether roll-ups hold all that the stream does, but for its newest part. */
  async #holdsAll(rolledUp: RolledUp, since: number): Promise<boolean> {
    const looked = new AbortController();
    let firstAt: number | null = null;
    const look = ([first]: Entry[]): void => {
      firstAt ??= first?.at ?? null;
      looked.abort();
    };
    await this.#options.samples.history(since, look, AbortSignal.any([looked.signal, this.#abort.signal]));
    return firstAt !== null && reachesBack(rolledUp, firstAt);
  }

  #restore({tallies}: RolledUp, until: number): void {
    for (const tally of tallies) if (tally.t <= until) this.windows.restore(tally);
    this.#tell();
  }

  #take(entries: Entry[]): void {
    const now = this.#options.now();
    for (const entry of entries) {
      const {id, at, fields} = entry;
      this.#entries++;
      this.#lastId = id;
      if (at > this.#newestAt) this.#newestAt = at;
      if (at < this.#firstAt) this.#firstAt = at;
      const wrong = this.#parser.parse(fields, at, this.#sample);
      // What a roll-up has told is not told twice.
      const isTold = this.#isPast && this.#sample.at - this.#sample.age < this.#restoredTo;
      if (wrong === null && isTold) continue;
      if (wrong === null) this.windows.add(this.#sample, now);
      else this.#discard(wrong, fields, now);
    }
    if (entries.length > 0) this.#tell();
  }

  #discard(wrong: string, fields: readonly string[], now: number): void {
    this.#junk++;
    if (now - this.#lastJunkAt < JUNK_EVERY_MS) return;
    this.#lastJunkAt = now;
    const shown = fields.slice(0, 16).map(field => field.slice(0, 64));
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
