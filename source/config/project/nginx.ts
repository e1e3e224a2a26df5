import {z} from 'zod';
import type {EdgeFeature, EdgeSite, EdgeSource} from '../../audience/latch.ts';
import {argv} from '../plan/hooks.ts';
import {durationAboveZero, featureName, filePath, line, matching} from '../yaml/leaf.ts';
import {bad, good, type Reading} from '../yaml/mistake.ts';
import {child, isWritten} from '../yaml/reader.ts';
import {made, mapping, may, must, named, readBy} from '../yaml/tree.ts';
import {quote} from '../../text/quote.ts';

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

const matches = (pattern: RegExp, form: string) =>
  matching(text => pattern.test(text), 'a text that nginx can read', form);
const upstream = matches(/^[\w.:-]{1,200}$/, 'the name of an upstream: app_gray');
const suffix = matches(/^\w{1,32}$/, `letters, digits and _, at most ${LONGEST_SUFFIX}`);
const LISTEN = /^(?<host>(?:\d{1,3}\.){3}\d{1,3}|\[[0-9a-f:]+\]|localhost):(?<port>\d{1,5})$/i;
const probe = readBy(
  (value): Reading<EdgeSite['probe']> => {
    const found = typeof value === 'string' ? LISTEN.exec(value)?.groups : undefined;
    const port = Number(found?.['port'] ?? 0);
    return found === undefined || port < 1 || port > 65_535
      ? bad({message: 'this is no address to listen on', allowed: '127.0.0.1:9145'})
      : good({host: found['host'] ?? '', port});
  },
  {type: 'string', form: 'an address and its port'},
);

const source = z
  .union([
    readBy(
      (value): Reading<EdgeSource> =>
        typeof value === 'string' && /^\$\w{1,100}$/.test(value)
          ? good({variable: value.slice(1)})
          : bad({message: 'this is no variable of nginx', allowed: A_SOURCE}),
      {type: 'string', form: A_SOURCE},
    ),
    made(
      mapping(
        {
          variable: may(
            matches(/^\$?\w{1,100}$/, '$name: letters, digits and _'),
            'Variable of nginx.',
            '$remote_user',
          ),
          header: may(
            matches(/^[A-Za-z0-9-]{1,100}$/, 'letters, digits and -: nginx drops other headers'),
            'Header of the request.',
            'x-user-id',
          ),
          cookie: may(
            matches(/^\w{1,100}$/, 'letters, digits and _: nginx has no variable for other cookies'),
            'Cookie of the request.',
            'user_id',
          ),
        },
        {title: 'place of a request'},
      ),
      ({variable, header, cookie}, at, reader): EdgeSource | undefined => {
        const written = ['variable', 'header', 'cookie'].filter(key => isWritten(at, key));
        if (written.length !== 1)
          return reader.mistake(at, {message: 'this is not one place of a request', allowed: A_SOURCE});
        if (variable !== undefined) return {variable: variable.replace('$', '')};
        if (header !== undefined) return {header};
        return cookie === undefined ? undefined : {cookie};
      },
    ),
  ])
  .meta({form: A_SOURCE});

const attributes = named(z.string(), source, {form: '{country: $geoip2_country_code}'});

const featureKeys = mapping(
  {
    prod: must(upstream, 'Upstream of prod.', 'app_prod'),
    gray: must(upstream, 'Upstream of gray.', 'app_gray'),
    variable: may(
      suffix,
      "End of the names of the feature's variables.",
      'payment',
      'the name of the feature, with _ for -',
    ),
  },
  {example: A_FEATURE},
);

const features = made(
  named(featureName, featureKeys, {form: `{new_payment: ${A_FEATURE}}`}),
  (all, spot, reader): Record<string, EdgeFeature> => {
    const taken = new Map<string, string>();
    const read = Object.entries(all).map(([name, keys]): [string, EdgeFeature][] => {
      const say = (message: string, allowed: string) =>
        reader.mistake(child(spot, name), {message, allowed, found: quote(name)}, 'key');
      const {prod, gray, variable = name.replaceAll('-', '_')} = keys;
      if (variable.length > LONGEST_SUFFIX)
        say(
          'this name is too long for a variable of nginx',
          `a short one: {…, variable: ${variable.slice(0, 12)}}`,
        );
      const other = taken.get(variable);
      if (other !== undefined)
        say(`${other} has the same variables: nginx knows no -`, 'another name: {…, variable: NAME}');
      taken.set(variable, name);
      return prod === undefined || gray === undefined ? [] : [[name, {prod, gray, variable}]];
    });
    return Object.fromEntries(read.flat());
  },
);

/** `nginx:` — where the include file goes, how users are recognised, and which upstreams a feature has. */
export const nginx = made(
  mapping(
    {
      include: must(
        filePath,
        'File that the agent writes and the site includes in its `http` block.',
        '/etc/nginx/graydeck.conf',
      ),
      user: may(source, 'Where the id of the user stands.', '{cookie: user_id}', '{header: x-user-id}'),
      visitor: may(
        matches(/^\w{1,64}$/, 'letters, digits and _'),
        'Cookie that marks visitors without an id; the site adds `$gray_set_cookie` to its answers.',
        'gray_visitor',
        'none: they go by their address',
      ),
      attributes: may(
        attributes,
        'Where attributes of the user stand.',
        '{country: $geoip2_country_code}',
        'none',
      ),
      features: must(features, 'Upstreams of each feature.', `{pay: ${A_FEATURE}}`),
      probe: may(
        probe,
        'Address on which nginx tells the agent what it applies.',
        '127.0.0.1:9145',
        '127.0.0.1:9145',
      ),
      test: may(
        argv('[nginx, -t]'),
        'Command that tests the configuration of nginx.',
        '[nginx, -t]',
        '[nginx, -t]',
      ),
      pid: may(
        filePath,
        'File that holds the id of the process, for SIGHUP.',
        '/run/nginx.pid',
        '/run/nginx.pid',
      ),
      reload: may(
        argv('[nginx, -s, reload]'),
        'Command that makes nginx read its configuration again, in place of SIGHUP.',
        '[systemctl, reload, nginx]',
        'SIGHUP',
      ),
      shutdown: may(durationAboveZero, '`worker_shutdown_timeout` of the site.', '5s', '30s'),
      watchdog: may(
        durationAboveZero,
        'Time after which the watchdog takes an agent that does not move for dead.',
        '3s',
        '10s',
      ),
      name: may(line(64), 'Name of the edge among the routers.', 'edge-1', 'the name of its host'),
    },
    {alsoCalled: {file: 'include', id: 'user', upstreams: 'features', worker_shutdown_timeout: 'shutdown'}},
  ),
  (keys): NginxConfig => ({
    site: {
      user: keys.user ?? {header: 'x-user-id'},
      ...(keys.visitor === undefined ? {} : {visitor: keys.visitor}),
      attributes: keys.attributes ?? {},
      features: keys.features ?? {},
      probe: keys.probe ?? {host: '127.0.0.1', port: 9145},
    },
    include: keys.include ?? '',
    test: keys.test ?? ['nginx', '-t'],
    reload: keys.reload === undefined ? {pidFile: keys.pid ?? '/run/nginx.pid'} : {argv: keys.reload},
    shutdownMs: keys.shutdown ?? 30_000,
    watchdogMs: keys.watchdog ?? 10_000,
    name: keys.name ?? null,
  }),
);
