import {plainText} from '../../analysis/plain-text.ts';
import type {Plan} from '../../release/plan.ts';
import {prometheusAccess} from '../prometheus/address.ts';
import {metricsOfPlan} from '../../monitor/prometheus.ts';
import type {Settings} from '../session/settings.ts';
import {doubt, fine, wrong, type Finding} from './finding.ts';

const CHECK = 'prometheus';
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
  if (answer.ok) return [fine(CHECK, `${client.label} answers`)];
  const text = `${client.label} does not answer: ${plainText(answer.fault.why, 160)}`;
  return [
    wanted.length === 0
      ? doubt(CHECK, text, REMEDY)
      : wrong(CHECK, `${text}; the plan uses ${wanted.join(', ')}`, REMEDY),
  ];
}
