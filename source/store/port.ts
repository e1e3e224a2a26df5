import type {Identity} from '../release/command.ts';
import type {Commit} from '../release/commit.ts';
import type {FreezeEntry} from '../release/freeze.ts';
import type {KeptOutput, StepOutput} from '../release/step-output.ts';

/** A sample entry as it lies in the stream: field names and values, not yet understood. */
export interface SampleEntry {
  /** The store's id: later entries have greater ones; pass it to `follow` to resume. */
  id: string;
  /** The store's clock when it was written, milliseconds since 1970. */
  at: number;
  /** Alternating names and values, as written; of one beyond 128 KiB perhaps only the beginning. */
  fields: string[];
}

/** What a router says of itself, every few seconds. */
export interface RouterReport {
  /** Unique: `sdk web-3/812`, `nginx edge-1`. */
  name: string;
  kind: 'sdk' | 'nginx' | 'demo';
  /** Log version whose split it applies. */
  version: number;
  /** Release and percent it applies; percent 0 and live false after a rollback. */
  release: string | null;
  percent: number;
  live: boolean;
  /** Longest time until it is at prod by itself when cut off, in milliseconds. */
  boundMs: number;
  /** What keeps it from doing what is set: a word and a sentence, `site-broken: …`; absent: nothing. */
  trouble?: string;
}
export interface StoredRouterReport extends RouterReport {
  /** The store's clock at the write. */
  at: number;
}

/**
 * `written`: it is in the log (even when the reply was lost on the way). `putAside`: what stood behind its parent could
 * not be read, and is kept outside the log. `conflict`: another commit was first.
 */
export type AppendResult = {outcome: 'written'; putAside?: true} | {outcome: 'conflict'};

/**
 * News of the log. `commit`: the next one, read from the log, never a gap, never a repeat. `notice`: a notification says that
 * this commit rolls back, and the log has not been read since; anyone with the right to publish can say so. With null the
 * log has been read: the commit came before as news, or there is none. `broken`: the chain of parents does not hold
 * (lost tail, deleted key, forged id); everything read so far is void and the follower begins again at version 1.
 * `away`/`back`: the store cannot be reached, and can again.
 */
export type LogNews =
  | {type: 'commit'; commit: Commit}
  | {type: 'notice'; commit: Commit | null}
  | {type: 'broken'; why: string}
  | {type: 'away'; why: string}
  | {type: 'back'};

export interface LogReader {
  /** Newest commit that belongs to the chain, or null when there is none. */
  head(): Promise<Commit | null>;
  /**
   * Commits after `version`, in order, as far as the chain holds. `take`: they are handed over slice by slice, so that a
   * long log never lies in memory as a whole, and none of them is given back at the end. `onBreak`: told why the chain
   * ends before the log does.
   */
  read(
    afterVersion: number,
    take?: (slice: Commit[]) => void,
    onBreak?: (why: string) => void,
  ): Promise<Commit[]>;
  /** Runs until the signal aborts. Begins with everything after `after` (null: from the start). Never blocks longer than 2 s without looking at head and chain again. */
  follow(
    after: {version: number; id: string} | null,
    onNews: (news: LogNews) => void,
    signal: AbortSignal,
  ): Promise<void>;
}

export interface LogWriter {
  /**
   * Writes `commit` as the entry after `commit.parent`, or tells that another was first. Never sent twice blindly:
   * after a lost reply it looks whether the winner is this commit. What lies behind the parent and cannot follow it
   * (junk, a forged id) is put aside: a rollback can always be written. Rings the bell.
   */
  append(commit: Commit): Promise<AppendResult>;
}

/** A try of the way to the end of the log. */
export interface LogRehearsal {
  /**
   * Goes the whole way of `append` and takes the commit away again in the same step: readers never see it, and nothing is
   * put aside. Says what `append` would say, and throws what it would throw.
   */
  rehearse(commit: Commit): Promise<AppendResult>;
}

/** News of the sample stream, in order; `age` fields are the reader's business. */
export interface SampleReader {
  /** The newest id, where a follower would begin to see only what is new. */
  lastId(): Promise<string>;
  /** Entries written since `sinceMs` (store's clock), oldest first, in batches. */
  history(sinceMs: number, onBatch: (entries: SampleEntry[]) => void, signal: AbortSignal): Promise<string>;
  /** Runs until the signal aborts; reconnects and resumes after the last id handed out. */
  follow(
    afterId: string,
    onBatch: (entries: SampleEntry[]) => void,
    signal: AbortSignal,
    onStatus?: (status: {away: string | null}) => void,
  ): Promise<void>;
}

