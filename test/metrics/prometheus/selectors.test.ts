import {expect, test} from 'vitest';
import {BUILT_IN} from '../../../source/metrics/prometheus/built-in.ts';
import {freshnessQuery, longestRangeMs, selectorsOf} from '../../../source/metrics/prometheus/selectors.ts';

test.each([
  ['up', ['up']],
  ['up{side="gray"}', ['up{side="gray"}']],
  ['rate(http_requests_total{a="}",b=~"x{2}"}[5m] offset 1w)', ['http_requests_total{a="}",b=~"x{2}"}']],
  ['sum by (instance, job) (a:b:c) / on (instance) group_left (job) d', ['a:b:c', 'd']],
  ['100 * (1 - avg(rate(x{mode="idle"}[120000ms])))', ['x{mode="idle"}']],
  ['a / a + a{x="1"}', ['a', 'a{x="1"}']],
  ['{__name__="a b"} > bool 1e3', ['{__name__="a b"}']],
  ['histogram_quantile(0.95, sum(rate(t_bucket[5m])) without (instance))', ['t_bucket']],
  ['max_over_time(rate(x[5m])[1h:1m]) # not y\n or z @ start()', ['x', 'z']],
  ['a AND b unless c', ['a', 'b', 'c']],
  ['time() - Inf', []],
  ['vector(1)', []],
  ['label_replace(a, "b", "$1", "c", "(d) by (e)")', ['a']],
])('%s reads %j', (query, selectors) => {
  expect(selectorsOf(query)).toEqual(selectors);
});

test('a query is as old as its input that lags most', () => {
  expect(freshnessQuery('rate(a[5m])')).toBe('max(timestamp(a))');
  expect(freshnessQuery('a / b')).toBe(
    'min(label_replace(max(timestamp(a)), "part", "0", "", "") or label_replace(max(timestamp(b)), "part", "1", "", ""))',
  );
  expect(freshnessQuery('vector(1)')).toBeNull();
  expect(freshnessQuery('a', {withinMs: 60_000, stepMs: 1000})).toBe(
    'max(max_over_time(timestamp(a)[60000ms:1000ms]))',
  );
});

test('of every built-in query it is known what it reads', () => {
  const read = Object.values(BUILT_IN).map(({query}) =>
    selectorsOf(query.replaceAll('{{match}}', 'side="gray"').replaceAll('{{window}}', '1m')),
  );
  expect(read.map(selectors => selectors.length)).toEqual([1, 2, 1, 3, 1]);
});

test.each([
  ['x', 0],
  ['rate(x[5m]) / rate(y[1h30m])', 5_400_000],
  ['max_over_time(rate(x{a="[9d]"}[500ms])[10m:1s])', 600_000],
])('%s looks back over %i ms', (query, ms) => {
  expect(longestRangeMs(query)).toBe(ms);
});
