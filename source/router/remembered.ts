import {createHash} from 'node:crypto';
import {mkdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import type {Commit} from '../release/commit.ts';
import {decodeCommit} from '../store/chain.ts';
import {MOST_SEEN} from './routing.ts';

/** The last state that a router knew, for a start while the store is away. */
export interface RememberedSplit {
  /** The newest commit without its events; null if the log was empty. */
  commit: Pick<Commit, 'version' | 'id' | 'split'> | null;
  /** Every release that this host has seen rolled back, newest last. */
  rolledBack: string[];
  /** This host's clock when the store last took a report, milliseconds since 1970; 0 for never. */
  confirmedAt: number;
}

const LONGEST_FILE = 8_000_000;

/**
 * Path of the file for a feature of a store. The name holds a digest of the store's address without password.
 */
export function rememberedPath(folder: string, store: string, feature: string): string {
  return join(folder, 'splits', `${feature}-${digest(store).slice(0, 12)}.json`);
}

/** Reads the file. Null if it is missing, incomplete or changed. Never rejects. */
export async function readRemembered(path: string): Promise<RememberedSplit | null> {
  try {
    const text = await readFile(path, 'utf8');
    return text.length > LONGEST_FILE ? null : decode(text);
  } catch {
    return null;
  }
}

/**
 * Writes the file completely or not at all: to a temporary name, then renamed. Several processes may share
 * the file. The last writer's split counts, but rollbacks seen by any process stay, because a log that has
 * lost its end no longer holds them.
 * @throws the error of the file system
 */
export async function writeRemembered(path: string, known: RememberedSplit): Promise<void> {
  const others = (await readRemembered(path))?.rolledBack ?? [];
  const rolledBack = [...new Set([...others, ...known.rolledBack])].slice(-MOST_SEEN);
  const body = JSON.stringify({...known, rolledBack});
  const temporary = `${path}.${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  await mkdir(dirname(path), {recursive: true, mode: 0o700});
  try {
    await writeFile(temporary, JSON.stringify({schema: 'graydeck.remembered/1', sum: digest(body), body}), {
      mode: 0o600,
    });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, {force: true}).catch(() => undefined);
    throw error;
  }
}

function decode(text: string): RememberedSplit | null {
  const file = asRecord(JSON.parse(text));
  const {schema, sum, body} = file;
  if (schema !== 'graydeck.remembered/1' || typeof body !== 'string' || sum !== digest(body)) return null;
  const {commit, rolledBack, confirmedAt} = asRecord(JSON.parse(body));
  if (!Array.isArray(rolledBack) || typeof confirmedAt !== 'number') return null;
  const names = rolledBack.filter((id): id is string => typeof id === 'string');
  if (commit === null) return {commit: null, rolledBack: names, confirmedAt};
  // A complete commit, so that it passes the checks for commits of a store.
  const envelope = {parent: null, schema: 1, minReader: 1, by: '', at: 0, reason: null, events: []};
  const read = decodeCommit(JSON.stringify({...envelope, ...asRecord(commit)}));
  if (!read.ok) return null;
  const {version, id, split} = read.commit;
  return {commit: {version, id, split}, rolledBack: names, confirmedAt};
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
