import {StoreFault} from './fault.ts';
import {Secret, SecretFile, type PasswordSource} from './secret.ts';

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

/** A Redis, and how it is reached. */
export interface RedisTarget {
  kind: 'redis';
  via:
    | ({type: 'host'} & HostPort)
    | {type: 'socket'; path: string}
    | {type: 'cluster'; nodes: HostPort[]}
    | {type: 'sentinel'; nodes: HostPort[]; name: string};
  /** 0 on a cluster. */
  db: number;
  /** Absent: no TLS. */
  tls?: TlsFiles;
  username: string | null;
  password: PasswordSource | null;
  /** User and password of the sentinels; absent: none. */
  sentinelUser?: string;
  sentinelPassword?: PasswordSource;
  /** For people: the address without user and password. */
  label: string;
}

/** Paths of PEM files, which are read before each connection. Absent: the authorities of Node, and no certificate of the client. */
export interface TlsFiles {
  /** The authorities that the server's certificate is checked against, in place of Node's own. */
  ca?: string;
  /** The client's certificate and its key: both or neither. */
  cert?: string;
  key?: string;
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
/** Parameters of an address, after "?". */
const TLS_PARAMETERS = ['tls', 'ca', 'cert', 'key'];
const SENTINEL_PARAMETERS = ['db', 'sentinelUser', 'sentinelPasswordFile'];

/**
 * Reads the address of a store. Pure.
 * @throws StoreFault `store-bad-url` with the mistake and the allowed forms. It repeats only the scheme: any other part of the
 * address may be a misplaced password.
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

/** Adds passwords to a target whose address holds none. */
export function withPasswords(
  target: StoreTarget,
  password: PasswordSource | null,
  sentinelPassword: PasswordSource | null = null,
): StoreTarget {
  if (target.kind === 'sqlite') return target;
  const ofSentinels = target.sentinelPassword ?? (target.via.type === 'sentinel' ? sentinelPassword : null);
  return {
    ...target,
    password: target.password ?? password,
    ...(ofSentinels !== null && {sentinelPassword: ofSentinels}),
  };
}

function parseSqlite(rest: string): SqliteTarget {
  const path = rest.startsWith('///') ? rest.slice(2) : rest;
  if (path === '') throw bad('"sqlite:" is not followed by a path');
  if (path.startsWith('//')) {
    throw bad('"sqlite://" is followed by a host', 'Write sqlite:/absolute/path or sqlite:relative/path.');
  }
  if (path === ':memory:' || path.endsWith('/')) {
    throw bad(
      '"sqlite:" is followed by something that is no file',
      'Several processes share a store: it needs a file.',
    );
  }
  return {kind: 'sqlite', path, label: `sqlite:${path}`};
}

function parseRedis(scheme: Scheme, rest: string): RedisTarget {
  // The last @, because a password may hold one.
  const at = rest.lastIndexOf('@');
  const user = parseUser(rest.slice(0, Math.max(at, 0)));
  const [place = '', query = null, ...others] = rest.slice(at + 1).split('?');
  if (others.length > 0 || place.includes('#')) throw bad('it does not end after the database');
  const slash = place.indexOf('/');
  const hosts = slash < 0 ? place : place.slice(0, slash);
  const tail = slash < 0 ? '' : decode(place.slice(slash + 1));
  refuseControls(tail);
  if (user.password !== null && query?.includes('passwordFile=') === true) {
    throw bad('it holds a password, and "passwordFile=" names another');
  }

  if (scheme === 'redis+unix') {
    if (hosts !== '' || tail === '') throw bad('"redis+unix://" is not followed by an absolute path');
    const {db, ...more} = parseQuery(query, ['db', 'passwordFile']);
    const label = `redis+unix:///${tail}${db === 0 ? '' : `?db=${db}`}`;
    return {kind: 'redis', via: {type: 'socket', path: `/${tail}`}, db, ...user, ...more, label};
  }
  const nodes = parseHosts(hosts, scheme === 'redis-sentinel' ? 26_379 : 6379);
  const list = nodes.map(node => `${node.host}:${node.port}`).join(',');
  const allowed = ['passwordFile', ...TLS_PARAMETERS];
  if (scheme === 'redis-cluster') {
    const more = parseQuery(query, allowed);
    if (tail !== '' && tail !== '0') throw bad('a cluster has no other database than 0');
    return {kind: 'redis', via: {type: 'cluster', nodes}, ...user, ...more, label: `${scheme}://${list}`};
  }
  if (scheme === 'redis-sentinel') {
    if (!/^[\w.-]+$/.test(tail))
      throw bad('no name of a master, of letters, digits, ".", "_" and "-", follows "/"');
    const more = parseQuery(query, [...SENTINEL_PARAMETERS, ...allowed]);
    const label = `${scheme}://${list}/${tail}${more.db === 0 ? '' : `?db=${more.db}`}`;
    return {kind: 'redis', via: {type: 'sentinel', nodes, name: tail}, ...user, ...more, label};
  }
  const more = parseQuery(query, allowed);
  const [node, second] = nodes;
  if (node === undefined || second !== undefined) {
    throw bad('it names several hosts', 'For several hosts write redis-cluster:// or redis-sentinel://.');
  }
  const tls = more.tls ?? (scheme === 'rediss' ? {} : null);
  return {
    kind: 'redis',
    via: {type: 'host', ...node},
    ...user,
    ...more,
    ...(tls !== null && {tls}),
    db: tail === '' ? 0 : parseDb(tail),
    label: `${tls === null ? 'redis' : 'rediss'}://${list}/${tail === '' ? 0 : parseDb(tail)}`,
  };
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

type Parameters = Pick<RedisTarget, 'db' | 'tls' | 'sentinelUser' | 'sentinelPassword'> & {
  password?: PasswordSource;
};

/** @throws StoreFault that names what is allowed, and repeats no part of the text. */
function parseQuery(query: string | null, allowed: readonly string[]): Parameters {
  const found = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query ?? '')) {
    if (!allowed.includes(name)) throw bad(`something else follows "?" than ${allowed.join('=, ')}=`);
    if (value === '') throw bad(`nothing follows "${name}="`);
    refuseControls(value);
    found.set(name, value);
  }
  const fileOf = (name: string): SecretFile | null => {
    const path = found.get(name);
    return path === undefined ? null : new SecretFile(path, `${name}= in the address of the store`);
  };
  const db = found.get('db');
  const tls = tlsOf(found);
  const password = fileOf('passwordFile');
  const sentinelUser = found.get('sentinelUser');
  const sentinelPassword = fileOf('sentinelPasswordFile');
  return {
    db: db === undefined ? 0 : parseDb(db),
    ...(tls !== null && {tls}),
    ...(password !== null && {password}),
    ...(sentinelUser !== undefined && {sentinelUser}),
    ...(sentinelPassword !== null && {sentinelPassword}),
  };
}

/** Null: the address does not ask for TLS. */
function tlsOf(found: ReadonlyMap<string, string>): TlsFiles | null {
  const asked = found.get('tls');
  const files = TLS_PARAMETERS.slice(1).flatMap(name => {
    const path = found.get(name);
    return path === undefined ? [] : [[name, path]];
  });
  if (asked !== undefined && asked !== 'true') throw bad('"tls=" is not followed by "true"');
  if (found.has('cert') !== found.has('key')) throw bad('"cert=" and "key=" do not come together');
  return asked === undefined && files.length === 0 ? null : (Object.fromEntries(files) as TlsFiles);
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

/** Refuses control and direction characters, because the label is printed on terminals. */
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
