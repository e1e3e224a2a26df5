import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {homedir} from 'node:os';
import {isAbsolute, join} from 'node:path';
import {StoreFault} from './fault.ts';
import type {StoreByRole, StoreRole} from './port.ts';
import {parseStoreUrl, withPassword, type StoreTarget} from './url.ts';

export interface StoreOptions {
  /** Where `GRAYDECK_STORE`, `GRAYDECK_STORE_PASSWORD`, `GRAYDECK_STORE_PASSWORD_FILE` and `XDG_STATE_HOME` are read from. */
  env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Opens a store by its address; null: `GRAYDECK_STORE`, or else the embedded default. Only the adapter that is needed
 * is loaded. A Redis that is away is no fault here: the store that is given says so by its health.
 * @throws StoreFault `store-bad-url`, `store-no-rights`, `store-not-ours`, `store-full`, `store-unreachable`.
 */
export async function openStore<R extends StoreRole>(
  address: string | null,
  role: R,
  options: StoreOptions = {},
): Promise<StoreByRole[R]> {
  const target = await resolveTarget(address, options.env ?? process.env);
  if (target.kind === 'sqlite') {
    const {openSqlite} = await import('./sqlite/open.ts');
    return openSqlite(target, role);
  }
  const {openRedis} = await import('./redis/open.ts');
  return openRedis(target, role);
}

/**
 * What an address means here: with the password of `GRAYDECK_STORE_PASSWORD`, or of the file that
 * `GRAYDECK_STORE_PASSWORD_FILE` names, where the address has none.
 */
export async function resolveTarget(
  address: string | null,
  env: NonNullable<StoreOptions['env']>,
): Promise<StoreTarget> {
  const target = parseStoreUrl(address ?? (env['GRAYDECK_STORE'] || defaultAddress(env)));
  if (target.kind === 'sqlite') {
    return target.path.startsWith('~/') ? {...target, path: join(homedir(), target.path.slice(2))} : target;
  }
  return target.password === null ? withPassword(target, await readPassword(env)) : target;
}

/**
 * Makes the embedded default where it is not there yet. Who only looks cannot: a viewer's file is opened for reading.
 * @throws StoreFault where its folder cannot be written.
 */
export async function makeDefaultStore(env: NonNullable<StoreOptions['env']>): Promise<void> {
  const target = await resolveTarget(defaultAddress(env), env);
  if (target.kind !== 'sqlite' || existsSync(target.path)) return;
  const {openSqlite} = await import('./sqlite/open.ts');
  await (await openSqlite(target, 'operator')).close();
}

/** The embedded store: `graydeck.db` in the state folder. */
export function defaultAddress(env: NonNullable<StoreOptions['env']>): string {
  return `sqlite:${join(stateFolder(env), 'graydeck.db')}`;
}

/** The state folder that the XDG convention names: the embedded store, and what routers of this host keep. */
export function stateFolder(env: NonNullable<StoreOptions['env']>): string {
  const state = env['XDG_STATE_HOME'] ?? '';
  // The convention: a path that is not absolute is to be ignored.
  const home = isAbsolute(state) ? state : join(env['HOME'] || homedir(), '.local', 'state');
  return join(home, 'graydeck');
}

async function readPassword(env: NonNullable<StoreOptions['env']>): Promise<string | null> {
  const password = env['GRAYDECK_STORE_PASSWORD'];
  if (password) return password;
  const path = env['GRAYDECK_STORE_PASSWORD_FILE'];
  if (!path) return null;
  try {
    // An editor ends the file with a line break; the password has none.
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '') || null;
  } catch {
    // Without the cause: it repeats the path, and in its place somebody may have put the password itself.
    throw new StoreFault(
      'store-no-rights',
      'The file that GRAYDECK_STORE_PASSWORD_FILE names cannot be read.',
      'Check its path, and that this user may read it.',
    );
  }
}
