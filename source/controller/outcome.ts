import type {Intent, Stamp} from '../release/command.ts';
import type {Commit} from '../release/commit.ts';
import type {Event} from '../release/event.ts';
import type {Notice, Refusal} from '../release/refusal.ts';
import type {Split} from '../release/split.ts';
import type {State} from '../release/state.ts';

/** Outcome of a command. Faults of the store are thrown as `StoreFault`. */
export type Outcome =
  /**
   * Written as `version`. After a dry run nothing was written, and `version` is the one that it would have
   * had.
   */
  | {kind: 'done'; version: number; events: Event[]; state: State; split: Split; tries: number}
  /** Nothing to write: the wanted state is reached already. */
  | {kind: 'nothing'; notice: Notice; state: State}
  | {kind: 'refused'; refusal: Refusal; state: State}
  /** Other writers won every race, or `isMeant` returned false. */
  | {kind: 'conflict'; tries: number; state: State};

/** State of the connection to the log. */
export type Link = {state: 'opening'} | {state: 'up'} | {state: 'away'; why: string; since: number};

/** The newest commit of a log, without its events. */
export type Head = Pick<Commit, 'version' | 'id' | 'at' | 'by' | 'authenticated'>;

export interface Snapshot {
  state: State;
  split: Split;
  /**
   * Version of the commit that last changed the split. A router at an older version applies another split.
   */
  splitVersion: number;
  /** Newest commit folded in; null for an empty log. */
  head: Head | null;
  link: Link;
  /** When the chain of commits last broke. The log was read again since. */
  lastBreak: {why: string; at: number} | null;
}

/** Read access to a feature. Has no way to write. */
export interface ControllerView {
  readonly feature: string;
  snapshot(): Snapshot;
  /** Every commit folded in, oldest first. */
  commits(): readonly Commit[];
  /** Calls `listener` after each change of the snapshot. @returns a function that ends the subscription */
  subscribe(listener: () => void): () => void;
  /** Store's clock, milliseconds since 1970. */
  now(): number;
  /**
   * Resolves once the log has been read to its head. Rejects with the store's fault if it cannot be read now;
   * the view keeps trying until it is closed, and its link says `away` meanwhile.
   */
  ready(): Promise<void>;
  close(): Promise<void>;
}

export interface ExecuteOptions {
  /** Decides the command and writes nothing. */
  dryRun?: boolean;
  /**
   * Called right before each write. If it returns false, the command ends as a conflict. A guard that slept
   * uses it.
   */
  isMeant?: () => boolean;
}

/** Read access and commands. */
export interface Controller extends ControllerView {
  /** @throws StoreFault where the store is away or refuses; for a rollback a `RollbackFault`, which names a way without it. */
  execute(intent: Intent, stamp: Pick<Stamp, 'by' | 'reason'>, options?: ExecuteOptions): Promise<Outcome>;
}
