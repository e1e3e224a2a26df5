import type {ControllerView} from '../controller/outcome.ts';
import type {PrometheusPoller} from '../metrics/prometheus/poller.ts';
import {plannedMetrics} from './prometheus.ts';

/** A built-in metric whose exporter is not there says nothing: shown is what was asked for by name, or once had a value. */
export function isShownOf(
  poller: Pick<PrometheusPoller, 'snapshot'>,
  view: Pick<ControllerView, 'snapshot'>,
): (name: string) => boolean {
  return name => {
    const found = poller.snapshot().find(metric => metric.name === name);
    if (found === undefined) return false;
    return found.isWanted || found.ageSeconds !== null || plannedMetrics(view.snapshot().state).has(name);
  };
}
