import {describe, expect, test} from 'vitest';
import type {Condition} from '../../source/release/plan.ts';
import {readCondition} from '../../source/config/condition/condition.ts';
import {metricBook} from '../../source/config/condition/metric-book.ts';

const book = metricBook({
  queue_length: {type: 'gauge', unit: 'count', better: 'lower'},
  checkout_time: {type: 'distribution', unit: 'ms', better: 'lower'},
});

const READ: [text: string, condition: Partial<Condition>][] = [
  [
    'error_rate < 0.5 %',
    {metric: 'error_rate', op: '<', threshold: {value: 0.5, unit: 'percent'}, overMs: 300_000},
  ],
  ['error_rate<0.5%', {op: '<', threshold: {value: 0.5, unit: 'percent'}, text: 'error_rate<0.5%'}],
  [
    '  error_rate   >=  5   %  ',
    {op: '>=', threshold: {value: 5, unit: 'percent'}, text: 'error_rate >= 5 %'},
  ],
  ['error_rate > 5', {threshold: {value: 5, unit: 'percent'}}],
  ['error_rate <= 0', {threshold: {value: 0, unit: 'percent'}}],
  ['error_rate ＜ ５％', {op: '<', threshold: {value: 5, unit: 'percent'}}],
  ['availability ≥ 99.5 %', {op: '>=', threshold: {value: 99.5, unit: 'percent'}}],
  ['response_time < 200ms', {metric: 'response_time', threshold: {value: 200, unit: 'ms'}}],
  ['response_time_avg < 200', {metric: 'response_time', threshold: {value: 200, unit: 'ms'}}],
  ['response_time_p95 < 3 s', {metric: 'response_time_p95', threshold: {value: 3000, unit: 'ms'}}],
  ['response_time_p95 < 1.5x prod', {threshold: {timesProd: 1.5}}],
  ['response_time_p95 < 1.5 x prod', {threshold: {timesProd: 1.5}}],
  ['conversion_rate < 0.9× prod', {threshold: {timesProd: 0.9}}],
  ['conversion_rate improvement > 1 %', {improvement: true, threshold: {value: 1, unit: 'points'}}],
  ['error_rate improvement > 1.0', {improvement: true, threshold: {value: 1, unit: 'points'}}],
  ['error_rate improvement < -2 points', {improvement: true, threshold: {value: -2, unit: 'points'}}],
  ['conversion_rate_improvement > 1%', {metric: 'conversion_rate', improvement: true}],
  ['throughput > 100 /s', {threshold: {value: 100, unit: 'per-second'}, minRequests: 0}],
  ['user_satisfaction > 4.5', {threshold: {value: 4.5, unit: 'count'}, minRequests: 0}],
  ['feature_use_rate.export > 2 %', {metric: 'feature_use_rate.export'}],
  ['queue_length < 80', {metric: 'queue_length', threshold: {value: 80, unit: 'count'}}],
  ['checkout_time_p95 < 2 s', {metric: 'checkout_time_p95', threshold: {value: 2000, unit: 'ms'}}],
  ['error_rate < 1 % over 10m', {overMs: 600_000, minRequests: 20}],
  ['error_rate < 1 % over 1h30m min 200 requests', {overMs: 5_400_000, minRequests: 200}],
  ['error_rate < 1 % min 1 request over 5 min', {overMs: 300_000, minRequests: 1}],
];

describe('a condition is read', () => {
  test.each(READ)('%s', (text, condition) => {
    expect(readCondition(text, book)).toMatchObject({ok: true, value: condition});
  });
});

const WRONG: [text: string, column: number, found: string, message: RegExp][] = [
  ['error_rate < 0.5', 14, '0.5', /0\.5 % or 50 %/],
  ['error_rate < 1', 14, '1', /1 % or 100 %/],
  ['availability > 0.99', 16, '0.99', /0\.99 % or 99 %/],
  ['error_rate improvement > 0.02', 26, '0.02', /0\.02 % or 2 %/],
  ['eror_rate < 1 %', 1, 'eror_rate', /did you mean error_rate/],
  ['  latency < 1 s', 3, 'latency', /did you mean response_time\?/],
  ['queue_lenght < 1', 1, 'queue_lenght', /did you mean queue_length/],
  ['constructor < 1', 1, 'constructor', /no metric is called/],
  ['error_rate 5 %', 12, '5', /no direction/],
  ['error_rate', 11, 'nothing', /no direction/],
  ['', 1, '', /names no metric/],
  ['error_rate == 0 %', 12, '==', /nothing measured stays exactly equal/],
  ['error_rate => 5 %', 12, '=>', /is written >=/],
  ['error_rate <', 13, 'nothing', /no value/],
  ['error_rate < prod', 14, 'prod', /how many times prod/],
  ['error_rate < 2x', 14, '2x', /2 times what/],
  ['error_rate < 2 prod', 14, '2prod', /lacks its x/],
  ['error_rate < 0x prod', 14, '0x', /nothing/],
  ['error_rate < 5 ms', 14, '5 ms', /not measured in ms/],
  ['response_time < 5 %', 17, '5 %', /not measured in %/],
  ['response_time < 3 m', 19, 'm', /"m" is not a unit/],
  ['response_time < 3 constructor', 19, 'constructor', /is not a unit/],
  ['error_rate > 5 points', 14, '5 points', /difference between the sides/],
  ['response_time improvement > 5 ms', 1, 'improvement', /not a percentage/],
  ['error_rate < 0,5 %', 14, '0,5', /comma/],
  ['error_rate < -1 %', 14, '-1 %', /never below 0/],
  ['error_rate < 1 % over 5', 23, '5', /no unit/],
  ['error_rate < 1 % over', 18, 'nothing', /over needs a time/],
  ['error_rate < 1 % over 0s', 23, '0s', /no time/],
  ['error_rate < 1 % for 5m', 18, 'for', /key of a guardrail/],
  ['error_rate < 1 % and response_time < 5 s', 18, 'and', /compares one metric/],
  ['error_rate < 1 % min 20', 18, 'min 20', /whole number of requests/],
  ['error_rate < 1 % please', 18, 'please', /not understood/],
];

describe('a mistake in a condition names its column', () => {
  test.each(WRONG)('%s', (text, column, found, message) => {
    const reading = readCondition(text, book);
    expect(reading.ok).toBe(false);
    if (reading.ok) return;
    const [problem] = reading.problems;
    expect(problem.message).toMatch(message);
    expect({column: (problem.at ?? 0) + 1, found: problem.found ?? ''}).toEqual({column, found});
    expect(problem.allowed).not.toBe('');
  });
});

test('several mistakes in one condition are told together', () => {
  const reading = readCondition('eror_rate < 5 % over 5 min x requests', book);
  expect(reading.ok ? [] : reading.problems.map(one => one.found)).toEqual(['eror_rate', '5 min x requests']);
});

test('a response time of a few milliseconds is read, with a warning that seconds may be meant', () => {
  const reading = readCondition('response_time < 3', book);
  expect(reading).toMatchObject({ok: true, warnings: [{allowed: '3 ms or 3 s'}]});
  expect(readCondition('response_time < 3 ms', book)).toMatchObject({ok: true, warnings: []});
});
