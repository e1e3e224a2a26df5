import {StoreFault} from './fault.ts';
import {Secret} from './secret.ts';

export interface HostPort {
  host: string;
  port: number;
}

/** An embedded store in one file. */
export interface SqliteTarget {
  kind: 'sqlite';
  path: string;
  /** For people: `sqlite:/var/lib/graydeck.db`. */
  label: string;
}

/** A Redis, and the way to it. */
export interface RedisTarget {
  kind: 'redis';
  via:
    | ({type: 'host'; tls: boolean} & HostPort)
    | {type: 'socket'; path: string}
    | {type: 'cluster'; nodes: HostPort[]}
    | {type: 'sentinel'; nodes: HostPort[]; name: string};
  /** 0 on a cluster. */
  db: number;
  username: string | null;
  password: Secret | null;
  /** For people: the address without user and password. */
  label: string;
}

export type StoreTarget = SqliteTarget | RedisTarget;

type Scheme = 'redis' | 'rediss' | 'redis+unix' | 'redis-cluster' | 'redis-sentinel';
const SCHEMES: ReadonlySet<string> = new Set<Scheme>([
  'redis',
  'rediss',
  'redis+unix',
  'redis-cluster',
  'redis-sentinel',
]);
const ALLOWED =
  'Allowed: sqlite:PATH, redis://[user:pass@]host:port/db, rediss://…, redis+unix:///path.sock, ' +
  'redis-cluster://h1:p1,h2:p2, redis-sentinel://h1:p1,h2:p2/name.';

/**
 * Reads the address of a store. Pure.
 * @throws StoreFault `store-bad-url`: says what is wrong and what is allowed. It repeats no part of the address that
 * could be a misplaced password: only the scheme.
 */
