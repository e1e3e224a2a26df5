import {describe, expect, test} from 'vitest';
import type {Tally} from '../../source/analysis/windows/roll-up.ts';
import type {Plan} from '../../source/release/plan.ts';
import type {Reason} from '../../source/release/state.ts';
import {composeReport} from '../../source/report/compose.ts';
import {writeHtml} from '../../source/report/html/page.ts';
import {writeMarkdown} from '../../source/report/markdown.ts';
import {momentsIn} from '../../source/report/moments.ts';
import {reportWordsOf} from '../../source/report/words/words-of.ts';
import {start} from '../release/orders.ts';
import {fourPhases} from '../release/plans.ts';
import {DAWN, guard, HOUR, MINUTE, SECOND, type Order} from '../release/specification.ts';
import {logOf, minute, reportOf, type MeasuredSide} from './sample-log.ts';

const BEGUN = DAWN + SECOND;
const JUDGED: Partial<Plan> = {evidence: {falseAlarms: 0.01, margin: 0, then: 'rollback'}};
const ops = guard(1);

/** An hour of both sides, minute by minute. */
function hour(sides: (index: number) => {prod: MeasuredSide; gray: MeasuredSide}): Tally[] {
  return Array.from({length: 60}, (_, index) => minute(BEGUN + index * MINUTE, sides(index)));
}

/** A guard with a verdict. */
function judged(action: 'hold' | 'rollback', ...reasons: Partial<Reason>[]): Order[] {
  const none = {metric: null, value: null, threshold: null, samples: null, windowSeconds: null, text: ''};
  const whole = reasons.map(reason => ({...none, code: 'phase_time', ...reason}));
  return [
    {type: 'take-guard', by: ops},
    {type: 'verdict', release: 'r-1', action, reasons: whole, by: ops},
  ];
}

function told(tallies: readonly Tally[], plan: Partial<Plan> = {}, ...orders: Order[]) {
  const report = reportOf(logOf(start(fourPhases(plan)), ...orders), tallies, {now: BEGUN + HOUR});
  const of = (metric: string) => report.differences.find(one => one.metric === metric);
  return {report, speaks: (metric: string) => of(metric)?.better ?? null};
}

/** 0.516 % of prod's requests fail, and 4 of 1366 of gray's, which is 0.293 %. */
const FIELD = hour(index => ({
  prod: {requests: 433, errors: index % 4 === 0 ? 3 : 2, took: 100},
  gray: {requests: index < 46 ? 23 : 22, errors: index % 15 === 0 ? 1 : 0, took: 100},
}));
const SICK = hour(() => ({
  prod: {requests: 900, errors: 4, took: 100},
  gray: {requests: 100, errors: 10, took: 100},
}));

describe('a difference speaks for a side', () => {
  test('not if it may be chance: 0.516 % against 0.293 % of 1366 requests', () => {
    const {report, speaks} = told(FIELD);
    expect(report.sides.gray?.requests).toBe(1366);
    expect(report.sides.gray?.errorRate).toBeCloseTo(0.293, 3);
    expect(speaks('error_rate')).toBe('neither');
  });

  test('for prod if the judge has decided so', () => {
    const evidence = {code: 'evidence', metric: 'error_rate'};
    expect(told(SICK, JUDGED, ...judged('rollback', evidence)).speaks('error_rate')).toBe('prod');
    const limit = {code: 'guardrail', metric: 'error_rate'};
    expect(told(SICK, JUDGED, ...judged('rollback', limit)).speaks('error_rate')).toBe('prod');
  });

  test('for neither if evidence was gathered without a finding', () => {
    expect(told(SICK, JUDGED, ...judged('hold', {code: 'phase_time'})).speaks('error_rate')).toBe('neither');
  });

  test('for prod by the numbers alone if no evidence was gathered', () => {
    expect(told(SICK).speaks('error_rate')).toBe('prod');
    expect(told(SICK, JUDGED).speaks('error_rate')).toBe('prod');
  });

  test('for gray if the difference is significant', () => {
    const better = hour(() => ({
      prod: {requests: 900, errors: 40, took: 100, conversions: 20},
      gray: {requests: 100, errors: 0, took: 60, conversions: 9},
    }));
    const {speaks} = told(better, JUDGED, ...judged('hold', {code: 'phase_time'}));
    expect([speaks('error_rate'), speaks('conversion_rate'), speaks('response_time_p95')]).toEqual([
      'gray',
      'gray',
      'gray',
    ]);
  });

  test('not because gray had more traffic in bad minutes of both sides', () => {
    const mixed = hour(index =>
      index < 30
        ? {prod: {requests: 950, errors: 10, took: 80}, gray: {requests: 50, errors: 1, took: 80}}
        : {prod: {requests: 500, errors: 50, took: 300}, gray: {requests: 500, errors: 50, took: 300}},
    );
    const {report, speaks} = told(mixed);
    expect(report.sides.gray!.errorRate!).toBeGreaterThan(1.5 * report.sides.prod!.errorRate!);
    expect([speaks('error_rate'), speaks('response_time_p50')]).toEqual(['neither', 'neither']);
  });

  test('not if all events came in one minute', () => {
    const burst = hour(index => ({
      prod: {requests: 900, errors: 9, took: 100},
      gray: {requests: 100, errors: index === 20 ? 60 : 1, took: 100},
    }));
    expect(told(burst).speaks('error_rate')).toBe('neither');
  });
});

describe.each(['en', 'zh'] as const)('a metric without measurements is absent (%s)', lang => {
  const words = reportWordsOf(lang);
  const {report} = told(FIELD);
  const document = composeReport(report, words, 'UTC');
  const formats = [writeMarkdown(document), writeHtml(document, momentsIn('UTC'))];

  test('in words and charts', () => {
    for (const text of formats) {
      expect(text).not.toContain(words.charts.conversionRate);
      expect(text).not.toContain(words.columns.conversion);
      expect(text).not.toContain(words.metrics.conversion_rate);
      expect(text).toContain(words.charts.errorRate);
      expect(text).toContain(words.better.neither);
    }
  });

  test('in JSON, as null', () => {
    expect(report.sides.gray).toMatchObject({conversions: null, conversionRate: null});
    expect(report.phases[0]?.sides.prod).toMatchObject({conversions: null, conversionRate: null});
    expect(new Set(report.course.gray.conversionRate)).toEqual(new Set([null]));
  });

  test('but present if one side has it', () => {
    const one = told(
      hour(() => ({
        prod: {requests: 900, errors: 4, took: 100, conversions: 30},
        gray: {requests: 100, errors: 0, took: 100, conversions: 0},
      })),
    );
    expect(one.report.sides.gray).toMatchObject({conversions: 0, conversionRate: 0});
    expect(one.speaks('conversion_rate')).toBe('prod');
  });
});
