import type {Side} from '../../../analysis/numbers.ts';
import {plainText} from '../../../text/plain-text.ts';
import {ERROR_RATE_OF, USE_RATE} from '../../../analysis/metric-value.ts';
import type {MetricSnapshot} from '../../../metrics/prometheus/snapshot.ts';
import type {Messages} from '../../messages/catalogue.ts';
import {isKnown, KINDS, metricOf, type Metric} from './metric.ts';

/** How the metric is read and written when it comes from elsewhere: compared with limits only, requests play no part. */
export function metricElsewhere({
  name,
  unit,
  better,
}: Pick<MetricSnapshot, 'name' | 'unit' | 'better'>): Metric {
  const worse = better === 'lower' ? 'higher' : better === 'higher' ? 'lower' : null;
  return {
    name,
    kind: isKnown(name) ? metricOf(name).kind : KINDS[unit],
    worse,
    compared: null,
    isElsewhere: true,
  };
}

/** Whether what stands in a row came from elsewhere: samples come first where they speak of the same metric. */
export function foundElsewhere(
  externals: readonly MetricSnapshot[],
  name: string,
  values: Readonly<Record<Side, number | null>>,
): MetricSnapshot | null {
  const found = externals.find(external => external.name === name);
  if (found === undefined) return null;
  const isSame = (['prod', 'gray'] as const).every(side => values[side] === found.sides[side].value);
  return isSame ? found : null;
}

/** Why there is no number, in a word; null where there is one. */
export function stateWord({sides}: MetricSnapshot, side: Side, t: Messages): string | null {
  const {state} = sides[side];
  return state === 'ok' ? null : t.numberStates[state];
}

/** What a metric beyond the standard ones is called: the usual ones have words, others their name. */
export function labelElsewhere(name: string, t: Messages): string | null {
  if (name.startsWith(USE_RATE)) return t.useOf(plainText(name.slice(USE_RATE.length), 20));
  if (name.startsWith(ERROR_RATE_OF)) return plainText(name.slice(ERROR_RATE_OF.length), 20);
  const labels: Readonly<Record<string, string>> = t.metrics;
  return Object.hasOwn(labels, name) ? (labels[name] ?? null) : null;
}
