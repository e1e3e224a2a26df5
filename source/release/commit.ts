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
  /**
   * SHA-256 of all other fields in hexadecimal, so that a changed commit no longer has its id. Older versions
   * wrote a random id.
   */
  id: string;
  /** Random, chosen by the writer. Two commits of the same content have different ids; absent in older logs. */
  nonce?: string;
  /** Id of the commit before; null for the first. */
  parent: string | null;
  schema: number;
  minReader: number;
  /** The name that was typed or taken from the environment, for example `liu on laptop`. */
  by: string;
  /** The user that the store or the token knows, for example `redis:alice`; absent in older logs. */
  authenticated?: string;
  /** The store's clock if it could be read, milliseconds since 1970. */
  at: number;
  reason: string | null;
  events: (Event | UnknownEvent)[];
  split: Split;
}

/** The typed name, followed by the user that the store or the token knows: the last brackets are never typed. */
export function authorOf({
  by,
  authenticated,
}: {
  by: string;
  authenticated?: string | null | undefined;
}): string {
  return typeof authenticated === 'string' ? `${by} (${authenticated})` : by;
}
