import {z} from 'zod';
import type {ChannelSpec} from '../../release/channel.ts';
import {isFeatureName} from '../../release/name.ts';
import type {Plan} from '../../release/plan.ts';
import type {RaiseHours} from '../../release/raise-hours.ts';
import {type AlertConfig, DEFAULT_ALERTS, NO_SHARE, type ShareConfig, alerts, share} from './alerts.ts';
import {channels} from './channels.ts';
import {metrics} from './config-metrics.ts';
import {featureName, filePath} from '../yaml/leaf.ts';
import type {MetricDeclaration} from '../condition/metric-book.ts';
import type {MetricQuery} from './metric-query.ts';
import {inOrder, pathText, type Mistake} from '../yaml/mistake.ts';
import {argv, hooks} from '../plan/hooks.ts';
import {PHASE_KEYS, PLAN_ALSO_CALLED, PLAN_KEYS, planFrom, planTree} from '../plan/plan-fields.ts';
import {nginx, type NginxConfig} from './nginx.ts';
import {prometheus, type PrometheusConfig} from './prometheus.ts';
import {store, type StoreConfig} from './store.ts';
import {child, isMapping, isWritten, YamlReader, type Spot} from '../yaml/reader.ts';
import {made, mapping, may, named, type Draft} from '../yaml/tree.ts';
import {checkHookVariables, hookVariables, variablesOf} from './address.ts';
import {openYaml} from '../yaml/file.ts';
import {quote} from '../../text/quote.ts';

/** The place of a feature's plan: a file, its path as written, or the project file itself. */
export type PlanSource = {kind: 'file'; path: string} | {kind: 'inline'; plan: Plan};

/** The project's `graydeck.yaml`, read. Null: not written. */
export interface Config {
  store: StoreConfig | null;
  /** Feature of a command that names none. */
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
  /** Hours in which a release of this project may be raised, in addition to those of its plan. */
  raise: RaiseHours[];
  /** Where links to watch by are served, and under which address others reach them. */
  share: ShareConfig;
  /** Folder for the report of every release that ends; as written, from the file's own folder. */
  reports: string | null;
  /** Variables of the environment that hooks get in addition to the short list. */
  hookVariables: string[];
  /** Every variable of the environment that this file uses, sorted: hooks are not given them. */
  variables: string[];
  /** The plan of a feature that `features` does not list. */
  plan: PlanSource | null;
  /** Features by name; null: no plan of its own. */
  features: Record<string, PlanSource | null>;
}

export type ConfigReading =
  {ok: true; config: Config; warnings: Mistake[]} | {ok: false; mistakes: Mistake[]};

/** A plan: a file, or the plan itself. */
const planSource = z.union([
  made(filePath, (path): PlanSource => ({kind: 'file', path})),
  made(planTree, (draft, at, reader): PlanSource => {
    const name = at.path[0] === 'features' ? String(at.path[1]) : (ownFeature(reader) ?? 'plan');
    return {kind: 'inline', plan: inlinePlan(reader, at, draft, name)};
  }),
]);
const planKey = may(
  planSource,
  'Plan of the feature: a file, or the plan itself.',
  'plans/payment.yaml',
  'none',
);

const featureKeys = mapping({...PLAN_KEYS, plan: planKey}, {alsoCalled: PLAN_ALSO_CALLED});
const features = named(
  featureName,
  z.nullable(
    z.union([
      made(filePath, (path): PlanSource | null => ({kind: 'file', path})),
      made(featureKeys, (draft, at, reader) => sourceOf(reader, at, draft, String(at.path.at(-1)), NO_KEYS)),
    ]),
  ),
  {form: 'NAME: {plan: FILE}'},
);

const allow = may(
  z
    .array(
      made(z.unknown().meta({type: 'string', form: '/opt/deploy/*'}), (value, at, reader) =>
        typeof value === 'string' && value.startsWith('/') && !value.includes('\0')
          ? value
          : reader.mistake(at, {
              message: 'this is no whole path of a program',
              allowed: '/opt/deploy/*, /usr/bin/kubectl',
            }),
      ),
    )
    .meta({form: 'a list of paths: [/opt/deploy/*]'}),
  'Whole paths of programs that this host runs; `*` is any part of one name.',
  '[/opt/deploy/*]',
  'only plans that were started on this host',
);

const COMMAND = 'gray: [systemctl, is-active, pay-gray]';
const services = named(z.string(), argv(COMMAND), {form: COMMAND});

