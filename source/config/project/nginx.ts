import {z} from 'zod';
import type {EdgeFeature, EdgeSite, EdgeSource} from '../../audience/edge-site.ts';
import {isFeatureName} from '../../release/name.ts';
import {readArgv} from '../plan/hooks.ts';
import {durationAboveZero, FEATURE_ALLOWED, line} from '../yaml/leaf.ts';
import {bad, good, quote, type Reading} from '../yaml/mistake.ts';
import {child, isMapping, isWritten, readBy, type Reader, type Spot} from '../yaml/reader.ts';

/** An nginx that an agent drives. Paths may be relative to the configuration they stand in. */
export interface NginxConfig {
  site: EdgeSite;
  /** The file that the site includes in its `http` block. */
  include: string;
  /** Tells whether nginx takes its configuration: exit code 0. */
  test: string[];
  /** How nginx is told to read it again: SIGHUP to the process that a file names, or a command. */
  reload: {pidFile: string} | {argv: string[]};
  /** `worker_shutdown_timeout` of the site, milliseconds: so long may a request that is under way stay with gray. */
  shutdownMs: number;
  /** An agent that does not move for so long is taken for dead, milliseconds. */
  watchdogMs: number;
  /** How the edge is called among the routers; null: after its host. */
  name: string | null;
}

/** Names of nginx's variables fit its hash behind `gray_upstream_`. */
const LONGEST_SUFFIX = 32;
const A_SOURCE = '$variable, {header: x-user-id} or {cookie: user_id}';
const A_FEATURE = '{prod: app_prod, gray: app_gray}';

const upstream = matching(/^[\w.:-]{1,200}$/, 'the name of an upstream: app_gray');
const suffix = matching(/^\w{1,32}$/, `letters, digits and _, at most ${LONGEST_SUFFIX}`);
const SOURCE_SHAPE = {
  variable: matching(/^\$?\w{1,100}$/, '$name: letters, digits and _'),
  header: matching(/^[A-Za-z0-9-]{1,100}$/, 'letters, digits and -: nginx drops other headers'),
  cookie: matching(/^\w{1,100}$/, 'letters, digits and _: nginx has no variable for other cookies'),
};
const LISTEN = /^(?<host>(?:\d{1,3}\.){3}\d{1,3}|\[[0-9a-f:]+\]|localhost):(?<port>\d{1,5})$/i;
const probe = readBy((value): Reading<EdgeSite['probe']> => {
  const found = typeof value === 'string' ? LISTEN.exec(value)?.groups : undefined;
  const port = Number(found?.['port'] ?? 0);
  return found === undefined || port < 1 || port > 65_535
    ? bad({message: 'this is no address to listen on', allowed: '127.0.0.1:9145'})
    : good({host: found['host'] ?? '', port});
});

const SHAPE = {
  include: line(1024),
  user: z.unknown(),
  attributes: z.unknown(),
  features: z.unknown(),
  probe,
  test: z.unknown(),
  pid: line(1024),
  reload: z.unknown(),
  shutdown: durationAboveZero,
  watchdog: durationAboveZero,
  name: line(64),
};
const OTHER_NAMES = {file: 'include', id: 'user', upstreams: 'features', worker_shutdown_timeout: 'shutdown'};

