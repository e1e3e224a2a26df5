import type {Intent, Stamp} from '../release/command.ts';
import type {Commit} from '../release/commit.ts';
import type {Event} from '../release/event.ts';
import type {Notice, Refusal} from '../release/refusal.ts';
import type {Split} from '../release/split.ts';
import type {State} from '../release/state.ts';

/** What became of a command. Faults of the store are thrown as `StoreFault`; everything else is one of these. */
export type Outcome =
  /** Written as `version`; for a dry run nothing was written and `version` is what it would have been. */
  | {kind: 'done'; version: number; events: Event[]; state: State; split: Split; tries: number}
  /** Nothing to do: it is so already. */
  | {kind: 'nothing'; notice: Notice; state: State}
  | {kind: 'refused'; refusal: Refusal; state: State}
  /** Others were faster every time, or it was not meant any more. */
  | {kind: 'conflict'; tries: number; state: State};

/** How the controller's link to the log stands. */
export type Link = {state: 'opening'} | {state: 'up'} | {state: 'away'; why: string; since: number};

/** The newest commit of a log, without its events. */
export type Head = Pick<Commit, 'version' | 'id' | 'at' | 'by' | 'authenticated'>;

export interface Snapshot {
  state: State;
  split: Split;
  /** Version of the commit that last changed the split: a router that has not come so far applies another one. */
  splitVersion: number;
  /** Newest commit folded in; null for an empty log. */
  head: Head | null;
  link: Link;
  /** The last time the chain of commits did not hold; everything was read again since. */
  lastBreak: {why: string; at: number} | null;
}

/** Who may look. There is no way to change anything through it. */
export interface ControllerView {
  readonly feature: string;
  snapshot(): Snapshot;
  /** Every commit folded in so far, oldest first. */
  commits(): readonly Commit[];
  /** Called after each change of the snapshot; returns the way to stop. */
  subscribe(listener: () => void): () => void;
  /** Store's clock, milliseconds since 1970. */
  now(): number;
  /**
   * Resolves once the log has been read to its head; rejects with the store's fault when it cannot be read now. The view
   * goes on trying by itself until it is closed, and says `away` meanwhile: a screen need not wait for this.
   */
  ready(): Promise<void>;
  close(): Promise<void>;
}

export interface ExecuteOptions {
  /** Says what would come of it, and writes nothing. */
  dryRun?: boolean;
  /** Asked right before each write: a no leaves it unwritten, as a conflict. For whoever may have slept meanwhile. */
  isMeant?: () => boolean;
}

/** Who may act. */
export interface Controller extends ControllerView {
  execute(intent: Intent, stamp: Pick<Stamp, 'by' | 'reason'>, options?: ExecuteOptions): Promise<Outcome>;
}
