import {SCHEMA, type Commit} from '../release/commit.ts';
import {isNumber, isRecord, isText} from '../release/shape.ts';
import {fromJson, toJson} from '../release/well-formed.ts';

/** An entry of the log as it lies in the store: where it stands, and the text it holds. */
export interface LogEntry {
  /** Where the store keeps it; NaN when that is no place a commit can have. */
  version: number;
  text: string;
}

export type Decoded = {ok: true; commit: Commit} | {ok: false; why: string};

/** The last commit that somebody has read; null before the first. */
export type Last = Pick<Commit, 'version' | 'id'> | null;

export function encodeCommit(commit: Commit): string {
  return toJson(commit);
}

/** What was read last: whoever follows the same log in this process gets the same object, which nobody changes. */
let newest: {text: string; decoded: Decoded} | null = null;

/**
 * Reads a commit back. What is not one gives the reason, never a throw.
 * Of a commit that asks for a newer reader only the envelope is checked: version, ids, schema, event types. Its split may
 * be anything.
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

/** Who, when and why of a shape that is not known are left out: whoever shows a log counts on texts and a time. */
function legible(commit: Commit): Commit {
  const {by, at, reason} = commit;
  return {
    ...commit,
    by: isText(by) ? by : '',
    at: isNumber(at) ? at : 0,
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
 * Where a commit that is to be written stands.
 * - `free`: its parent is the newest entry. Write.
 * - `mine`: it is written already; only the reply was lost.
 * - `taken`: another commit has the same parent. A conflict.
 * - `parted`: its parent is not in the log where it should be. A conflict too: the writer must read again.
 * - `foreign`: behind its parent lies something that cannot follow it (junk, a forged id). It is in the way of
 *   everybody; the writer puts it aside and writes, so that a rollback can always be written.
 */
export type Place = 'free' | 'mine' | 'taken' | 'parted' | 'foreign';

/** `entries`: what stands in the log from `commit.version - 1` on, at least two entries if there are two. */
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

/** The commit at a place, or null when nothing or something else stands there. */
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
  if (!isNumber(value['at'])) return 'at';
  if (value['reason'] !== null && !isText(value['reason'])) return 'reason';
  return isSplit(value['split']) ? null : 'split';
}

/** As much of a split as a router touches before it looks at its own faults. */
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
