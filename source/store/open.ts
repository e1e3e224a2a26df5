import {existsSync} from 'node:fs';
import {homedir} from 'node:os';
import {isAbsolute, join} from 'node:path';
import type {StoreByRole, StoreRole} from './port.ts';
import {Secret, SecretFile, type PasswordSource} from './secret.ts';
import {parseStoreUrl, withPasswords, type StoreTarget, type TlsFiles} from './url.ts';

export interface StoreOptions {
  /**
   * Where `GRAYDECK_STORE`, `XDG_STATE_HOME` and the passwords are read from: `GRAYDECK_STORE_PASSWORD`,
   * `GRAYDECK_SENTINEL_PASSWORD`, or files that these names with `_FILE` behind them name.
   */
  env?: Readonly<Record<string, string | undefined>>;
}

/** The address of a store with what belongs to it and does not stand in it. */
export interface StoreAddress {
  url: string;
  tls?: TlsFiles;
  password?: PasswordSource;
  sentinelPassword?: PasswordSource;
  /** False: the passwords of the environment belong to another address and are not sent to this one. */
  takesEnvironment: boolean;
}

/**
 * Opens a store by its address; null: `GRAYDECK_STORE`, or else the embedded default. Loads only the adapter that is needed.
 * A Redis that cannot be reached is no fault here: `health` of the store says so.
 * @throws StoreFault `store-bad-url`, `store-no-rights`, `store-not-ours`, `store-full`, `store-unreachable`.
 */
export async function openStore<R extends StoreRole>(
  address: string | StoreAddress | null,
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
 * Reads an address. If it holds no password, the target gets the one of the environment, for the sentinels too. Password files
 * are read once here, so that an unreadable file is reported at once.
 * @throws StoreFault `store-bad-url`, `store-no-rights`.
 */
export async function resolveTarget(
  address: string | StoreAddress | null,
  env: NonNullable<StoreOptions['env']>,
): Promise<StoreTarget> {
  const given: StoreAddress =
    address === null || typeof address === 'string'
      ? {url: address ?? (env['GRAYDECK_STORE'] || defaultAddress(env)), takesEnvironment: true}
      : address;
  const target = withAddress(parseStoreUrl(given.url), given);
  if (target.kind === 'sqlite') {
    return target.path.startsWith('~/') ? {...target, path: join(homedir(), target.path.slice(2))} : target;
  }
  const known = given.takesEnvironment
    ? withPasswords(
        target,
        passwordOf(env, 'GRAYDECK_STORE_PASSWORD'),
        passwordOf(env, 'GRAYDECK_SENTINEL_PASSWORD'),
      )
    : target;
  if (known.kind === 'redis') await Promise.all([known.password?.read(), known.sentinelPassword?.read()]);
  return known;
}

function withAddress(target: StoreTarget, {tls, password, sentinelPassword}: StoreAddress): StoreTarget {
  if (target.kind === 'sqlite') return target;
  const known = withPasswords(target, password ?? null, sentinelPassword ?? null);
  return tls === undefined || known.kind === 'sqlite' ? known : {...known, tls: {...target.tls, ...tls}};
}

/**
 * Creates the embedded default store if there is none. A viewer cannot, because its file is opened for reading.
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

/** Gives the state folder by the XDG convention. It holds the embedded store and the files of routers of this host. */
export function stateFolder(env: NonNullable<StoreOptions['env']>): string {
  const state = env['XDG_STATE_HOME'] ?? '';
  // By the convention a relative path is ignored.
  const home = isAbsolute(state) ? state : join(env['HOME'] || homedir(), '.local', 'state');
  return join(home, 'graydeck');
}

function passwordOf(env: NonNullable<StoreOptions['env']>, name: string): PasswordSource | null {
  const password = env[name];
  if (password) return new Secret(password);
  const path = env[`${name}_FILE`];
  return path ? new SecretFile(path, `${name}_FILE`) : null;
}
