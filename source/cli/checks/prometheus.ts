import {plainText} from '../../text/plain-text.ts';
import type {Plan} from '../../release/plan.ts';
import {prometheusAccess} from '../prometheus/address.ts';
import {metricsOfPlan} from '../../monitor/prometheus.ts';
import type {Settings} from '../session/settings.ts';
import type {PrometheusConfig} from '../../config/project/prometheus.ts';
import type {PrometheusAccess} from '../../monitor/settings.ts';
import {doubt, fine, inTime, wrong, type Finding} from './finding.ts';

const CHECK = 'prometheus';
/** Samples that are no older show that applications write them, milliseconds. */
const UNCOUNTED_MS = 300_000;
const REMEDY = '--prometheus URL, or prometheus: {url: …} in graydeck.yaml';

/**
 * Whether Prometheus answers; where the plan speaks of a metric that only it knows, a release must not start without it.
 * @throws Failure exit code 2: its address is none.
 */
export async function checkPrometheus(
  settings: Pick<Settings, 'prometheus' | 'config'>,
  plan: Plan,
): Promise<Finding[]> {
  const config = settings.config?.value ?? null;
  const [{BUILT_IN}, access] = await Promise.all([
    import('../../metrics/prometheus/built-in.ts'),
    prometheusAccess(settings),
  ]);
  const asked = new Set([...Object.keys(BUILT_IN), ...Object.keys(config?.queries ?? {})]);
  // Samples may speak of it, too.
  asked.delete('availability');
  const wanted = [...metricsOfPlan(plan)].filter(name => asked.has(name)).map(name => plainText(name, 40));
  if (access === null) {
    if (wanted.length === 0) return [];
    const text = `the plan uses ${wanted.join(', ')}, but no address of Prometheus is set`;
    return [doubt(CHECK, `${text}: none of it can be judged`, REMEDY)];
  }
  const {prometheusClient} = await import('../../metrics/prometheus/client.ts');
  const timeoutMs = config?.prometheus?.timeoutMs ?? null;
  const client = prometheusClient({...access, timeoutMs});
  const answer = await client.query('vector(1)');
  if (answer.ok)
    return [
      fine(CHECK, `${client.label} answers`),
      ...(await selectorsIn(access, config?.prometheus ?? null)),
    ];
  const text = `${client.label} does not answer: ${plainText(answer.fault.why, 160)}`;
  return [
    wanted.length === 0
      ? doubt(CHECK, text, REMEDY)
      : wrong(CHECK, `${text}; the plan uses ${wanted.join(', ')}`, REMEDY),
  ];
}

/** What the selectors of `prometheus.samples` find. Series are many, so that their answer may be long. */
async function selectorsIn(access: PrometheusAccess, config: PrometheusConfig | null): Promise<Finding[]> {
  if (config === null || config.samples === null) return [];
  const [{checkSelectors}, {prometheusClient}] = await Promise.all([
    import('./selectors.ts'),
    import('../../metrics/prometheus/client.ts'),
  ]);
  const client = prometheusClient({...access, timeoutMs: config.timeoutMs, mostBytes: 64_000_000});
  return await checkSelectors(client, config);
}

/** What is wrong with the selectors of the project, for who checks a plan; a Prometheus that is away is not looked at. */
export async function doubtsOfSelectors(
  settings: Pick<Settings, 'prometheus' | 'config'>,
): Promise<Finding[]> {
  const config = settings.config?.value.prometheus ?? null;
  if (config === null || config.samples === null) return [];
  const access = await prometheusAccess(settings);
  if (access === null) return [doubt(CHECK, 'prometheus.samples needs the address of Prometheus', REMEDY)];
  const found = await inTime(CHECK, selectorsIn(access, config));
  return found.filter(({level}) => level !== 'fine');
}

/** Samples of the last minutes in a store whose feature is counted by Prometheus. @param newestAt of the newest sample */
export function checkUncounted(
  {config}: Pick<Settings, 'config'>,
  newestAt: number | null,
  now: number,
): Finding[] {
  const isByPrometheus = (config?.value.prometheus?.samples ?? null) !== null;
  if (!isByPrometheus || newestAt === null || now - newestAt > UNCOUNTED_MS) return [];
  const text =
    'applications write samples to the store, and prometheus.samples is set: only Prometheus is counted';
  return [
    doubt('samples', text, 'take prometheus.samples out of graydeck.yaml to count the samples of the store'),
  ];
}
