import {createHash, randomBytes} from 'node:crypto';
import type {Commit} from '../release/commit.ts';
import {freezeOf} from '../release/freeze.ts';
import {toJson} from '../release/well-formed.ts';
import type {FeatureStore, OperatorStore} from '../store/port.ts';
import type {ControllerSource} from './controller.ts';

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

type Store = Pick<OperatorStore, 'now' | 'identity' | 'freezes'> & {
  feature(name: string): Pick<FeatureStore, 'log'>;
};

/** What a controller of this feature needs of a store that was opened to operate. */
export function sourceOf(store: Store, feature: string): ControllerSource {
  return {
    feature,
    log: store.feature(feature).log,
    now: () => store.now(),
    identity: store.identity,
    freeze: async () => freezeOf(await store.freezes.newest()),
  };
}

/** Letters and digits that are not confused when read out. */
const ALPHABET = '23456789abcdefghjkmnpqrstvwxyz';

function random(length: number): string {
  return Array.from(randomBytes(length), byte => ALPHABET[byte % ALPHABET.length]).join('');
}

export const newReleaseId = (): string => `r-${random(8)}`;
export const newAlertId = (): string => `a-${random(6)}`;
export const newSilenceId = (): string => `s-${random(6)}`;
export const newNonce = (): string => random(20);
