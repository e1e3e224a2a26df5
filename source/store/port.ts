import type {Identity} from '../release/command.ts';
import type {Commit} from '../release/commit.ts';
import type {FreezeEntry} from '../release/freeze.ts';
import type {KeptOutput, StepOutput} from '../release/step.ts';

/** An entry of the sample stream: field names and values, not parsed. */
export interface SampleEntry {
  /** The store's id. Later entries have greater ids. Pass it to `follow` to resume. */
  id: string;
  /** The store's clock when it was written, milliseconds since 1970. */
  at: number;
  /** Alternating names and values, as written; of one beyond 128 KiB perhaps only the beginning. */
  fields: string[];
}

export const ROUTER_KINDS = ['sdk', 'nginx', 'demo'] as const;

/** The report of a router, sent every few seconds. */
export interface RouterReport {
  /** Unique: `sdk web-3/812`, `nginx edge-1`. */
  name: string;
  kind: (typeof ROUTER_KINDS)[number];
  /** Log version whose split it applies. */
  version: number;
  /** Release and percent it applies; percent 0 and live false after a rollback. */
  release: string | null;
  percent: number;
  live: boolean;
  /** Longest time until it serves prod by itself after it was cut off, in milliseconds. */
  boundMs: number;
  /** Why it cannot apply what is set: a word and a sentence, `site-broken: …`; absent: it can. */
  trouble?: string;
}
export interface StoredRouterReport extends RouterReport {
  /** The store's clock at the write. */
  at: number;
}

/**
 * `written`: the commit is in the log, even if the reply was lost. `putAside`: entries behind its parent could not be read and
 * are kept outside the log. `conflict`: another commit was first.
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
   * Writes `commit` as the entry after `commit.parent`, or reports that another commit was first. After a lost reply it checks
   * whether the commit is written before it sends it again. Entries behind the parent that cannot follow it (junk, a forged id)
   * are put aside, so that a rollback can always be written. Notifies followers.
   */
  append(commit: Commit): Promise<AppendResult>;
}

/** A trial of `append`. */
export interface LogRehearsal {
  /**
   * Does everything that `append` does, and removes the commit in the same step: readers never see it, and nothing is put aside.
   * Gives the result of `append`, and throws its faults.
   */
  rehearse(commit: Commit): Promise<AppendResult>;
}

/** Reads the sample stream in order. The caller handles `age` fields. */
export interface SampleReader {
  /** The newest id. A follower that begins there gets only new entries. */
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
  /** Writes one entry for each item. Sometimes removes entries that are older than about `keepMs`. */
  write(entries: string[][], keepMs?: number): Promise<void>;
}

/** A second or minute of measurements, encoded by `analysis/`. The store does not parse it. */
export interface RollUp {
  /** Start of the second or minute, milliseconds since 1970. */
  t: number;
  body: string;
}

/** `people`: new findings about people, in rows of about a minute. */
export type RollUpKind = 'seconds' | 'minutes' | 'people';

export interface RollUpReader {
  /**
   * Reads in order of time, slice by slice, so that no other command waits for days of them. `take`: each slice is handed over,
   * and the result is empty; days of a busy service are a hundred megabytes.
   */
  read(kind: RollUpKind, sinceMs: number, take?: (slice: RollUp[]) => Promise<void>): Promise<RollUp[]>;
}
export interface RollUpWriter {
  /** Replaces what stands at the same `t`. Drops what is older than `keepMs`. */
  write(kind: RollUpKind, rollUps: RollUp[], keepMs: number): Promise<void>;
}

/** Routers that are listed at most: a client with the right to report may write any number. The newest to speak are listed. */
export const MOST_REPORTS = 5000;

export interface RouterRegistry {
  list(): Promise<StoredRouterReport[]>;
}

/** The feedback of a person as it was written: JSON, not parsed. `analysis/feedback` reads it. */
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
   * `FEEDBACK_BATCH`; fewer: there are no more now. The entry `afterId` may be deleted.
   */
  read(sinceMs: number, afterId?: string): Promise<FeedbackEntry[]>;
}

/** Reads the output of steps; see `StepOutput`. */
export interface OutputReader {
  /** Outputs of a feature, oldest first; at most `KEEP_OUTPUTS`. */
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
  /** Token of this leadership term, needed to renew and to give up. */
  token: string;
  until: number;
}
export interface LeaseKeeper {
  read(): Promise<Lease | null>;
  /**
   * Takes the lease if it is free or has run out, or renews it if `token` holds it; null: another token holds it. All processes
   * ask for about the same time: a lease with more than twice as much left is from before the store's clock went back, and void.
   */
  hold(holder: string, token: string, forMs: number): Promise<Lease | null>;
  giveUp(token: string): Promise<void>;
}

/**
 * The newest id of each stream as a time in milliseconds since 1970, even if its entry was deleted; null: there was none. A
 * writer may choose an id, and every later id counts from there.
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

/** A feature for a viewer. No method writes. */
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

/** A feature for a console or guard. */
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
   * Puts aside entries of samples and feedback that are more than `STREAM_AHEAD_MS` ahead of the store's clock, and sets the
   * streams back to that clock. Other entries stay. Empty: no stream was ahead.
   */
  mendStreams(): Promise<MendedStream[]>;
}

/** A feature for an SDK or an edge agent: the newest split, a report, samples and feedback. No method writes the log. */
export interface RouterStore {
  readonly feature: string;
  head(): Promise<Commit | null>;
  follow: LogReader['follow'];
  report(report: RouterReport): Promise<void>;
  leave(name: string): Promise<void>;
  writeSamples(entries: string[][], keepMs?: number): Promise<void>;
  /** Removes entries older than about `KEEP_FEEDBACK_MS`, and the oldest beyond about `MOST_FEEDBACK`. */
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
  /** For the header of the console. */
  readonly kind: 'redis' | 'sqlite';
  /** For people: never holds a password. */
  readonly label: string;
  /** The user that acts, as the store knows it. */
  readonly identity: Identity;
  /** A warning for the user, printed once; without a password. */
  readonly caution?: string;
  /** Ids of users are hidden from this reader, so nothing can be said about a single user. */
  readonly hidesUsers?: true;
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

/** The purpose for which a store is opened. `graydeck acl ROLE` gives the rights it needs. */
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
