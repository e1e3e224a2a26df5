import {SCHEMA, type Commit} from '../release/commit.ts';
import {isMoment, isNumber, isRecord, isText} from '../release/shape.ts';
import {fromJson, toJson} from '../release/well-formed.ts';

/** An entry of the log in the store. */
export interface LogEntry {
  /** Version by its place in the store; NaN: no commit can have this place. */
  version: number;
  text: string;
}

export type Decoded = {ok: true; commit: Commit} | {ok: false; why: string};

/** The last commit that a reader has read; null before the first. */
export type Last = Pick<Commit, 'version' | 'id'> | null;

export function encodeCommit(commit: Commit): string {
  return toJson(commit);
}

/** The text that was read last. All followers in this process share the object, which must not be changed. */
let newest: {text: string; decoded: Decoded} | null = null;

/**
 * Reads a commit. Never throws: if the text is no commit, it gives the reason. Of a commit that asks for a newer reader only
 * version, ids, schema and event types are checked. Its split may be anything.
 */
export function decodeCommit(text: string): Decoded {
  if (newest?.text !== text) newest = {text, decoded: readCommit(text)};
  return newest.decoded;
}

function readCommit(text: string): Decoded {
  let value: unknown;
  try {
    value = fromJson(text);
  } catch {
    return {ok: false, why: 'it is not JSON'};
  }
  if (!isRecord(value)) return {ok: false, why: 'it is not an object'};
  const wrong = wrongField(value);
  if (wrong !== null) return {ok: false, why: `its field "${wrong}" does not fit`};
  const commit = value as unknown as Commit;
  return {ok: true, commit: commit.minReader > SCHEMA ? legible(commit) : commit};
}

/** Replaces author, time and reason of an unknown shape: readers of a log expect texts and a time. */
function legible(commit: Commit): Commit {
  const {by, at, reason} = commit;
  return {
    ...commit,
    by: isText(by) ? by : '',
    at: isMoment(at) ? at : 0,
    reason: isText(reason) ? reason : null,
  };
}

/**
 * Reads `entry` as the commit that comes right after `last`: at the next version, in the place of that version,
 * naming `last` as its parent.
 */
export function decodeNext(last: Last, entry: LogEntry): Decoded {
  const next = (last?.version ?? 0) + 1;
  if (entry.version !== next) {
    return {ok: false, why: `version ${next} is missing, version ${entry.version} comes instead`};
  }
  const decoded = decodeCommit(entry.text);
  if (!decoded.ok) return {ok: false, why: `version ${next} is no commit: ${decoded.why}`};
  const {commit} = decoded;
  if (commit.version !== next) {
    return {ok: false, why: `the commit at version ${next} says it is version ${commit.version}`};
  }
  if (commit.parent !== (last?.id ?? null)) {
    return {ok: false, why: `version ${next} names another parent than the commit before it`};
  }
  return decoded;
}

/**
 * The place of a commit that is to be written.
 * - `free`: its parent is the newest entry. Write.
 * - `mine`: the commit is written already; only the reply was lost.
 * - `taken`: another commit has the same parent. A conflict.
 * - `parted`: its parent is not at its place in the log. A conflict, too: the writer has to read again.
 * - `foreign`: an entry behind its parent cannot follow it (junk, a forged id) and blocks every writer. The writer puts it
 *   aside, so that a rollback can always be written.
 */
export type Place = 'free' | 'mine' | 'taken' | 'parted' | 'foreign';

/** Finds the place of a commit. `entries`: the log from `commit.version - 1` on, two entries if there are two. */
export function placeOf(commit: Commit, entries: readonly LogEntry[]): Place {
  const first = commit.version === 1;
  if (first !== (commit.parent === null)) return 'parted';
  let last: Last = null;
  let rest = entries;
  if (!first) {
    const parent = decodeAt(commit.version - 1, entries[0]);
    if (parent === null || parent.id !== commit.parent) return 'parted';
    last = parent;
    rest = entries.slice(1);
  }
  const rival = rest[0];
  if (rival === undefined) return 'free';
  const decoded = decodeNext(last, rival);
  if (!decoded.ok) return 'foreign';
  return decoded.commit.id === commit.id ? 'mine' : 'taken';
}

/** The commit at a place; null: there is none. */
export function decodeAt(version: number, entry: LogEntry | undefined): Commit | null {
  if (entry === undefined || entry.version !== version) return null;
  const decoded = decodeCommit(entry.text);
  return decoded.ok && decoded.commit.version === version ? decoded.commit : null;
}

function wrongField(value: Record<string, unknown>): string | null {
  if (!isCount(value['version'])) return 'version';
  if (!isName(value['id'])) return 'id';
  if (value['parent'] !== null && !isName(value['parent'])) return 'parent';
  if (!isCount(value['schema'])) return 'schema';
  if (!isCount(value['minReader'])) return 'minReader';
  const events = value['events'];
  if (!Array.isArray(events) || !events.every(event => isRecord(event) && isName(event['type']))) {
    return 'events';
  }
  if (value['minReader'] > SCHEMA) return null;
  if (!isText(value['by'])) return 'by';
  if (value['authenticated'] !== undefined && !isText(value['authenticated'])) return 'authenticated';
  if (!isMoment(value['at'])) return 'at';
  if (value['reason'] !== null && !isText(value['reason'])) return 'reason';
  return isSplit(value['split']) ? null : 'split';
}

/** Checks the fields of a split that routers read without further checks. */
function isSplit(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const {live, percent, salt, tiers, include, deny, rolledBack} = value;
  if (typeof live !== 'boolean' || !isNumber(percent) || !isText(salt)) return false;
  return Array.isArray(tiers) && isRecord(include) && Array.isArray(deny) && Array.isArray(rolledBack);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
