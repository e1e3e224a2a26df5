import type {Event, UnknownEvent} from './event.ts';
import type {Split} from './split.ts';

/**
 * Schema version of a commit. A reader with a lower version than `minReader` must neither judge nor write.
 */
export const SCHEMA = 1;

/** One entry of the log: the events of one command, and the split that follows. */
export interface Commit {
  /** Position in the log, from 1, without gaps. */
  version: number;
  /** Random, chosen by the writer. It tells a lost reply from a lost race. */
  id: string;
  /** Id of the commit before; null for the first. */
  parent: string | null;
  schema: number;
  minReader: number;
  /** For example `liu on laptop`. */
  by: string;
  /** The store's clock if it could be read, milliseconds since 1970. */
  at: number;
  reason: string | null;
  events: (Event | UnknownEvent)[];
  split: Split;
}
