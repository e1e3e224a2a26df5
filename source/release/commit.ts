import type {Event, UnknownEvent} from './event.ts';
import type {Split} from './split.ts';

/** Version of the commit's shape; readers of a lower number than `minReader` must not judge or write. */
export const SCHEMA = 1;

/** One entry of the log: what one command changed, and the split that follows. */
export interface Commit {
  /** Position in the log, from 1, without gaps. */
  version: number;
  /** Random, chosen by the writer: tells a lost reply from a lost race. */
  id: string;
  /** Id of the commit before; null for the first. */
  parent: string | null;
  schema: number;
  minReader: number;
  /** `liu on laptop`. */
  by: string;
  /** The store's clock where readable, milliseconds since 1970. */
  at: number;
  reason: string | null;
  events: (Event | UnknownEvent)[];
  split: Split;
}
