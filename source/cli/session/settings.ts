import {existsSync} from 'node:fs';
import {dirname, resolve} from 'node:path';
import type {DeclaredMetrics} from '../../analysis/metric-table.ts';
import type {Config, PlanSource} from '../../config/project/config-file.ts';
import type {HookVariables} from '../../release/hook-environment.ts';
import type {Plan} from '../../release/plan.ts';
import type {Call} from '../call.ts';
import {Failure, usage} from '../output/failure.ts';
import {failureOfMistakes, mistakeLine, readPlanFile, readSource} from '../acting/plan-source.ts';

const DEFAULT_FILE = 'graydeck.yaml';

/** What flags, environment and configuration say together; the first of these that says something wins. */
export interface Settings {
  /** Address of the store; null: the embedded default. */
  store: string | null;
  /** The feature that is named; null: nobody names one. */
  feature: string | null;
  /** Address of Prometheus by flag or environment; null: the configuration's, if any. */
  prometheus: string | null;
  /** Kinds of metrics whose names say nothing. */
  declared: DeclaredMetrics;
  config: {value: Config; path: string} | null;
}

/**
 * Reads the configuration where there is one. A rollback goes on without a configuration that has mistakes, as long
 * as the store is named elsewhere: nothing may stand in its way.
 * @throws Failure exit code 2.
 */
export async function loadSettings({flags, verb, out}: Call): Promise<Settings> {
  const store = flags.store ?? (process.env['GRAYDECK_STORE'] || null);
  const feature = flags.feature ?? null;
  const prometheus = flags.prometheus ?? null;
  const path = flags.config ?? DEFAULT_FILE;
  if (flags.config === undefined && !existsSync(path))
    return {store, feature, prometheus, declared: {}, config: null};
  try {
    const config = await readConfigFile(path, out.say);
    return {
      store: store ?? (await storeOf(config)),
      feature: feature ?? config.feature,
      prometheus,
      declared: declaredOf(config),
      config: {value: config, path},
    };
  } catch (error) {
    if (!(error instanceof Failure) || verb.name !== 'rollback' || store === null) throw error;
    out.say(`${error.message}; the rollback goes on without it`);
    return {store, feature, prometheus, declared: {}, config: null};
  }
}

async function readConfigFile(path: string, say: (line: string) => void): Promise<Config> {
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

async function storeOf({store}: Config): Promise<string | null> {
  if (store === null) return null;
  const {withVariables} = await import('../../config/project/address.ts');
  const read = withVariables(store, name => process.env[name]);
  if (read.ok) return read.address;
  throw usage(
    `the address of the store wants the variable ${read.missing}, which is not set`,
    `export ${read.missing}=…, or --store URL`,
    'no-variable',
  );
}

function declaredOf({metrics}: Config): DeclaredMetrics {
  const named = (type: string) =>
    Object.entries(metrics)
      .filter(([, metric]) => metric.type === type)
      .map(([name]) => name);
  return {distributions: named('distribution'), gauges: named('gauge')};
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
