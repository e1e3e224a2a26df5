import type {Messages} from '../../console/messages/catalogue.ts';
import type {PrometheusPoller} from '../../metrics/prometheus/poller.ts';

/** States of a query that only a person can change. */
const TO_BE_MENDED: ReadonlySet<string> = new Set(['nan', 'inf', 'several', 'bad-query', 'lagging']);

export function isToBeMended(state: string): boolean {
  return TO_BE_MENDED.has(state);
}

/** Warnings about Prometheus, a line each. */
export function troublesOf(
  poller: Pick<PrometheusPoller, 'light' | 'snapshot'>,
  {headlines}: Messages,
): string[] {
  const {name, state, why} = poller.light();
  if (state === 'away') return [headlines.sourceAway(name, why ?? '')];
  const metrics = poller.snapshot();
  const warnings = new Set(metrics.flatMap(metric => metric.warnings));
  const wrong = metrics.flatMap(metric => {
    const side = [metric.sides.gray, metric.sides.prod].find(one => isToBeMended(one.state));
    return side === undefined || side.why === null ? [] : [`${metric.name}: ${side.why}`];
  });
  return [...[...warnings].map(warning => headlines.sourceWarns(name, warning)), ...wrong];
}
