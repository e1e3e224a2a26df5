import {withFound} from '../analysis/metric-value.ts';
import {METRIC_NAMES} from '../analysis/metrics.ts';
import type {Side, SideNumbers, Span, WindowView} from '../analysis/numbers.ts';
import type {PrometheusPoller} from '../metrics/prometheus/poller.ts';

/** A span that ends this little before now is about now, milliseconds. */
const NOW_MS = 3000;
const STANDARD: ReadonlySet<string> = new Set(METRIC_NAMES);

/** Where numbers come from that no sample speaks of: Prometheus, people's feedback. */
export type NumberSource = Pick<PrometheusPoller, 'snapshot' | 'has' | 'value' | 'newest' | 'series'>;

/**
 * Adds the numbers of a source to those of the samples: as gauges, and in the place of a standard metric that no sample
 * speaks of.
 * @param now the store's clock, milliseconds since 1970
 */
export function withNumbers(
  numbers: SideNumbers,
  source: NumberSource,
  {side, span, now}: {side: Side; span: Span; now: number},
): SideNumbers {
  const valueOf = (name: string): number | null =>
    span.to < now - NOW_MS ? source.newest(name, side, span) : source.value(name, side);
  const found = source.snapshot().flatMap(({name}): [string, number][] => {
    const value = valueOf(name);
    return value === null ? [] : [[name, value]];
  });
  const gauges = {...numbers.gauges, ...Object.fromEntries(found.filter(([name]) => !STANDARD.has(name)))};
  return withFound({...numbers, gauges}, new Map(found));
}

/**
 * Windows that hold the numbers of a source, too.
 * @param now the store's clock
 * @param isShown whether a metric of the source is listed by name
 */
export function withPrometheus(
  windows: WindowView,
  source: NumberSource,
  now: () => number,
  isShown: (name: string) => boolean,
): WindowView {
  return {
    numbers: (side, span, cohort) =>
      withNumbers(windows.numbers(side, span, cohort), source, {side, span, now: now()}),
    series(side, metric, span, stepMs) {
      if (!source.has(metric)) return windows.series(side, metric, span, stepMs);
      const bySamples = STANDARD.has(metric) ? windows.series(side, metric, span, stepMs) : [];
      return bySamples.some(value => value !== null) ? bySamples : source.series(metric, side, span, stepMs);
    },
    otherNames() {
      const names = source
        .snapshot()
        .flatMap(({name}) => (!STANDARD.has(name) && isShown(name) ? [name] : []));
      const others = windows.otherNames().filter(name => !source.has(name));
      return [...names, ...others];
    },
    observedPercent: span => windows.observedPercent(span),
    newestAt: side => windows.newestAt(side),
  };
}
