import {existsSync} from 'node:fs';
import {dirname, resolve} from 'node:path';
import type {DeclaredMetrics} from '../../analysis/metric-table.ts';
import type {Config, PlanSource} from '../../config/project/config-file.ts';
import type {HookVariables} from '../../release/hook-environment.ts';
import type {Plan} from '../../release/plan.ts';
import type {SecretSource} from '../../release/channel.ts';
import type {StoreAddress} from '../../store/open.ts';
import type {ServerAddress} from '../../remote/connection.ts';
import type {VerbFile} from '../command-line/verb.ts';
import {Secret, SecretFile, type PasswordSource} from '../../store/secret.ts';
import type {Call} from '../call.ts';
import {Failure, usage} from '../output/failure.ts';
import {refuseForeign} from './feature.ts';
import {failureOfMistakes, mistakeLine, readPlanFile, readSource} from '../commands/plan-source.ts';
import {quote} from '../../text/quote.ts';

const DEFAULT_FILE = 'graydeck.yaml';

/** What flags, environment and configuration say together; the first of these that says something wins. */
export interface Settings {
  /** Address of the store, as flag, environment or configuration name it; null: the embedded default. */
  store: string | StoreAddress | null;
  /** The server to look and act through, in place of a store; null: none. */
  server: ServerAddress | null;
  /** The feature named by flag, environment or configuration; null: none is named. */
  feature: string | null;
  /** Address of Prometheus by flag or environment; null: the configuration's, if any. */
  prometheus: string | null;
  /** Kinds of metrics whose names say nothing. */
  declared: DeclaredMetrics;
  config: ReadConfig | null;
}

interface ReadConfig {
  value: Config;
  path: string;
  /**
   * It was found in the folder, and not named by `--config`. Passwords and tokens of the environment belong to addresses that
   * the user has named, and are not sent to those of such a file.
   */
  isFound: boolean;
}

/**
 * Reads the configuration where there is one. A rollback goes on without a configuration that has mistakes, as long
 * as the store is named elsewhere or not needed: nothing may stand in its way.
 * @throws Failure exit code 2.
 */
export async function loadSettings({flags, verb, out}: Call): Promise<Settings> {
  const server = readServer(flags, verb);
  const store = flags.store ?? (process.env['GRAYDECK_STORE'] || null);
  const feature = flags.feature ?? null;
  const prometheus = flags.prometheus ?? null;
  const path = flags.config ?? DEFAULT_FILE;
  if (flags.config === undefined && !existsSync(path))
    return {store, server, feature, prometheus, declared: {}, config: null};
  try {
    const config = {value: await readConfigFile(path, out.say), path, isFound: flags.config === undefined};
    if (!out.isJson) sayWithheld({store, prometheus, config}, out.say);
    return {
      store: server === null ? (store ?? (await storeOf(config))) : null,
      server,
      feature: feature ?? config.value.feature,
      prometheus,
      declared: declaredOf(config.value),
      config,
    };
  } catch (error) {
    const isStoreKnown = store !== null || server !== null || flags.offline;
    if (!(error instanceof Failure) || verb.name !== 'rollback' || !isStoreKnown) throw error;
    out.say(`${error.message}; the rollback goes on without it`);
    return {store, server, feature, prometheus, declared: {}, config: null};
  }
}

/** Verbs whose work is on the store itself, or that serve others. */
const NEEDS_STORE: ReadonlySet<VerbFile> = new Set([
  'guard',
  'agent',
  'serve',
  'share',
  'doctor',
  'split-render',
]);

/** The server that flag or environment names, and where its token stands. @throws Failure exit code 2 */
function readServer({server, store}: Call['flags'], verb: Call['verb']): ServerAddress | null {
  if (server === undefined || server === '') return null;
  if (store !== undefined)
    throw usage('--store and --server name two places', 'leave one of them out', 'two-stores');
  if (NEEDS_STORE.has(verb.file))
    throw usage(
      `${verb.name} works on the store itself, not through a server`,
      `graydeck ${verb.name} --store URL, where the store can be reached; unset GRAYDECK_SERVER`,
      'needs-store',
    );
  const url = URL.canParse(server) ? new URL(server) : null;
  const isPlain = url !== null && /^https?:$/u.test(url.protocol) && url.search === '' && url.hash === '';
  if (!isPlain || url.username !== '' || url.password !== '')
    throw usage(
      '--server is no address of HTTP, or it holds more than an address',
      '--server https://deck.example.com, with the token in GRAYDECK_TOKEN or GRAYDECK_TOKEN_FILE',
      'bad-url',
    );
  const path = process.env['GRAYDECK_TOKEN_FILE'] ?? '';
  const isInVariable = (process.env['GRAYDECK_TOKEN'] ?? '') !== '' || path === '';
  return {url: url.href, token: isInVariable ? {from: 'env', name: 'GRAYDECK_TOKEN'} : {from: 'file', path}};
}

/** What to consider about an address without TLS; null: nothing. */
export function doubtOfServer({url}: ServerAddress): string | null {
  const {protocol, hostname} = new URL(url);
  const isHere = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  return protocol === 'https:' || isHere
    ? null
    : `the token is sent to ${hostname} without TLS: use https://`;
}

