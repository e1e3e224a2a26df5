import {z} from 'zod';
import type {ChannelSpec} from '../../release/channel.ts';
import type {Plan} from '../../release/plan.ts';
import {readRaise} from '../plan/raise.ts';
import type {RaiseHours} from '../../release/raise-hours.ts';
import {DEFAULT_ALERTS, readAlerts, type AlertConfig} from './alerts.ts';
import {readChannels} from './channels.ts';
import {readMetrics} from './config-metrics.ts';
import {FEATURE_ALLOWED, featureName, line} from '../yaml/leaf.ts';
import {metricBook, type MetricDeclaration} from '../condition/metric-book.ts';
import type {MetricQuery} from './metric-query.ts';
import {inOrder, pathText, quote, type Mistake} from '../yaml/mistake.ts';
import {PHASE_KEYS, PLAN_OTHER_NAMES, PLAN_SHAPE, planFrom} from '../plan/plan-fields.ts';
import {readNginx, type NginxConfig} from './nginx.ts';
import {readContacts} from '../plan/plan-settings.ts';
import {readPrometheus, type PrometheusConfig} from './prometheus.ts';
import {child, isMapping, isWritten, Reader, type Spot} from '../yaml/reader.ts';
import {readServices} from './services.ts';
import {readStore, type StoreConfig} from './store.ts';
import {openYaml} from '../yaml/file.ts';

/** Where a feature's plan stands: in a file beside the config, as written there, or in the config itself. */
export type PlanSource = {kind: 'file'; path: string} | {kind: 'inline'; plan: Plan};

/** The project's `graydeck.yaml`, read. Null: not written. */
export interface Config {
  store: StoreConfig | null;
  /** The feature that is meant where nobody says. */
  feature: string | null;
  prometheus: PrometheusConfig | null;
  nginx: NginxConfig | null;
  metrics: Record<string, MetricDeclaration>;
  /** What Prometheus is asked for by a query of the project's own. */
  queries: Record<string, MetricQuery>;
  contacts: Record<string, string>;
  /** Ways to tell people. */
  channels: ChannelSpec[];
  alerts: AlertConfig;
  /** What `doctor` asks whether it is up: name → argument array. */
  services: Record<string, string[]>;
  /** Programs that steps may run on this host, as patterns of their paths; null: no list. */
  allow: string[] | null;
  /** Hours in which a release of this project may be raised, beside those of its plan. */
  raise: RaiseHours[];
  /** Folder for the report of every release that ends; as written, from the file's own folder. */
  reports: string | null;
  /** The plan of a feature that `features` does not list. */
  plan: PlanSource | null;
  /** Features by name; null: no plan of its own. */
  features: Record<string, PlanSource | null>;
}

export type ConfigReading =
  {ok: true; config: Config; warnings: Mistake[]} | {ok: false; mistakes: Mistake[]};

const CONFIG_SHAPE = {
  store: z.unknown(),
  prometheus: z.unknown(),
  nginx: z.unknown(),
  metrics: z.unknown(),
  channels: z.unknown(),
  alerts: z.unknown(),
  features: z.unknown(),
  plan: z.unknown(),
  reports: line(1024),
  services: z.unknown(),
};
const OTHER_NAMES = {
  ...PLAN_OTHER_NAMES,
  redis: 'store',
  url: 'store',
  prom: 'prometheus',
};

/**
 * Reads `graydeck.yaml`:
 * ```yaml
 * store: redis://deck:${REDIS_PASSWORD}@127.0.0.1:6379
 *                                           # or {url, ca, cert, key, password: {file}, sentinelPassword: {file}}
 * feature: new_payment
 * prometheus: http://127.0.0.1:9090
 *                                           # or {url, token, user, password, headers, ca, cert, key, sides, labels, every, …}
 * nginx: {include: /etc/nginx/graydeck.conf, features: {pay: {prod: pay_prod, gray: pay_gray}}}
 * metrics:
 *   queue_length: {type: gauge, unit: count, better: lower}
 *   disk: {query: "max(disk_used_percent{{{match}}})", unit: "%", better: lower}
 * contacts: {support: tech@example.com}
 * channels: {slack: {url: "${SLACK_WEBHOOK}"}}  # also mail, sms, webhook: who is told of alerts and rollbacks
 * alerts: {escalate: 10m, bell: on}
 * reports: reports                          # the report of every release that ends, as md, json and html
 * hooks: {allow: [/opt/deploy/*]}          # programs that steps may run on this host
 * raise: {when: "Mon-Fri 09:00-17:00 Europe/Berlin", except: [2026-12-24]}
 * services: {gray: [systemctl, is-active, pay-gray]}   # asked by `graydeck doctor`
 * plan: plans/payment.yaml                  # or the plan itself, or its keys (phases, guardrails, …) right here
 * features: {search: {plan: plans/search.yaml}, checkout: {phases: […]}}
 * ```
 * Pure; never throws. A password in it is a mistake, and is never repeated.
 */
export function readConfig(text: string, fileName: string): ConfigReading {
  const {file, mistakes} = openYaml(text, fileName);
  if (file === null) return {ok: false, mistakes};
  const reader = new Reader(file);
  const config = configFrom(reader, {value: file.value, path: []});
  const all = inOrder([...mistakes, ...reader.mistakes]);
  return config === null || all.length > 0
    ? {ok: false, mistakes: all}
    : {ok: true, config, warnings: inOrder(reader.warnings)};
}

