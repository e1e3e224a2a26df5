import {readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {builtInPlan} from '../../source/config/plan/built-in.ts';
import {readCondition} from '../../source/config/condition/condition.ts';
import {describeCondition} from '../../source/config/describe/phase.ts';
import {describePlan} from '../../source/config/describe/plan.ts';
import {describeRule} from '../../source/config/describe/rule.ts';
import {metricBook} from '../../source/config/condition/metric-book.ts';
import {checkPart} from '../../source/config/plan/plan-file.ts';
import {en} from '../../source/config/words/en.ts';
import {zh} from '../../source/config/words/zh.ts';

const FOLDER = new URL('../../fixtures/plans/', import.meta.url);

describe('a plan is read back in words', () => {
  test.each(
    ['seed-five-phases', 'seed-four-phases', 'seed-user-groups', 'seed-rollback-conditions', 'full'].flatMap(
      name => (['en', 'zh'] as const).map(lang => [name, lang] as const),
    ),
  )('%s in %s', (name, lang) => {
    const reading = checkPart(readFileSync(new URL(`${name}.yaml`, FOLDER), 'utf8'), `${name}.yaml`);
    const lines = reading.ok ? describePlan(reading.plan, lang) : [];
    expect(`${lines.join('\n')}\n`).toBe(readFileSync(new URL(`${name}.${lang}.txt`, FOLDER), 'utf8'));
  });

  test('the built-in one says that it waits for a person at the end', () => {
    expect(describePlan(builtInPlan, 'en').join('\n')).toContain('ends: when the operator says complete');
  });

  test('no metric lacks a name in either language', () => {
    const known = metricBook().names.filter(name => name !== 'feature_use_rate.NAME');
    expect(Object.keys(en.metrics).sort()).toEqual(known.sort());
    expect(Object.keys(zh.metrics).sort()).toEqual(known);
  });

  test('an argument of a hook that looks like a secret is masked', () => {
    const plan = {
      ...builtInPlan,
      hooks: {deploy: {argv: ['./d', '--token=hunter2'], timeoutMs: 1000, check: null}},
    };
    expect(describePlan(plan, 'en').join('\n')).toContain('./d --token=***');
  });
});

describe('a condition in words', () => {
  test.each([
    [
      'error_rate < 0.5 %',
      'the error rate of gray is below 0.5 % over the last 5 minutes (judged from 20 gray requests on)',
      '灰度的错误率低于 0.5 %（最近5分钟，灰度请求满 20 个才判断）',
    ],
    [
      'throughput >= 100 /s over 1h',
      'the throughput of gray is at least 100 a second over the last hour',
      '灰度的吞吐量不低于 100 /秒（最近1小时）',
    ],
    [
      'response_time_p95 < 1.5x prod min 0 requests',
      'the 95th percentile of the response time of gray is below 1.5 times that of prod over the last 5 minutes',
      '灰度的P95 响应时间低于生产的 1.5 倍（最近5分钟）',
    ],
    [
      'conversion_rate improvement > 1 % min 0 requests',
      'the conversion rate of gray is better than that of prod by more than 1 percentage point over the last 5 minutes',
      '灰度的转化率比生产改善超过 1 个百分点（最近5分钟）',
    ],
  ])('%s', (text, english, chinese) => {
    const reading = readCondition(text, metricBook());
    if (!reading.ok) throw new Error(reading.problems[0].message);
    expect(describeCondition(reading.value, 'en')).toBe(english);
    expect(describeCondition(reading.value, 'zh')).toBe(chinese);
  });

  test('in brief it leaves out what is usual', () => {
    const reading = readCondition('error_rate < 0.5 %', metricBook());
    expect(reading.ok && describeCondition(reading.value, 'en', true)).toBe(
      'the error rate of gray is below 0.5 %',
    );
  });
});

describe('a rule in words', () => {
  const admin = {attribute: 'user_type', test: {op: 'in', values: ['admin', 'tester']}} as const;
  const vip = {group: 'vip'};
  test.each([
    [admin, 'user_type is admin or tester', 'user_type 为 admin 或 tester'],
    [
      {all: [{any: [admin, vip]}, {not: vip}]},
      '(user_type is admin or tester or the group vip) and not (the group vip)',
      '（user_type 为 admin 或 tester 或 vip 组） 且 非（vip 组）',
    ],
    [{all: []}, 'everyone', '所有用户'],
    [{any: []}, 'no user', '没有用户'],
    [
      {attribute: 'seen', test: {op: 'within', ms: 90_000}},
      'seen lies within the last 1 minute 30 seconds',
      'seen 在最近1分钟30秒内',
    ],
    [{attribute: 'n', test: {op: '!=', value: 3}}, 'n is not 3', 'n 不等于 3'],
  ])('%j', (rule, english, chinese) => {
    expect(describeRule(rule as never, 'en')).toBe(english);
    expect(describeRule(rule as never, 'zh')).toBe(chinese);
  });
});