async function readConfigFile(path: string, say: (line: string) => void): Promise<Config> {
  await refuseForeign(path);
  const [{readConfig}, source] = await Promise.all([
    import('../../config/project/config-file.ts'),
    readSource(path, say),
  ]);
  const read = readConfig(source.text, source.name);
  if (!read.ok)
    throw failureOfMistakes(source.name, read.mistakes, `correct it, or name another: --config FILE`);
  for (const warning of read.warnings) say(mistakeLine(warning));
  return read.config;
}

async function storeOf({value: {store}, path, isFound}: ReadConfig): Promise<StoreAddress | null> {
  if (store === null) return null;
  const {withVariables} = await import('../../config/project/address.ts');
  const read = withVariables(store.url, name => process.env[name]);
  if (!read.ok)
    throw usage(
      `the address of the store wants the variable ${read.missing}, which is not set`,
      `export ${read.missing}=…, or --store URL`,
      'no-variable',
    );
  const fromHere = (file: string): string => resolve(dirname(path), file);
  const files = (['ca', 'cert', 'key'] as const).flatMap(name => {
    const file = store[name];
    return file === null ? [] : [[name, fromHere(file)] as const];
  });
  const passwordOf = (source: SecretSource | null, name: string): PasswordSource | null => {
    if (source === null) return null;
    if (source.from === 'file') return new SecretFile(fromHere(source.path), `${name} of ${quote(path)}`);
    const value = process.env[source.name] ?? '';
    if (value !== '') return new Secret(value);
    throw usage(
      `${name} of the store is to be in the variable ${source.name}, which is not set`,
      `export ${source.name}=…, or --store URL`,
      'no-variable',
    );
  };
  const password = passwordOf(store.password, 'password');
  const sentinelPassword = passwordOf(store.sentinelPassword, 'sentinelPassword');
  return {
    url: read.address,
    ...(files.length > 0 && {tls: Object.fromEntries(files)}),
    ...(password !== null && {password}),
    ...(sentinelPassword !== null && {sentinelPassword}),
    takesEnvironment: !isFound,
  };
}

/** Says which secrets of the environment are not sent, because a file of the folder names where they would go. */
function sayWithheld(
  {store, prometheus, config}: {store: string | null; prometheus: string | null; config: ReadConfig},
  say: (line: string) => void,
): void {
  const {value, path, isFound} = config;
  const isSet = (name: string): boolean => (process.env[name] ?? '') !== '';
  if (!isFound) return;
  const {url = '', password = null} = value.store ?? {};
  const isOpen = /^redis[a-z+-]*:\/\/(?![^@]*:[^@]*@)/u.test(url);
  const isWithout = store === null && password === null && isOpen;
  const ofStore = ['GRAYDECK_STORE_PASSWORD', 'GRAYDECK_STORE_PASSWORD_FILE'].find(isSet);
  if (isWithout && ofStore !== undefined)
    say(
      `${ofStore} is not sent to the store that ${path} names: write store: {url: …, password: {file: PATH}} there, or --config ${path}`,
    );
  const ofPrometheus = ['GRAYDECK_PROMETHEUS_TOKEN', 'GRAYDECK_PROMETHEUS_PASSWORD'].find(isSet);
  if (prometheus === null && (value.prometheus?.url ?? null) !== null && ofPrometheus !== undefined)
    say(
      `${ofPrometheus} is not sent to the Prometheus that ${path} names: set GRAYDECK_PROMETHEUS next to it, or --config ${path}`,
    );
}

function declaredOf({metrics}: Config): DeclaredMetrics {
  const named = (type: string) =>
    Object.entries(metrics)
      .filter(([, metric]) => metric.type === type)
      .map(([name]) => name);
  return {distributions: named('distribution'), gauges: named('gauge'), counters: named('counter')};
}

/** Metrics that the configuration declares, for a verb that needs no store. @throws Failure exit code 2 */
export async function configuredMetrics({
  flags,
  out,
}: Pick<Call, 'flags' | 'out'>): Promise<Config['metrics']> {
  const path = flags.config ?? DEFAULT_FILE;
  if (flags.config === undefined && !existsSync(path)) return {};
  return (await readConfigFile(path, out.say)).metrics;
}

/** The plan that the configuration has for a feature; null: none. @throws Failure exit code 2. */
export async function configuredPlan(
  {config}: Settings,
  feature: string,
  say: (line: string) => void,
): Promise<Plan | null> {
  if (config === null) return null;
  const {features, plan, metrics} = config.value;
  const source: PlanSource | null = (Object.hasOwn(features, feature) ? features[feature] : null) ?? plan;
  if (source === null) return null;
  if (source.kind === 'inline') return source.plan;
  return await readPlanFile(resolve(dirname(config.path), source.path), say, metrics);
}

/** Which variables of this process hooks and other programs of the operator are given. */
export function hookVariablesOf({config}: Pick<Settings, 'config'>): HookVariables {
  return {hides: config?.value.variables ?? [], passes: config?.value.hookVariables ?? []};
}