export interface SampleWriter {
  /** One entry each; now and then trims what is older than `keepMs` (about). */
  write(entries: string[][], keepMs?: number): Promise<void>;
}

/** A second or minute of measurements, encoded by `analysis/`; the store does not look inside. */
export interface RollUp {
  /** Start of the second or minute, milliseconds since 1970. */
  t: number;
  body: string;
}

/** `people`: what was new about people, in rows of about a minute. */
export type RollUpKind = 'seconds' | 'minutes' | 'people';

export interface RollUpReader {
  /**
   * In order of time, read slice by slice: no other command waits for days of them. `take`: they are handed over as they
   * come, and none is given back at the end; days of a busy service are a hundred megabytes.
   */
  read(kind: RollUpKind, sinceMs: number, take?: (slice: RollUp[]) => Promise<void>): Promise<RollUp[]>;
}
export interface RollUpWriter {
  /** Replaces what stands at the same `t`. Drops what is older than `keepMs`. */
  write(kind: RollUpKind, rollUps: RollUp[], keepMs: number): Promise<void>;
}

export interface RouterRegistry {
  list(): Promise<StoredRouterReport[]>;
}

/** What a person said, as it was written: JSON, not yet understood. `analysis/feedback` reads it. */
export interface FeedbackEntry {
  /** The store's id: later entries have greater ones; pass it to `read` to go on. */
  id: string;
  /** The store's clock when it was written, milliseconds since 1970. */
  at: number;
  text: string;
}

export interface FeedbackReader {
  /**
   * Entries written at `sinceMs` (store's clock) or later and after the entry `afterId`, oldest first, at most
   * `FEEDBACK_BATCH`; fewer: there are no more now. An id that is gone is no mistake.
   */
  read(sinceMs: number, afterId?: string): Promise<FeedbackEntry[]>;
}

/** What steps have left behind; see `StepOutput`. */
export interface OutputReader {
  /** All that is kept of a feature, oldest first; at most `KEEP_OUTPUTS`. */
  read(): Promise<KeptOutput[]>;
}

/**
 * Links by which others may watch a feature. A record is a name and a text that the store does not look inside: the link,
 * or how many watch by it.
 */
export interface ShareReader {
  read(): Promise<ReadonlyMap<string, string>>;
}
export interface ShareKeeper extends ShareReader {
  /** Replaces the record of this name. */
  write(name: string, text: string): Promise<void>;
  remove(names: readonly string[]): Promise<void>;
}

export interface Lease {
  holder: string;
  /** Token of this tenure; renewing and giving up need it. */
  token: string;
  until: number;
}
export interface LeaseKeeper {
  read(): Promise<Lease | null>;
  /**
   * Takes it when free or run out, or renews it when the token is ours; null: somebody else holds it. All ask for about the
   * same time: one that has more than twice as long to run was given before the store's clock went back, and is void.
   */
  hold(holder: string, token: string, forMs: number): Promise<Lease | null>;
  giveUp(token: string): Promise<void>;
}

/**
 * The newest id that each stream has given, as a time in milliseconds since 1970, even where its entry is gone; null: none
 * was given. A writer may choose an id, and every later id counts from there.
 */
export interface StreamClocks {
  samples: number | null;
  feedback: number | null;
}

/** A stream that was ahead of the store's clock by `aheadMs`, and how many entries from ahead were put aside. */
export interface MendedStream {
  stream: keyof StreamClocks;
  aheadMs: number;
  entries: number;
}

/** The line that the acting guard, else a console, writes of a feature each second. */
export interface SummaryReader {
  /** The newest line, JSON; null: none was ever written. @throws StoreFault */
  read(): Promise<string | null>;
}
export interface SummaryKeeper extends SummaryReader {
  /** Puts a line in the place of the last one. @throws StoreFault */
  write(text: string): Promise<void>;
}

/** What a viewer may do with a feature: read. There is nothing here that writes. */
export interface FeatureView {
  readonly feature: string;
  log: LogReader;
  samples: SampleReader;
  rollUps: RollUpReader;
  routers: RouterRegistry;
  feedback: FeedbackReader;
  outputs: OutputReader;
  shares: ShareReader;
  summary: SummaryReader;
  lease: Pick<LeaseKeeper, 'read'>;
  streamClocks(): Promise<StreamClocks>;
}

