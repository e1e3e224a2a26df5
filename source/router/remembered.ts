import {createHash} from 'node:crypto';
import {mkdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import type {Commit} from '../release/commit.ts';
import {decodeCommit} from '../store/chain.ts';
import {MOST_SEEN} from './routing.ts';

/** What a router knew last, for a start while the store is away. */
export interface Remembered {
  /** The newest commit, without its events; null: the log was empty. */
  commit: Pick<Commit, 'version' | 'id' | 'split'> | null;
  /** Every release it has seen rolled back, newest last. */
  rolledBack: string[];
  /** This host's clock when the store last took its report, milliseconds since 1970; 0: never. */
  confirmedAt: number;
}

const LONGEST_FILE = 8_000_000;

/** Where a feature of a store is remembered in a folder; the store's address, without password, is part of the name. */
export function rememberedPath(folder: string, store: string, feature: string): string {
  return join(folder, 'splits', `${feature}-${digest(store).slice(0, 12)}.json`);
}

/** Reads what was remembered; null where there is nothing, or nothing whole. Never rejects. */
export async function readRemembered(path: string): Promise<Remembered | null> {
  try {
    const text = await readFile(path, 'utf8');
    return text.length > LONGEST_FILE ? null : decode(text);
  } catch {
    return null;
  }
}

/**
 * Writes all of it or nothing: beside its place, then renamed into it. Several processes of an application may share the
 * file; the last one counts, but what any of them has seen rolled back stays: a log that has lost its end tells it to
 * nobody who comes later. @throws what the file system says
 */
export async function writeRemembered(path: string, known: Remembered): Promise<void> {
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

function decode(text: string): Remembered | null {
  const file = asRecord(JSON.parse(text));
  const {schema, sum, body} = file;
  if (schema !== 'graydeck.remembered/1' || typeof body !== 'string' || sum !== digest(body)) return null;
  const {commit, rolledBack, confirmedAt} = asRecord(JSON.parse(body));
  if (!Array.isArray(rolledBack) || typeof confirmedAt !== 'number') return null;
  const names = rolledBack.filter((id): id is string => typeof id === 'string');
  if (commit === null) return {commit: null, rolledBack: names, confirmedAt};
  // Whole again, so that it passes the checks of what comes from a store.
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