/** `nginx:` — where the include file goes, who users are, and which upstreams a feature has. Null once its mistakes are told. */
export function readNginx(reader: Reader, spot: Spot): NginxConfig | null {
  const fields = reader.fields(spot, SHAPE, OTHER_NAMES);
  if (fields === null) return null;
  reader.require(spot, {
    include: 'include: /etc/nginx/graydeck.conf',
    features: `features: {pay: ${A_FEATURE}}`,
  });
  const at = (key: keyof typeof SHAPE) => (isWritten(spot, key) ? child(spot, key) : null);
  const [user, attributes, features] = [at('user'), at('attributes'), at('features')];
  const [test, reload] = [at('test'), at('reload')];
  const argv = reload === null ? null : readArgv(reader, reload, '[nginx, -s, reload]');
  return {
    site: {
      user: (user === null ? null : readSource(reader, user)) ?? {header: 'x-user-id'},
      attributes: attributes === null ? {} : readAttributes(reader, attributes),
      features: features === null ? {} : readFeatures(reader, features),
      probe: fields.probe ?? {host: '127.0.0.1', port: 9145},
    },
    include: fields.include ?? '',
    test: (test === null ? null : readArgv(reader, test, '[nginx, -t]')) ?? ['nginx', '-t'],
    reload: argv ? {argv} : {pidFile: fields.pid ?? '/run/nginx.pid'},
    shutdownMs: fields.shutdown ?? 30_000,
    watchdogMs: fields.watchdog ?? 10_000,
    name: fields.name ?? null,
  };
}

function readSource(reader: Reader, spot: Spot): EdgeSource | null {
  const {value} = spot;
  if (typeof value === 'string') {
    if (/^\$\w{1,100}$/.test(value)) return {variable: value.slice(1)};
    reader.mistake(spot, {message: 'this is no variable of nginx', allowed: A_SOURCE});
    return null;
  }
  const fields = reader.fields(spot, SOURCE_SHAPE);
  if (fields === null) return null;
  const written = Object.keys(SOURCE_SHAPE).filter(key => isWritten(spot, key));
  if (written.length !== 1) {
    reader.mistake(spot, {message: 'this is not one place of a request', allowed: A_SOURCE});
    return null;
  }
  const {variable, header, cookie} = fields;
  if (variable !== undefined) return {variable: variable.replace('$', '')};
  if (header !== undefined) return {header};
  return cookie === undefined ? null : {cookie};
}

function readAttributes(reader: Reader, spot: Spot): Record<string, EdgeSource> {
  if (!isMapping(spot.value)) {
    reader.mistake(spot, {message: 'attributes are a mapping', allowed: `{country: $geoip2_country_code}`});
    return {};
  }
  return Object.fromEntries(
    Object.keys(spot.value).flatMap(name => {
      const source = readSource(reader, child(spot, name));
      return source === null ? [] : [[name, source] as const];
    }),
  );
}

function readFeatures(reader: Reader, spot: Spot): Record<string, EdgeFeature> {
  if (!isMapping(spot.value)) {
    reader.mistake(spot, {
      message: 'features are a mapping of names',
      allowed: `{new_payment: ${A_FEATURE}}`,
    });
    return {};
  }
  const taken = new Map<string, string>();
  return Object.fromEntries(
    Object.keys(spot.value).flatMap(name => {
      const at = child(spot, name);
      const say = (message: string, allowed: string) =>
        reader.mistake(at, {message, allowed, found: quote(name)}, 'key');
      if (!isFeatureName(name)) say(`${quote(name)} is not the name of a feature`, FEATURE_ALLOWED);
      const fields = reader.fields(at, {prod: upstream, gray: upstream, variable: suffix});
      if (fields === null) return [];
      reader.require(at, {prod: 'prod: app_prod', gray: 'gray: app_gray'});
      const variable = fields.variable ?? name.replaceAll('-', '_');
      if (variable.length > LONGEST_SUFFIX)
        say(
          'this name is too long for a variable of nginx',
          `a short one: {…, variable: ${variable.slice(0, 12)}}`,
        );
      const other = taken.get(variable);
      if (other !== undefined)
        say(`${other} has the same variables: nginx knows no -`, 'another name: {…, variable: NAME}');
      taken.set(variable, name);
      const {prod, gray} = fields;
      return prod === undefined || gray === undefined ? [] : [[name, {prod, gray, variable}] as const];
    }),
  );
}

function matching(pattern: RegExp, allowed: string): z.ZodType<string> {
  return readBy((value): Reading<string> =>
    typeof value === 'string' && pattern.test(value)
      ? good(value)
      : bad({message: 'nginx could not read this', allowed}),
  );
}
