import {expect, test} from 'vitest';
import {summaryBy} from '../../source/analysis/metrics.ts';
import type {Side, SideNumbers, WindowView} from '../../source/analysis/numbers.ts';
import {withPrometheus} from '../../source/monitor/with-prometheus.ts';

const NOW = 1_700_000_000_000;
const RECENT = {from: NOW - 60_000, to: NOW};
const NOBODY: SideNumbers = {
  requests: 100,
  requestsPerSecond: 2,
  errors: 1,
  errorRate: 1,
  conversions: 0,
  conversionRate: 0,
  availability: null,
  responseTime: summaryBy(() => null),
  activeUsers: null,
  counters: {cpu: 7},
  gauges: {depth: 4},
};

/** Samples that speak of requests and errors, and a Prometheus that tells of these metrics. */
function windowsWith(told: Record<string, number | null>): WindowView {
  const samples: WindowView = {
    numbers: () => NOBODY,
    series: (_, metric) => (metric === 'error_rate' ? [1, 1] : [null, null]),
    observedPercent: () => 12,
    otherNames: () => ['cpu', 'depth'],
    newestAt: () => NOW,
  };
  const has = (name: string): boolean => Object.hasOwn(told, name);
  const poller = {
    snapshot: () => Object.keys(told).map(name => ({name})) as never,
    has,
    value: (name: string) => told[name] ?? null,
    newest: (_name: string, side: Side) => (side === 'prod' ? 1 : 2),
    series: () => [5, 6],
  };
  return withPrometheus(
    samples,
    poller,
    () => NOW,
    name => name !== 'quiet',
  );
}

test('a metric of Prometheus is a gauge; a standard one fills in what no sample speaks of', () => {
  const windows = windowsWith({cpu: 44, availability: 99, error_rate: 50, response_time_p95: 80, gone: null});
  const numbers = windows.numbers('gray', RECENT);
  expect(numbers.gauges).toEqual({depth: 4, cpu: 44});
  expect(numbers).toMatchObject({availability: 99, errorRate: 1, responseTime: {p50: null, p95: 80}});
});

test('a moment that is past is told as it was then', () => {
  const windows = windowsWith({cpu: 44});
  expect(windows.numbers('gray', {from: NOW - 120_000, to: NOW - 60_000}).gauges['cpu']).toBe(2);
});

test('charts follow whoever speaks of the metric, samples first', () => {
  const windows = windowsWith({cpu: 44, error_rate: 50, availability: 99});
  expect(windows.series('gray', 'cpu', RECENT, 30_000)).toEqual([5, 6]);
  expect(windows.series('gray', 'error_rate', RECENT, 30_000)).toEqual([1, 1]);
  expect(windows.series('gray', 'availability', RECENT, 30_000)).toEqual([5, 6]);
  expect(windows.series('gray', 'depth', RECENT, 30_000)).toEqual([null, null]);
});

test('each name is listed once, and none that has nothing to show', () => {
  expect(windowsWith({cpu: 44, availability: 99, quiet: null}).otherNames()).toEqual(['cpu', 'depth']);
});
