import {createHash} from 'node:crypto';
import type {Commit} from '../release/commit.ts';
import {toJson} from '../release/well-formed.ts';

const CHAINED = /^[\da-f]{64}$/u;

/** Whether an id is one that covers the content of its commit; older versions chose ids at random. */
export function isChained(id: string): boolean {
  return CHAINED.test(id);
}

/**
 * The id of a commit: SHA-256 in hexadecimal of the JSON of all other fields, the names of every object in the order of
 * their UTF-16 units. `parent` is one of the fields, so the id of the newest commit covers the whole chain.
 */
export function commitId(commit: Omit<Commit, 'id'>): string {
  const {id: _, ...content} = commit as Commit;
  return createHash('sha256')
    .update(toJson(inOrder(content)))
    .digest('hex');
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, part]) => [name, inOrder(part)]));
}
