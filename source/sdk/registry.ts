import type {Counter, Gauge, Histogram, Registry} from 'prom-client';
import {BUCKETS_PER_OCTAVE} from '../analysis/sketches/log-buckets.ts';
import type {Cohort, Side} from '../analysis/numbers.ts';
import type {FeatureHealth} from './feature.ts';
import type {MetricsRegistry} from './options.ts';
import type {SideTally} from './tally.ts';

/** Upper limits of the buckets, milliseconds. */
const BUCKETS_MS = [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000];

/** What is read at each scrape: name, help, and its value. */
const GAUGES: readonly [name: string, help: string, value: (health: FeatureHealth) => number][] = [
  ['graydeck_split_percent', 'Percent of users on gray that this process applies.', ({percent}) => percent],
  ['graydeck_split_version', 'Log version of the split that this process applies.', ({version}) => version],
  [
    'graydeck_live',
    '1 while gray is served.',
    ({standing, percent}) => Number(standing === 'fresh' && percent > 0),
  ],
  ['graydeck_store_away', '1 while the store cannot be reached.', ({away}) => Number(away !== null)],
  [
    'graydeck_entries_waiting',
    'Entries of samples that the store has not taken yet.',
    ({waiting}) => waiting,
  ],
  [
    'graydeck_entries_dropped',
    'Entries dropped because too many waited for the store.',
    ({dropped}) => dropped.entries,
  ],
  ['graydeck_requests_dropped', 'Requests in the dropped entries.', ({dropped}) => dropped.requests],
  ['graydeck_values_dropped', 'Values refused as invalid.', ({dropped}) => dropped.values],
  ['graydeck_decision_faults', 'Decisions answered with prod because of an error.', ({faults}) => faults],
];

/** The SDK's metrics in a registry of prom-client. */
export interface Numbers {
  add(feature: string, side: Side, cohort: Cohort, tally: SideTally): void;
}

/** Registers the metrics. `read` is called at each scrape. prom-client is loaded only here. */
export async function registerNumbers(
  into: MetricsRegistry,
  read: () => ReadonlyMap<string, FeatureHealth>,
): Promise<Numbers> {
  const client = await import('prom-client');
  const registry = into as Registry;
  const counter = (name: string, help: string): Counter<'feature' | 'side' | 'cohort'> =>
    new client.Counter({name, help, labelNames: ['feature', 'side', 'cohort'], registers: [registry]});
  const requests = counter('graydeck_requests_total', 'Requests recorded.');
  const errors = counter('graydeck_errors_total', 'Requests that ended in an error.');
  const times: Histogram<'feature' | 'side' | 'cohort'> = new client.Histogram({
    name: 'graydeck_response_time_milliseconds',
    help: 'Response times recorded.',
    labelNames: ['feature', 'side', 'cohort'],
    buckets: BUCKETS_MS,
    registers: [registry],
  });
  const gauge = (name: string, help: string, value: (health: FeatureHealth) => number): Gauge<'feature'> =>
    new client.Gauge({
      name,
      help,
      labelNames: ['feature'],
      registers: [registry],
      collect() {
        for (const [feature, health] of read()) this.set({feature}, value(health));
      },
    });
  for (const [name, help, value] of GAUGES) gauge(name, help, value);

  return {
    add(feature, side, cohort, tally) {
      const labels = {feature, side, cohort};
      requests.inc(labels, tally.requests);
      errors.inc(labels, tally.counters.get('errors') ?? 0);
      // A sketch keeps only buckets. Each value counts as the middle of its bucket.
      for (const [bucket, count] of tally.distributions.get('response_time')?.buckets() ?? [])
        for (let n = 0; n < count; n++) times.observe(labels, 2 ** ((bucket + 0.5) / BUCKETS_PER_OCTAVE));
    },
  };
}
