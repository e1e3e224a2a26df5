import {describe, expect, it} from 'vitest';
import {summaryBy} from '../../source/analysis/metrics.ts';
import type {SideNumbers} from '../../source/analysis/numbers.ts';
import {compare, type Standing} from '../../source/console/present/sides/compare.ts';
import {limitsOf, type Limit} from '../../source/analysis/limits.ts';
import {metricOf} from '../../source/console/present/sides/metric.ts';
import {PLAN} from './programs/rolling.ts';

function requests(number: number): SideNumbers {
  return {
    requests: number,
    requestsPerSecond: number / 60,
    errors: 0,
    errorRate: 0,
    conversions: 0,
    conversionRate: 0,
    availability: null,
    responseTime: summaryBy(() => null),
    activeUsers: null,
    counters: {},
    gauges: {},
  };
}

function standing(
  metric: string,
  gray: number | null,
  prod: number | null,
  counts = {gray: 2000, prod: 8000},
): Standing {
  const numbers = {gray: requests(counts.gray), prod: requests(counts.prod)};
  return compare(metricOf(metric), gray, prod, numbers, []).standing;
}

describe('gray beside prod', () => {
  it('a rate that chance explains is the same, one it cannot explain is worse', () => {
    expect(standing('error_rate', 0.55, 0.5)).toBe('same');
    expect(standing('error_rate', 1.05, 0.5)).toBe('doubtful');
    expect(standing('error_rate', 4, 0.5)).toBe('worse');
    expect(standing('error_rate', 0.2, 2)).toBe('better');
  });

  it('few requests and a handful of events say nothing yet', () => {
    expect(standing('error_rate', 50, 0.5, {gray: 10, prod: 8000})).toBe('few');
    expect(standing('availability', 99.8, 100, {gray: 1000, prod: 19_000})).toBe('few');
    expect(standing('error_rate', 8.8, 0, {gray: 34, prod: 139})).toBe('few');
    expect(standing('error_rate', 0.2, 0.5, {gray: 1000, prod: 8000})).toBe('same');
    expect(standing('response_time_p99', 900, 200, {gray: 200, prod: 8000})).toBe('few');
    expect(standing('response_time_p50', 900, 200, {gray: 200, prod: 8000})).toBe('worse');
  });

  // N10.
  it('a limit that prod is over as well is over on both sides, unless gray is clearly worse than prod', () => {
    const limits = limitsOf(PLAN, 1, 'error_rate', 7);
    const numbers = {gray: requests(2000), prod: requests(8000)};
    const over = (gray: number, prod: number): Standing =>
      compare(metricOf('error_rate'), gray, prod, numbers, limits).standing;
    expect(over(40, 40)).toBe('both');
    expect(over(60, 40)).toBe('worse');
    expect(over(40, 1)).toBe('worse');
  });

  it('availability and conversion are bad when they fall', () => {
    expect(standing('availability', 97, 99.9)).toBe('worse');
    expect(standing('conversion_rate', 3, 6)).toBe('worse');
    expect(standing('conversion_rate', 9, 6)).toBe('better');
  });

  it('times go by their ratio to prod', () => {
    expect(standing('response_time_p95', 190, 182)).toBe('same');
    expect(standing('response_time_p95', 230, 182)).toBe('doubtful');
    expect(standing('response_time_p95', 300, 182)).toBe('worse');
  });

  it('what is not known is not compared', () => {
    expect(standing('error_rate', null, 0.5)).toBe('none');
    expect(standing('error_rate', 0.5, null)).toBe('none');
    expect(standing('throughput', 10, 100)).toBe('none');
  });

  it('a limit that moves with prod is not broken by what chance alone explains', () => {
    const below: Limit = {value: 2.7, bad: 'below', then: 'alert', isRelative: true};
    const compared = (gray: number, grayN: number) =>
      compare(metricOf('conversion_rate'), gray, 3, {gray: requests(grayN), prod: requests(10_000)}, [below]);
    // Nobody of 37 bought: with 3 % that happens every third time.
    expect(compared(0, 37)).toMatchObject({standing: 'same', broken: null});
    expect(compared(2.4, 500)).toMatchObject({standing: 'same', broken: null});
    expect(compared(1, 1000)).toMatchObject({standing: 'worse', broken: below});
  });

  it('a limit is not broken by a handful of events, and at once by many', () => {
    const above: Limit = {value: 5, bad: 'above', then: 'rollback'};
    const numbers = {gray: requests(37), prod: requests(5000)};
    const compared = (gray: number) => compare(metricOf('error_rate'), gray, 0.5, numbers, [above]);
    expect(compared(5.4).broken).toBeNull();
    expect(compared(100)).toMatchObject({standing: 'worse', broken: above});
  });

  it('a broken limit of the plan is named where prod is as bad', () => {
    const limits = limitsOf(PLAN, 1, 'error_rate', 7);
    const numbers = {gray: requests(2000), prod: requests(8000)};
    const compared = compare(metricOf('error_rate'), 7, 7, numbers, limits);
    expect(compared.standing).toBe('both');
    expect(compared.broken).toMatchObject({value: 5, bad: 'above', then: 'rollback'});
  });
});

describe('limits of the plan', () => {
  it('a guardrail names the bad side, a criterion the good one', () => {
    const condition = {
      ...PLAN.guardrails[0]!.when,
      op: '<' as const,
      threshold: {timesProd: 1.5},
      metric: 'response_time_p95',
    };
    const phase = {...PLAN.phases[1]!, criteria: [{condition, dryRun: false}]};
    const plan = {...PLAN, phases: [PLAN.phases[0]!, phase]};
    expect(limitsOf(plan, 1, 'response_time_p95', 200)).toEqual([
      {value: 400, bad: 'above', then: 'pause'},
      {value: 300, bad: 'above', then: 'wait', isRelative: true},
    ]);
  });

  it('a multiple of prod is no limit while prod is not known', () => {
    const condition = {...PLAN.guardrails[0]!.when, threshold: {timesProd: 2}};
    const plan = {...PLAN, guardrails: [{...PLAN.guardrails[0]!, when: condition}]};
    expect(limitsOf(plan, 0, 'error_rate', null)).toEqual([]);
  });
});
