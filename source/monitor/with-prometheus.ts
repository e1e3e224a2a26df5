import {withFound} from '../analysis/metric-value.ts';
import {METRIC_NAMES} from '../analysis/metrics.ts';
import type {Side, Span, WindowView} from '../analysis/numbers.ts';
import type {PrometheusPoller} from '../metrics/prometheus/poller.ts';

/** A span that ends this little before now is about now, milliseconds. */
const NOW_MS = 3000;
const STANDARD: ReadonlySet<string> = new Set(METRIC_NAMES);

/**
 * Windows in which the numbers of Prometheus stand as well: as gauges, and in the place of a standard metric that no
 * sample speaks of.
 * @param now the store's clock
 * @param isShown whether a metric of Prometheus' is listed by name
 */
export function withPrometheus(
  windows: WindowView,
  poller: Pick<PrometheusPoller, 'snapshot' | 'has' | 'value' | 'newest' | 'series'>,
  now: () => number,
  isShown: (name: string) => boolean,
): WindowView {
  const valueOf = (name: string, side: Side, span: Span): number | null =>
    span.to < now() - NOW_MS ? poller.newest(name, side, span) : poller.value(name, side);

  return {
    numbers(side, span, cohort) {
      const numbers = windows.numbers(side, span, cohort);
      const found = poller.snapshot().flatMap(({name}): [string, number][] => {
        const value = valueOf(name, side, span);
        return value === null ? [] : [[name, value]];
      });
      const gauges = {
        ...numbers.gauges,
        ...Object.fromEntries(found.filter(([name]) => !STANDARD.has(name))),
      };
      return withFound({...numbers, gauges}, new Map(found));
    },
    series(side, metric, span, stepMs) {
      if (!poller.has(metric)) return windows.series(side, metric, span, stepMs);
      const bySamples = STANDARD.has(metric) ? windows.series(side, metric, span, stepMs) : [];
      return bySamples.some(value => value !== null) ? bySamples : poller.series(metric, side, span, stepMs);
    },
    otherNames() {
      const names = poller
        .snapshot()
        .flatMap(({name}) => (!STANDARD.has(name) && isShown(name) ? [name] : []));
      const others = windows.otherNames().filter(name => !poller.has(name));
      return [...names, ...others];
    },
    observedPercent: span => windows.observedPercent(span),
    newestAt: side => windows.newestAt(side),
  };
}