function configFrom(reader: Reader, root: Spot): Config | null {
  const fields = reader.fields(root, {...PLAN_SHAPE, ...CONFIG_SHAPE}, OTHER_NAMES);
  if (fields === null) return null;
  const {declared, queries} = isWritten(root, 'metrics')
    ? readMetrics(reader, child(root, 'metrics'))
    : {declared: {}, queries: {}};
  reader.book = metricBook(declared);
  const hooks = isWritten(root, 'hooks') ? child(root, 'hooks') : null;
  return {
    store: isWritten(root, 'store') ? readStore(reader, child(root, 'store')) : null,
    feature: fields.feature ?? null,
    prometheus: isWritten(root, 'prometheus') ? readPrometheus(reader, child(root, 'prometheus')) : null,
    nginx: isWritten(root, 'nginx') ? readNginx(reader, child(root, 'nginx')) : null,
    metrics: declared,
    queries,
    contacts: isWritten(root, 'contacts') ? readContacts(reader, child(root, 'contacts')) : {},
    channels: isWritten(root, 'channels') ? readChannels(reader, child(root, 'channels')) : [],
    alerts: isWritten(root, 'alerts') ? readAlerts(reader, child(root, 'alerts')) : DEFAULT_ALERTS,
    services: isWritten(root, 'services') ? readServices(reader, child(root, 'services')) : {},
    allow: hooks === null || !isWritten(hooks, 'allow') ? null : readAllow(reader, child(hooks, 'allow')),
    raise: isWritten(root, 'raise') ? [readRaise(reader, child(root, 'raise')) ?? []].flat() : [],
    reports: fields.reports ?? null,
    plan: planSource(
      reader,
      root,
      fields.feature ?? 'plan',
      new Set(['feature', 'contacts', 'raise', ...Object.keys(CONFIG_SHAPE)]),
    ),
    features: isWritten(root, 'features') ? readFeatures(reader, child(root, 'features')) : {},
  };
}

/**
 * The plan of a mapping: behind its key `plan`, or made of the plan's keys in the mapping itself.
 * @param besides keys that are there for something else
 */
function planSource(
  reader: Reader,
  spot: Spot,
  fallbackName: string,
  besides: ReadonlySet<string>,
): PlanSource | null {
  const {value} = spot;
  if (!isMapping(value)) return null;
  const inline = Object.keys(value).filter(
    key => Object.hasOwn(PLAN_SHAPE, key) && !besides.has(key) && !isAllowList(key, value[key]),
  );
  if (isWritten(spot, 'plan')) {
    for (const key of inline)
      reader.mistake(
        child(spot, key),
        {
          message: `${quote(key)} stands beside plan`,
          allowed: 'either plan: or the keys of a plan',
          found: quote(key),
        },
        'key',
      );
    return readSource(reader, child(spot, 'plan'), fallbackName);
  }
  if (inline.length === 0) return null;
  const keys = Object.entries(value)
    .filter(([key]) => Object.hasOwn(PLAN_SHAPE, key) && !(besides.has('raise') && key === 'raise'))
    .map(([key, part]) => (key === 'hooks' ? [key, withoutAllow(part)] : [key, part]));
  return {kind: 'inline', plan: readInline(reader, {...spot, value: Object.fromEntries(keys)}, fallbackName)};
}

/** `hooks: {allow: […]}` alone says what this host may run, and is no part of a plan. */
function isAllowList(key: string, value: unknown): boolean {
  return key === 'hooks' && isMapping(value) && Object.keys(value).every(name => name === 'allow');
}

function withoutAllow(value: unknown): unknown {
  if (!isMapping(value)) return value;
  const {allow: _, ...hooks} = value;
  return hooks;
}

/** `hooks.allow`: whole paths, `*` for any part of a name. */
function readAllow(reader: Reader, spot: Spot): string[] {
  const example = 'a list of paths: [/opt/deploy/*]';
  return reader.items(spot, example).flatMap(item => {
    if (typeof item.value === 'string' && item.value.startsWith('/') && !item.value.includes('\0'))
      return [item.value];
    reader.mistake(item, {
      message: 'this is no whole path of a program',
      allowed: '/opt/deploy/*, /usr/bin/kubectl',
    });
    return [];
  });
}

function readSource(reader: Reader, spot: Spot, fallbackName: string): PlanSource | null {
  if (isMapping(spot.value)) return {kind: 'inline', plan: readInline(reader, spot, fallbackName)};
  const path = reader.field(spot, line(1024));
  return path === undefined ? null : {kind: 'file', path};
}

function readInline(reader: Reader, spot: Spot, fallbackName: string): Plan {
  const fields = reader.fields(spot, PLAN_SHAPE, PLAN_OTHER_NAMES) ?? {};
  if (!PHASE_KEYS.some(key => isWritten(spot, key)))
    reader.mistake(spot, {
      message: `the plan${spot.path.length === 0 ? '' : ` at ${pathText(spot.path)}`} has no phases`,
      allowed: PHASE_KEYS.join(', '),
      found: 'nothing',
    });
  return planFrom(reader, spot, fields, fallbackName);
}

function readFeatures(reader: Reader, spot: Spot): Config['features'] {
  if (!isMapping(spot.value)) {
    reader.mistake(spot, {message: 'features are a mapping of names', allowed: 'NAME: {plan: FILE}'});
    return {};
  }
  const features = Object.keys(spot.value).map((name): [string, PlanSource | null] => {
    const at = child(spot, name);
    if (!featureName.safeParse(name).success)
      reader.mistake(
        at,
        {
          message: `${quote(name)} is not the name of a feature`,
          allowed: FEATURE_ALLOWED,
          found: quote(name),
        },
        'key',
      );
    if (at.value === null) return [name, null];
    if (typeof at.value === 'string') return [name, readSource(reader, at, name)];
    const known = {...PLAN_SHAPE, plan: z.unknown()};
    return reader.fields(at, known, OTHER_NAMES) === null
      ? [name, null]
      : [name, planSource(reader, at, name, new Set())];
  });
  return Object.fromEntries(features);
}