/** What a console or guard may do. */
export interface FeatureStore extends FeatureView {
  log: LogReader & LogWriter & LogRehearsal;
  samples: SampleReader & SampleWriter;
  rollUps: RollUpReader & RollUpWriter;
  routers: RouterRegistry;
  feedback: FeedbackReader & {write(text: string): Promise<void>};
  outputs: OutputReader & {write(output: StepOutput): Promise<void>};
  shares: ShareKeeper;
  summary: SummaryKeeper;
  lease: LeaseKeeper;
  /**
   * Puts aside the entries of samples and feedback that lie more than `STREAM_AHEAD_MS` ahead of the store's clock, and
   * lets the streams go on from that clock. Entries that are not ahead stay. Empty where nothing was to be mended.
   */
  mendStreams(): Promise<MendedStream[]>;
}

/** What an SDK or an edge agent gets: the newest split, a report, samples and feedback. No command. */
export interface RouterStore {
  readonly feature: string;
  head(): Promise<Commit | null>;
  follow: LogReader['follow'];
  report(report: RouterReport): Promise<void>;
  leave(name: string): Promise<void>;
  writeSamples(entries: string[][], keepMs?: number): Promise<void>;
  /** What is older than `KEEP_FEEDBACK_MS`, and the oldest beyond `MOST_FEEDBACK`, makes room, about. */
  writeFeedback(text: string): Promise<void>;
}

export type StoreHealth = {state: 'up'; pingMs: number} | {state: 'away'; why: string; sinceMs: number};

/** The freeze of the whole store: a small log of which the newest entry counts. */
export interface FreezeReader {
  /** Null: there was never a freeze. */
  newest(): Promise<FreezeEntry | null>;
}
export interface FreezeWriter {
  write(entry: FreezeEntry): Promise<void>;
}

/** How many entries of the log of freezes are kept, about. */
export const KEEP_FREEZES = 200;

interface StoreBase {
  /** `redis`, `sqlite`: for the light in the header. */
  readonly kind: 'redis' | 'sqlite';
  /** For people: never holds a password. */
  readonly label: string;
  /** The user that acts, as the store knows it. */
  readonly identity: Identity;
  /** What whoever opened it should be told once; without a password. */
  readonly caution?: string;
  /** Best known reading of the store's own clock, milliseconds since 1970. */
  now(): number;
  health(): Promise<StoreHealth>;
  features(): Promise<string[]>;
  close(): Promise<void>;
}

/** A store opened for reading only: works with the `viewer` role. */
export interface ViewStore extends StoreBase {
  freezes: FreezeReader;
  feature(name: string): FeatureView;
}
/** A store opened to operate: works with the `operator` role. */
export interface OperatorStore extends StoreBase {
  freezes: FreezeReader & FreezeWriter;
  feature(name: string): FeatureStore;
}
/** A store opened by an application or an edge: works with the `app` and `agent` roles. */
export interface RoutingStore extends StoreBase {
  feature(name: string): RouterStore;
}

/** For what a store is opened. The rights in the store are narrower or equal: `graydeck acl ROLE`. */
export type StoreRole = 'viewer' | 'operator' | 'router';
/** What each role gets. */
export interface StoreByRole {
  viewer: ViewStore;
  operator: OperatorStore;
  router: RoutingStore;
}

/** An id further ahead of the store's clock was chosen by a writer, or the clock went back; milliseconds. */
export const STREAM_AHEAD_MS = 5000;
/** How long raw samples are kept unless the writer says otherwise, in milliseconds. */
export const KEEP_SAMPLES_MS = 15 * 60_000;
/** How long the report of a router that neither reports nor leaves stays listed, in milliseconds. */
export const KEEP_REPORTS_MS = 24 * 3_600_000;
/** How long feedback is kept, and how much of it for a feature, about; in milliseconds, and in entries. */
export const KEEP_FEEDBACK_MS = 90 * 24 * 3_600_000;
export const MOST_FEEDBACK = 50_000;
/** Most entries of feedback that are handed out at once. */
export const FEEDBACK_BATCH = 1000;
/** How many outputs of steps are kept for a feature; the oldest beyond it are dropped. */
export const KEEP_OUTPUTS = 100;