export function parseStoreUrl(url: string): StoreTarget {
  refuseControls(url);
  const colon = url.indexOf(':');
  const scheme = url.slice(0, Math.max(colon, 0));
  if (scheme === 'sqlite') return parseSqlite(url.slice(colon + 1));
  if (!isScheme(scheme)) {
    if (/^\.{0,2}\//.test(url)) throw bad('it is a bare path', 'Write sqlite: before the path.');
    const named = /^[a-z][a-z0-9+.-]{0,15}$/.test(scheme) && url.startsWith('://', colon);
    throw bad(named ? `it begins with "${scheme}://"` : 'it does not begin with a known scheme');
  }
  if (!url.startsWith('://', colon)) throw bad(`"${scheme}:" is not followed by "//"`);
  return parseRedis(scheme, url.slice(colon + 3));
}

/** The same target with a password, where its address holds none. */
export function withPassword(target: StoreTarget, password: string | null): StoreTarget {
  if (target.kind === 'sqlite' || password === null || target.password !== null) return target;
  return {...target, password: new Secret(password)};
}

function parseSqlite(rest: string): SqliteTarget {
  const path = rest.startsWith('///') ? rest.slice(2) : rest;
  if (path === '') throw bad('"sqlite:" is not followed by a path');
  if (path.startsWith('//')) {
    throw bad('"sqlite://" is followed by a host', 'Write sqlite:/absolute/path or sqlite:relative/path.');
  }
  if (path === ':memory:' || path.endsWith('/')) {
    throw bad(
      '"sqlite:" is followed by what is no file',
      'Several processes share a store: it needs a file.',
    );
  }
  return {kind: 'sqlite', path, label: `sqlite:${path}`};
}

function parseRedis(scheme: Scheme, rest: string): RedisTarget {
  // The last @: a password may hold an unescaped one.
  const at = rest.lastIndexOf('@');
  const user = parseUser(rest.slice(0, Math.max(at, 0)));
  const [place = '', query = null, ...more] = rest.slice(at + 1).split('?');
  if (more.length > 0 || place.includes('#')) throw bad('it does not end after the database');
  const slash = place.indexOf('/');
  const hosts = slash < 0 ? place : place.slice(0, slash);
  const tail = slash < 0 ? '' : decode(place.slice(slash + 1));
  refuseControls(tail);

  if (scheme === 'redis+unix') {
    if (hosts !== '' || tail === '') throw bad('"redis+unix://" is not followed by an absolute path');
    const db = parseQuery(query, true);
    const label = `redis+unix:///${tail}${db === 0 ? '' : `?db=${db}`}`;
    return {kind: 'redis', via: {type: 'socket', path: `/${tail}`}, db, ...user, label};
  }
  const nodes = parseHosts(hosts, scheme === 'redis-sentinel' ? 26_379 : 6379);
  const list = nodes.map(node => `${node.host}:${node.port}`).join(',');
  if (scheme === 'redis-cluster') {
    parseQuery(query, false);
    if (tail !== '' && tail !== '0') throw bad('a cluster has no other database than 0');
    return {kind: 'redis', via: {type: 'cluster', nodes}, db: 0, ...user, label: `${scheme}://${list}`};
  }
  if (scheme === 'redis-sentinel') {
    if (!/^[\w.-]+$/.test(tail))
      throw bad('no name of a master, of letters, digits, ".", "_" and "-", follows "/"');
    const db = parseQuery(query, true);
    const label = `${scheme}://${list}/${tail}${db === 0 ? '' : `?db=${db}`}`;
    return {kind: 'redis', via: {type: 'sentinel', nodes, name: tail}, db, ...user, label};
  }
  parseQuery(query, false);
  const [node, second] = nodes;
  if (node === undefined || second !== undefined) {
    throw bad('it names several hosts', 'For several hosts write redis-cluster:// or redis-sentinel://.');
  }
  const db = tail === '' ? 0 : parseDb(tail);
  const via = {type: 'host', tls: scheme === 'rediss', ...node} as const;
  return {kind: 'redis', via, db, ...user, label: `${scheme}://${list}/${db}`};
}

function parseUser(text: string): Pick<RedisTarget, 'username' | 'password'> {
  const colon = text.indexOf(':');
  const username = decode(colon < 0 ? text : text.slice(0, colon));
  const password = colon < 0 ? '' : decode(text.slice(colon + 1));
  return {
    username: username === '' ? null : username,
    password: password === '' ? null : new Secret(password),
  };
}

function parseHosts(text: string, defaultPort: number): HostPort[] {
  if (text === '') throw bad('it names no host');
  return text.split(',').map(part => {
    const match = /^(?<host>\[[0-9a-fA-F:.]+\]|[\w.-]+)(?::(?<port>.*))?$/.exec(part);
    const host = match?.groups?.['host'];
    if (host === undefined)
      throw bad('a host is missing or holds other characters than letters, digits, "." and "-"');
    const text = match?.groups?.['port'];
    const port = text === undefined ? defaultPort : Number(text);
    if (text !== undefined && !/^\d+$/.test(text)) throw bad('a port is not a number');
    if (port < 1 || port > 65_535) throw bad('a port lies outside of 1 to 65535');
    return {host, port};
  });
}

function parseQuery(query: string | null, mayHoldDb: boolean): number {
  let db = 0;
  for (const [name, value] of new URLSearchParams(query ?? '')) {
    if (!mayHoldDb) throw bad('nothing may follow "?" in an address of this kind');
    if (name !== 'db') throw bad('something else than db=NUMBER follows "?"');
    db = parseDb(value);
  }
  return db;
}

function parseDb(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw bad('its database is not a number from 0 to 9999');
  return Number(text);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw bad('it holds a "%" that is not followed by two hexadecimal digits', 'Write a literal % as %25.');
  }
}

/** Control and direction characters have no place in an address, and the label goes to a terminal. */
function refuseControls(text: string): void {
  if (/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u.test(text)) throw bad('it holds a control character');
}

function isScheme(text: string): text is Scheme {
  return SCHEMES.has(text);
}

function bad(what: string, hint?: string): StoreFault {
  const advice = hint === undefined ? ALLOWED : `${hint} ${ALLOWED}`;
  return new StoreFault('store-bad-url', `The address of the store cannot be read: ${what}.`, advice);
}