/** Keys of the project file in addition to those of a plan. `metrics` is read first: conditions may name them. */
const PROJECT_KEYS = {
  metrics: may(
    metrics,
    'Metrics in addition to the known ones, and queries of Prometheus.',
    '{queue_length: {type: gauge, unit: count, better: lower}}',
    'none',
  ),
  store: may(
    store,
    'Address of the store, or a mapping. A password comes by `password:` of the mapping or by `${NAME}` in the address.',
    'redis://deck@127.0.0.1:6379',
    '`--store`, `GRAYDECK_STORE`, else the embedded store',
  ),
  prometheus: may(
    prometheus,
    'Address of Prometheus, or a mapping.',
    'http://127.0.0.1:9090',
    '`--prometheus`, else none',
  ),
  nginx: may(
    nginx,
    'The nginx that `graydeck agent` drives.',
    '{include: /etc/nginx/graydeck.conf, features: {pay: {prod: pay_prod, gray: pay_gray}}}',
    'none',
  ),
  channels: may(channels, 'Channels of notifications by name.', '{slack: {url: "${SLACK_WEBHOOK}"}}', 'none'),
  alerts: may(
    alerts,
    'What becomes of alerts.',
    '{escalate: 10m, bell: on}',
    '{escalate: 10m, bell: on, lang: en}',
  ),
  hooks: may(
    mapping(
      {...hooks.shape, allow},
      {alsoCalled: {run: 'deploy', upgrade: 'promote', test: 'verify', clean: 'cleanup'}},
    ),
    'Programs that the steps of a release run, and which programs this host may run.',
    '{allow: [/opt/deploy/*]}',
    'none',
  ),
  share: may(
    share,
    'Where `graydeck share` serves links, and under which address others reach them.',
    '{listen: "0.0.0.0:8090", url: https://deck.example.com}',
    'a free port of this machine alone',
  ),
  reports: may(filePath, 'Folder for the report of every release that ends.', 'reports', 'no reports'),
  services: may(
    services,
    'Commands that end with 0 if a service is up. `graydeck doctor` runs them.',
    '{gray: [systemctl, is-active, pay-gray]}',
    'none',
  ),
  hookVariables: may(
    hookVariables,
    'Variables of the environment that hooks get in addition to `PATH`, `HOME` and a few others.',
    '[AWS_PROFILE]',
    'none',
  ),
  plan: planKey,
  features: may(
    features,
    'Features by name, each with its plan.',
    '{search: {plan: plans/search.yaml}}',
    'none',
  ),
};

/** The tree of `graydeck.yaml`. The keys of a plan may stand in it as well. */
export const projectTree = mapping(
  // Hooks of the project say more than those of a plan.
  {...PROJECT_KEYS, ...PLAN_KEYS, hooks: PROJECT_KEYS.hooks},
  {alsoCalled: {...PLAN_ALSO_CALLED, redis: 'store', url: 'store', prom: 'prometheus'}},
);

/**
 * Reads `graydeck.yaml`; `source/docs/project.md` lists its keys.
 * Pure; never throws. A password in it is a mistake, and is never repeated.
 */
export function readConfig(text: string, fileName: string): ConfigReading {
  const {file, mistakes} = openYaml(text, fileName);
  if (file === null) return {ok: false, mistakes};
  const reader = new YamlReader(file);
  const config = configFrom(reader, {value: file.value, path: []});
  const all = inOrder([...mistakes, ...reader.mistakes]);
  return config === null || all.length > 0
    ? {ok: false, mistakes: all}
    : {ok: true, config, warnings: inOrder(reader.warnings)};
}

function configFrom(reader: YamlReader, root: Spot): Config | null {
  const draft = reader.read(root, projectTree);
  if (draft === undefined) return null;
  const variables = variablesOf(root.value);
  checkHookVariables(reader, root, variables);
  return {
    store: draft.store ?? null,
    feature: draft.feature ?? null,
    prometheus: draft.prometheus ?? null,
    nginx: draft.nginx ?? null,
    metrics: draft.metrics?.declared ?? {},
    queries: draft.metrics?.queries ?? {},
    contacts: draft.contacts ?? {},
    channels: draft.channels ?? [],
    alerts: draft.alerts ?? DEFAULT_ALERTS,
    services: draft.services ?? {},
    allow: draft.hooks?.allow ?? null,
    raise: draft.raise === undefined ? [] : [draft.raise],
    share: draft.share ?? NO_SHARE,
    reports: draft.reports ?? null,
    hookVariables: draft.hookVariables ?? [],
    variables,
    plan: sourceOf(reader, root, draft, draft.feature ?? 'plan', SHARED_KEYS),
    features: draft.features ?? {},
  };
}

const NO_KEYS: ReadonlySet<string> = new Set();
/** Keys of a plan that the project has for itself as well. */
const SHARED_KEYS: ReadonlySet<string> = new Set(['feature', 'contacts', 'raise']);

function ownFeature({file}: YamlReader): string | null {
  const feature = isMapping(file.value) ? file.value['feature'] : null;
  return isFeatureName(feature) ? feature : null;
}

/**
 * The plan of a mapping: behind its key `plan`, or made of the plan's keys in the mapping itself.
 * @param shared keys of a plan that alone make none
 */
function sourceOf(
  reader: YamlReader,
  at: Spot,
  draft: Draft<typeof featureKeys>,
  fallbackName: string,
  shared: ReadonlySet<string>,
): PlanSource | null {
  const keys = isMapping(at.value) ? Object.keys(at.value) : [];
  const inline = keys.filter(
    key => Object.hasOwn(PLAN_KEYS, key) && !shared.has(key) && !isAllowList(key, at),
  );
  if (isWritten(at, 'plan')) {
    for (const key of inline)
      reader.mistake(
        child(at, key),
        {
          message: `${quote(key)} and plan exclude each other`,
          allowed: 'either plan: or the keys of a plan',
          found: quote(key),
        },
        'key',
      );
    return draft.plan ?? null;
  }
  if (inline.length === 0) return null;
  return {kind: 'inline', plan: inlinePlan(reader, at, draft, fallbackName)};
}

/** `hooks: {allow: […]}` alone says what this host may run, and is no part of a plan. */
function isAllowList(key: string, at: Spot): boolean {
  const value = isMapping(at.value) ? at.value[key] : null;
  return key === 'hooks' && isMapping(value) && Object.keys(value).every(name => name === 'allow');
}

function inlinePlan(reader: YamlReader, at: Spot, draft: Draft<typeof planTree>, fallbackName: string): Plan {
  if (!PHASE_KEYS.some(key => isWritten(at, key)))
    reader.mistake(at, {
      message: `the plan${at.path.length === 0 ? '' : ` at ${pathText(at.path)}`} has no phases`,
      allowed: PHASE_KEYS.join(', '),
      found: 'nothing',
    });
  return planFrom(reader, at, draft, fallbackName);
}
