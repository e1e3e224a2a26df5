import {readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import type {Plan} from '../../source/release/plan.ts';
import {mistakeInPlan} from '../../source/release/plan-shape.ts';
import {builtInPlan} from '../../source/config/plan/built-in.ts';
import {describePlan} from '../../source/config/describe/plan.ts';
import {mistakeLines, type Mistake} from '../../source/config/yaml/mistake.ts';
import {checkPart, readPlan} from '../../source/config/plan/plan-file.ts';

const HOUR = 3_600_000;

function fixture(name: string): string {
  return readFileSync(new URL(`../../fixtures/plans/${name}`, import.meta.url), 'utf8');
}

/** The plan of a text that must be whole. */
function planOf(text: string, name = 'test.yaml'): Plan {
  const reading = readPlan(text, name);
  if (!reading.ok) throw new Error(reading.mistakes.flatMap(mistakeLines).join('\n'));
  return reading.plan;
}

function mistakesOf(text: string): Mistake[] {
  const reading = checkPart(text, 'test.yaml');
  return reading.ok ? [] : reading.mistakes;
}

function warningsOf(text: string): string[] {
  const reading = checkPart(text, 'test.yaml');
  if (!reading.ok) throw new Error(reading.mistakes.flatMap(mistakeLines).join('\n'));
  return reading.warnings.map(({line, message}) => `${line} ${message}`);
}

const LAST = '  - {name: all, percent: 100}\n';

describe('the built-in plan', () => {
  test('is alpha 5 % 24 h, beta 20 % 48 h, gamma 50 % 72 h, production 100 %, for everyone', () => {
    expect(
      builtInPlan.phases.map(({name, percent, durationMs, audience}) => [
        name,
        percent,
        durationMs,
        audience,
      ]),
    ).toEqual([
      ['alpha', 5, 24 * HOUR, null],
      ['beta', 20, 48 * HOUR, null],
      ['gamma', 50, 72 * HOUR, null],
      ['production', 100, null, null],
    ]);
  });

  test('can be put into effect', () => {
    expect(mistakeInPlan(builtInPlan)).toBeNull();
  });

  test('takes everything back at the limits of the seeds, and at an outage', () => {
    expect(
      builtInPlan.guardrails.map(({when, forMs, then, whenUnknown}) => [when.text, forMs, then, whenUnknown]),
    ).toEqual([
      ['error_rate > 10 %', 300_000, 'rollback', 'ignore'],
      ['response_time_p95 > 5000 ms', 600_000, 'rollback', 'ignore'],
      ['availability < 99 %', 300_000, 'rollback', 'ignore'],
      ['error_rate > 50 % over 10s min 20 requests', 10_000, 'rollback', 'ignore'],
    ]);
    expect(describePlan(builtInPlan, 'en').join('\n')).toContain(
      'rolls everything back when the error rate of gray is above 50 % over the last 10 seconds, without a break for 10 seconds; while it cannot be judged it does not hold the release [outage]',
    );
  });
});

describe('every plan of the fixtures', () => {
  test.each(['seed-five-phases.yaml', 'seed-four-phases.yaml', 'ramp.yaml', 'full.yaml'])(
    '%s can be put into effect',
    name => {
      expect(mistakeInPlan(planOf(fixture(name), name))).toBeNull();
    },
  );

  test('the full one is read to the last key', () => {
    const plan = planOf(fixture('full.yaml'));
    expect(plan).toMatchObject({
      name: 'payment',
      feature: 'new_payment',
      evidence: {falseAlarms: 0.001, margin: 0.02, then: 'pause'},
      complete: 'manual',
      whenStale: 'prod',
      rollbackWindowMs: 7 * 24 * HOUR,
      forced: {headers: ['x-gray-release'], cookies: ['gray_user']},
      checklist: ['The tests of the new version have passed', 'The data is saved'],
      contacts: {support: 'tech-support@example.com'},
    });
    expect(Object.keys(plan.hooks)).toHaveLength(8);
    expect(plan.hooks.deploy).toEqual({
      argv: ['./deploy.sh', '--side', 'gray'],
      timeoutMs: 900_000,
      check: ['./is-deployed.sh'],
    });
    const [inside, alpha, beta, gamma, all] = plan.phases;
    expect(inside?.include).toEqual({users: ['1001', '1002', 'u-42'], rules: [{group: 'internal'}]});
    expect(alpha).toMatchObject({percent: 0.5, durationMs: 1.5 * HOUR, whenStale: 'keep'});
    expect(beta?.criteria.map(({dryRun}) => dryRun)).toEqual([false, false, false, false, true]);
    expect(gamma).toMatchObject({percent: 50, durationMs: 72 * HOUR, manual: true});
    expect(all).toMatchObject({needsEarlierCriteria: true, whenStale: 'prod'});
  });
});

describe('the seed documents', () => {
  test('the five phases load unchanged', () => {
    const plan = planOf(fixture('seed-five-phases.yaml'));
    expect(plan.feature).toBe('new_payment_system');
    expect(plan.phases.map(({name, percent, durationMs}) => [name, percent, durationMs])).toEqual([
      ['内部测试', 0, 48 * HOUR],
      ['小规模灰度', 1, 24 * HOUR],
      ['中等规模灰度', 10, 48 * HOUR],
      ['大规模灰度', 50, 72 * HOUR],
      ['全面上线', 100, 0],
    ]);
    expect(plan.phases[0]?.include).toEqual({
      users: ['1001', '1002', '1003'],
      rules: [{attribute: 'user_type', test: {op: 'in', values: ['internal']}}],
    });
    expect(plan.phases[0]?.criteria).toEqual([]);
    expect(plan.phases[2]?.criteria.map(({condition}) => condition)).toMatchObject([
      {metric: 'error_rate', op: '<', threshold: {value: 0.5, unit: 'percent'}},
      {metric: 'conversion_rate', improvement: true, op: '>', threshold: {value: 1, unit: 'points'}},
    ]);
    expect(plan.phases[4]).toMatchObject({needsEarlierCriteria: true, criteria: []});
  });

  test('internal users are the group internal once the same file defines it', () => {
    const plan = planOf(`${fixture('seed-user-groups.yaml')}\n${fixture('seed-five-phases.yaml')}`);
    expect(plan.phases[0]?.include.rules).toEqual([{group: 'internal'}]);
    expect(plan.groups['internal']).toEqual({
      attribute: 'user_type',
      test: {op: 'in', values: ['admin', 'internal_tester']},
    });
  });

  test('the groups alone are a part that still needs phases', () => {
    const reading = checkPart(fixture('seed-user-groups.yaml'), 'seed-user-groups.yaml');
    expect(reading).toMatchObject({ok: true, needs: ['phases'], warnings: []});
    expect(reading.ok && reading.plan.groups).toEqual({
      internal: {attribute: 'user_type', test: {op: 'in', values: ['admin', 'internal_tester']}},
      beta_users: {
        all: [
          {attribute: 'user_type', test: {op: 'in', values: ['lawyer']}},
          {attribute: 'last_login', test: {op: 'within', ms: 7 * 24 * HOUR}},
          {attribute: 'case_count', test: {op: '>=', value: 10}},
        ],
      },
      regular_users: {
        all: [
          {attribute: 'user_type', test: {op: 'in', values: ['user']}},
          {attribute: 'registration_date', test: {op: 'atLeastAgo', ms: 30 * 24 * HOUR}},
        ],
      },
    });
  });

  test('rollback conditions are fractions and milliseconds, each with its own bad side', () => {
    const reading = checkPart(fixture('seed-rollback-conditions.yaml'), 'x.yaml');
    expect(
      reading.ok && reading.plan.guardrails.map(({when, forMs, then}) => [when.text, forMs, then]),
    ).toEqual([
      ['error_rate > 10 %', 300_000, 'rollback'],
      ['response_time_p95 > 5000 ms', 600_000, 'rollback'],
      ['availability < 99 %', 300_000, 'rollback'],
    ]);
  });

  test('and they mean what the preset of that name does', () => {
    const reading = checkPart(fixture('seed-rollback-conditions.yaml'), 'x.yaml');
    const preset = checkPart('presets: [seed-rollback]', 'x.yaml');
    const guardrails = preset.ok ? preset.plan.guardrails : [];
    const own = reading.ok ? reading.plan.guardrails : [];
    expect(own.map(guardrail => ({...guardrail, preset: 'seed-rollback'}))).toEqual(guardrails);
  });

  test('a part is no plan', () => {
    const reading = readPlan(fixture('seed-user-groups.yaml'), 'x.yaml');
    expect(reading).toMatchObject({ok: false, mistakes: [{message: 'the plan has no phases', line: 2}]});
  });

  test.each([
    [
      'rollback_conditions: [{metric: error_rate, threshold: 5, duration: 5m}]',
      'ratios are fractions here: 5 would be 500 %',
    ],
    [
      'rollback_conditions: [{metric: throughput, threshold: 5, duration: 5m}]',
      'throughput has no bad side of its own',
    ],
    ['rollback_conditions: [{metric: eror_rate, threshold: 0.5, duration: 5m}]', 'did you mean error_rate?'],
    ['rollback_conditions: [{metric: error_rate, threshold: 0.5}]', 'duration is missing'],
    [
      'gray_release_plan: {phases: [{phase: a, percentage: 100, criteria: [error_rate: "< 0.1"]}]}',
      '0.1 % or 10 %',
    ],
    ['gray_release_plan: {phases: [{phase: a, percentage: 100, criteria: [error_rate: 5]}]}', 'no direction'],
    [
      'gray_release_plan: {phases: [{phase: a, percentage: 100, criteria: [internal_users_only: maybe]}]}',
      'this is not true or false',
    ],
  ])('%s is a mistake', (text, message) => {
    expect(
      mistakesOf(text)
        .map(one => one.message)
        .join('\n'),
    ).toContain(message);
  });

  test.each([
    [
      'rollback_conditions: [{metric: eror_rate, threshold: 0.5}, {metric: error_rate, threshold: 5}, {metric: cpuu}]',
      [
        [1, 23, 'duration is missing'],
        [1, 32, 'no metric is called "eror_rate"; did you mean error_rate?'],
        [1, 60, 'duration is missing'],
        [1, 92, 'ratios are fractions here: 5 would be 500 %'],
        [1, 96, 'threshold is missing'],
        [1, 96, 'duration is missing'],
        [1, 105, 'no metric is called "cpuu"; did you mean cpu?'],
      ],
    ],
    [
      'phases: [{name: all, percent: 100}]\nramp: {step: 200 %, every: x, to: 1}\ngray_release_plan: {phases: 5}',
      [
        [2, 1, 'phases gives the phases already'],
        [2, 14, '200 % is above 100 %'],
        [2, 28, '"x" is not a time'],
        [2, 31, 'the key "to" is not known here'],
        [3, 1, 'phases gives the phases already'],
        [3, 29, 'a list is needed here'],
      ],
    ],
  ])('of %s every mistake is told at once', (text, told) => {
    expect(mistakesOf(text).map(({line, column, message}) => [line, column, message])).toEqual(told);
  });

  test('a mistake in a one-key map points at the key or into the value', () => {
    const text = `gray_release_plan:\n  phases:\n    - phase: a\n      percentage: 100\n      criteria:\n        - eror_rate: "< 0.5"\n`;
    expect(mistakesOf(text).map(({line, column, found}) => [line, column, found])).toEqual([
      [6, 11, 'eror_rate'],
    ]);
    expect(
      mistakesOf(text.replace('eror', 'error')).map(({line, column, found}) => [line, column, found]),
    ).toEqual([[6, 26, '0.5']]);
  });
});

describe('a ramp', () => {
  test('of 10 % is ten phases, the last of which ends at once', () => {
    const plan = planOf(fixture('ramp.yaml'));
    expect(plan.phases.map(({percent}) => percent)).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
    expect(new Set(plan.phases.map(({durationMs}) => durationMs))).toEqual(new Set([30_000, 0]));
    expect(plan.ramp).toEqual({stepPercent: 10, everyMs: 30_000});
  });

  test.each([
    ['{step: 30, every: 1m}', [30, 60, 90, 100]],
    ['{step: 33.33, every: 1m}', [33.33, 66.66, 99.99, 100]],
    ['{step: 10 %, every: 30s, from: 5 %}', [5, 15, 25, 35, 45, 55, 65, 75, 85, 95, 100]],
    ['{step: 100, every: 1m}', [100]],
  ])('%s', (ramp, percents) => {
    expect(planOf(`ramp: ${ramp}`).phases.map(({percent}) => percent)).toEqual(percents);
  });

  test('keeps its criteria below 100 %, where there is prod to compare with', () => {
    const plan = planOf('ramp: {step: 50, every: 1m, criteria: [response_time < 1.5x prod]}');
    expect(plan.phases.map(({criteria}) => criteria.length)).toEqual([1, 0]);
  });

  test.each([
    '{step: 0, every: 1m}',
    '{step: 0.01 %, every: 1m}',
    '{step: 10, every: 0s}',
    '{step: 10}',
    '{every: 5m}',
  ])('%s is refused', ramp => {
    expect(mistakesOf(`ramp: ${ramp}`)).not.toEqual([]);
  });
});

describe('the presets', () => {
  const all = checkPart(
    'presets: [seed-pause, seed-increase, seed-alerts, seed-rollback, seed-limits, outage]',
    'x.yaml',
  );

  test('hold what the contract lists', () => {
    expect(
      all.ok &&
        all.plan.guardrails.map(
          ({when, forMs, then, level, preset}) => `${preset}: ${when.text} for ${forMs} ${then} ${level}`,
        ),
    ).toEqual([
      'seed-pause: error_rate > 5 % over 300s for 0 pause warning',
      'seed-pause: response_time > 1.5x prod over 300s for 0 pause warning',
      'seed-increase: error_rate improvement > 1 points for 0 advance info',
      'seed-increase: conversion_rate improvement > 2 points for 0 advance info',
      'seed-alerts: error_rate > 5 % for 0 alert critical',
      'seed-alerts: response_time > 2x prod for 0 alert warning',
      'seed-alerts: conversion_rate < 0.9x prod for 0 alert warning',
      'seed-rollback: error_rate > 10 % for 300000 rollback critical',
      'seed-rollback: response_time_p95 > 5000 ms for 600000 rollback critical',
      'seed-rollback: availability < 99 % for 300000 rollback critical',
      'seed-limits: error_rate >= 5 % for 0 alert warning',
      'seed-limits: response_time_p95 >= 3 s for 0 alert warning',
      'seed-limits: availability <= 99.5 % for 0 alert warning',
      'seed-limits: cpu >= 80 % for 0 alert warning',
      'seed-limits: memory >= 90 % for 0 alert warning',
      'seed-limits: db_connections >= 80 for 0 alert warning',
      'seed-limits: redis_memory >= 90 % for 0 alert warning',
      'outage: error_rate > 50 % over 10s min 20 requests for 10000 rollback critical',
    ]);
  });

  test('none of them is a doubtful guardrail by the rules for those people write', () => {
    const lines = all.ok
      ? all.plan.guardrails.map(({when, then}) => `  - {when: "${when.text}", then: ${then}}`)
      : [];
    expect(lines).toHaveLength(18);
    expect(warningsOf(`guardrails:\n${lines.join('\n')}`)).toEqual([]);
  });
});

describe('what a plan leaves out', () => {
  test('evidence is on by default, and off when it says so', () => {
    const phases = `phases:\n${LAST}`;
    expect(planOf(phases).evidence).toEqual({falseAlarms: 0.01, margin: 0, then: 'rollback'});
    expect(planOf(`${phases}evidence: off`).evidence).toBeNull();
    expect(planOf(`${phases}evidence: {then: alert}`).evidence).toEqual({
      falseAlarms: 0.01,
      margin: 0,
      then: 'alert',
    });
  });

  test('a plan that completes by itself does not wait for ever in a last phase without a time', () => {
    expect(planOf(`phases:\n${LAST}`).phases[0]?.durationMs).toBe(0);
    expect(planOf(`phases:\n${LAST}complete: manual`).phases[0]?.durationMs).toBeNull();
  });

  test('at 100 % routers keep their side unless the plan says what a stale one does', () => {
    expect(planOf(`phases:\n${LAST}`).phases[0]?.whenStale).toBeNull();
    expect(planOf(`phases:\n${LAST}whenStale: prod`).phases[0]?.whenStale).toBe('prod');
  });

  test('its name is that of the feature or the file', () => {
    expect(planOf(`phases:\n${LAST}`, 'plans/new-payment.yaml').name).toBe('new-payment');
    expect(planOf(`feature: search\nphases:\n${LAST}`).name).toBe('search');
  });
});

describe('ids and values stay as they are written', () => {
  test.each(['007', '9007199254740993', '0x1F', '1e3'])('user %s', id => {
    const plan = planOf(
      `phases:\n  - {name: a, percent: 0, duration: 1h, include: {users: [${id}]}}\n${LAST}`,
    );
    expect(plan.phases[0]?.include.users).toEqual([id]);
  });

  test('an attribute whose number would lose its digits is compared as text', () => {
    expect(planOf(`phases:\n${LAST}groups: {a: {zip: 01234}, b: {level: 3}}`).groups).toEqual({
      a: {attribute: 'zip', test: {op: 'in', values: ['01234']}},
      b: {attribute: 'level', test: {op: '=', value: 3}},
    });
  });
});

describe('rules about people', () => {
  test.each<[string, unknown]>([
    ['{user_type: admin}', {attribute: 'user_type', test: {op: 'in', values: ['admin']}}],
    ['{country: [CN, NO]}', {attribute: 'country', test: {op: 'in', values: ['CN', 'NO']}}],
    ['{beta: true}', {attribute: 'beta', test: {op: 'in', values: ['true']}}],
    ['{case_count: ">= 10"}', {attribute: 'case_count', test: {op: '>=', value: 10}}],
    ['{case_count: "!= 3"}', {attribute: 'case_count', test: {op: '!=', value: 3}}],
    ['{app_version: ">= 2.10"}', {attribute: 'app_version', test: {op: '>=', version: '2.10'}}],
    ['{app_version: ">= 3"}', {attribute: 'app_version', test: {op: '>=', version: '3'}}],
    ['{client: "< 2.10.3"}', {attribute: 'client', test: {op: '<', version: '2.10.3'}}],
    ['{client: "< version 2.10"}', {attribute: 'client', test: {op: '<', version: '2.10'}}],
    ['{score: ">= 2.5"}', {attribute: 'score', test: {op: '>=', value: 2.5}}],
    ['{case_count: "＞＝ 10"}', {attribute: 'case_count', test: {op: '>=', value: 10}}],
    ['{age: "= 10-20"}', {attribute: 'age', test: {op: 'in', values: ['10-20']}}],
    ['{mail: "= *@example.com"}', {attribute: 'mail', test: {op: 'in', values: ['*@example.com']}}],
    ['{cohort: 2026-11}', {attribute: 'cohort', test: {op: 'in', values: ['2026-11']}}],
    ['{region: eu-west-1}', {attribute: 'region', test: {op: 'in', values: ['eu-west-1']}}],
    ['{phone: "+8613800138000"}', {attribute: 'phone', test: {op: 'in', values: ['+8613800138000']}}],
    ['{lang: C++}', {attribute: 'lang', test: {op: 'in', values: ['C++']}}],
    ['{user_type: "!= guest"}', {not: {attribute: 'user_type', test: {op: 'in', values: ['guest']}}}],
    ['{last_login: within 7 days}', {attribute: 'last_login', test: {op: 'within', ms: 7 * 24 * HOUR}}],
    [
      '{registered: at least 30 days ago}',
      {attribute: 'registered', test: {op: 'atLeastAgo', ms: 30 * 24 * HOUR}},
    ],
    ['{id: starts with beta-}', {attribute: 'id', test: {op: 'like', parts: ['beta-', '']}}],
    ['{id: "prefix \'a b \'"}', {attribute: 'id', test: {op: 'like', parts: ['a b ', '']}}],
    ['{mail: ends with @a.com}', {attribute: 'mail', test: {op: 'like', parts: ['', '@a.com']}}],
    ['{mail: suffix (x)}', {attribute: 'mail', test: {op: 'like', parts: ['', '(x)']}}],
    ['{agent: contains Mobile*}', {attribute: 'agent', test: {op: 'like', parts: ['', 'Mobile*', '']}}],
    ['{host: matches web-*.eu}', {attribute: 'host', test: {op: 'like', parts: ['web-', '.eu']}}],
    ['{host: "like **web**1*"}', {attribute: 'host', test: {op: 'like', parts: ['', 'web', '1', '']}}],
    [String.raw`{host: 'pattern a\*b*'}`, {attribute: 'host', test: {op: 'like', parts: ['a*b', '']}}],
    ['{custom: early_birds}', {custom: 'early_birds'}],
    [
      '{level: vip, country: CN}',
      {
        all: [
          {attribute: 'level', test: {op: 'in', values: ['vip']}},
          {attribute: 'country', test: {op: 'in', values: ['CN']}},
        ],
      },
    ],
  ])('%s', (rule, read) => {
    expect(planOf(`phases:\n${LAST}groups: {a: ${rule}}`).groups['a']).toEqual(read);
  });

  test.each([
    ['{any: []}', 'no user'],
    ['{all: []}', 'everyone'],
    ['{all: [{a: b}], c: d}', 'must stand alone'],
    ['{}', 'empty rule'],
    ['7', 'not a rule about people'],
    ['{a: []}', 'fits no user'],
    ['{last_login: "< 7 days"}', 'within or before'],
    ['{score: ">= 2.10"}', 'can be the number 2.1 or a version'],
    ['{app_version: "> version two"}', 'is not a version'],
    ...[
      '=> 10',
      '~1.2',
      '^2.0',
      '2.x',
      '2.*',
      '1-5',
      '1..5',
      '10 to 20',
      '10+',
      '=~ vip',
      '!~ vip',
      '!guest',
      '*@a.com',
      'vip|gold',
      '/vip/',
      'vip.+',
      '%@a.com',
      'over 18',
      'at most 3',
      'not guest',
      'between 1 and 5',
      'in [vip]',
      'vip, gold',
      '大于 10',
      '10以上',
      '7 days',
      '7天内',
      '30 days ago',
      '!= vip*',
      '≈ 3',
    ].map((text): [string, string] => [`{level: ${JSON.stringify(text)}}`, 'looks like']),
    ['{level: [vip, ">= 10"]}', 'looks like an operator'],
    ['{host: "matches *"}', 'fits everyone'],
    ['{host: "matches **"}', 'fits everyone'],
    ['{host: matches web-1}', 'has no *'],
    ...[String.raw`web-\d*`, 'web-.*', '^web*', '(a|b)*', '[ab]*', 'a*$'].map((text): [string, string] => [
      `{host: ${JSON.stringify(`matches ${text}`)}}`,
      'looks like a regular expression',
    ]),
    ['{level: "<> 5"}', 'cannot be compared by <'],
    ['{level: "> 1 and < 5"}', 'cannot be compared by >'],
    ['{group: nowhere}', 'there is no group "nowhere"'],
    ['{custom: 5}', 'custom needs a name'],
  ])('%s is a mistake', (rule, message) => {
    expect(
      mistakesOf(`groups: {a: ${rule}}`)
        .map(one => one.message)
        .join('\n'),
    ).toContain(message);
  });

  test('a plan says what is hashed, and with which salt', () => {
    const {bucketBy, salt} = planOf(`phases:\n${LAST}bucketBy: tenant\nsalt: summer-2026`);
    expect({bucketBy, salt}).toEqual({bucketBy: 'tenant', salt: 'summer-2026'});
    expect(planOf(`phases:\n${LAST}bucketBy: id`)).not.toHaveProperty('bucketBy');
    const wrong = mistakesOf(`phases:\n${LAST}bucketBy: [tenant]\nsalt: "söm mer"`);
    expect(wrong.map(({path}) => path)).toEqual(['bucketBy', 'salt']);
  });

  test.each(['">= 10"', '"user*"', '1000..1999', '~x'])('%s is no user id', id => {
    expect(
      mistakesOf(`phases:\n  - {name: a, percent: 100, include: {users: [${id}]}}`)[0]?.message,
    ).toContain('ids are compared letter by letter');
  });

  test('groups that multiply each other are refused before they fill the split of every router', () => {
    const row = (name: string, next: string) =>
      `  ${name}: {any: [${Array.from({length: 8}, () => next).join(', ')}]}`;
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const groups = names.map((name, index) => row(name, names[index + 1] ?? '{x: 1}'));
    expect(
      mistakesOf(`groups:\n${groups.join('\n')}`)
        .map(one => one.message)
        .join('\n'),
    ).toContain('too large for a router');
  });

  test('a long chain of groups is refused, not followed', () => {
    const groups = Array.from({length: 3000}, (_, index) => `  g${index}: {not: {group: g${index + 1}}}`);
    const mistakes = mistakesOf(`groups:\n${groups.join('\n')}\n  g3000: {x: 1}`);
    expect(mistakes[0]?.message).toContain('too large for a router');
  });
});

describe('a plan that cannot be walked through', () => {
  const phase = (rest: string) => `phases:\n  - {name: a, percent: 20, duration: 1h, ${rest}}\n${LAST}`;
  test.each([
    [phase('criteria: ["throughput > 100 /s", "throughput < 50 /s"]'), 'never holds together'],
    [phase('criteria: ["error_rate < 0 %"]'), 'can never hold'],
    [phase('criteria: ["error_rate > 5 %"]'), 'only while gray does badly'],
    [
      `${phase('criteria: ["throughput > 800 /s"]')}guardrails: [{when: "throughput > 500 /s", then: pause}]`,
      'stops the release',
    ],
    ['phases: [{name: a, percent: 50, duration: 1h}]', 'never complete'],
    [
      'phases: [{name: a, percent: 50, duration: 1h}, {name: b, percent: 20}]\ncomplete: manual',
      'falls from 50 % to 20 %',
    ],
    [
      'phases: [{name: a, percent: 100, criteria: [error_rate improvement > 1 %]}]',
      'no prod to compare with',
    ],
    ['phases: []', 'without phases releases nothing'],
  ])('%s', (text, message) => {
    expect(
      mistakesOf(text)
        .map(one => one.message)
        .join('\n'),
    ).toContain(message);
  });

  test('criteria over different windows, or only watched, do not contradict each other', () => {
    expect(
      mistakesOf(phase('criteria: ["throughput > 100 /s over 1m", "throughput < 50 /s over 1h"]')),
    ).toEqual([]);
    expect(
      mistakesOf(phase('criteria: ["throughput > 100 /s", {when: "throughput < 50 /s", dryRun: true}]')),
    ).toEqual([]);
  });

  test.each([
    ['phases: [{name: a, percent: 50, duration: 1h}]\ncomplete: manual', '1 the last phase stops at 50 %'],
    ['phases: [{name: a, percent: 50}, {name: b, percent: 100}]', '1 this phase says neither how long'],
    [
      'phases: [{name: a, percent: 0, duration: 1h}, {name: b, percent: 100}]',
      '1 at 0 % without include no user gets gray',
    ],
    [
      'phases: [{name: a, percent: 50, duration: 1h}, {name: b, percent: 50, duration: 1h}, {name: c, percent: 100}]',
      '1 this phase gives gray to no new users',
    ],
    ['phases: [{name: a, percent: 100, audience: {x: y}}]', '1 the last phase reaches only'],
    [phase('criteria: ["error_rate <= 100 %"]'), '2 this always holds'],
    ['guardrails:', '1 guardrails is empty'],
  ])('%s is worth a warning', (text, message) => {
    expect(warningsOf(text).join('\n')).toContain(message);
  });
});

describe('a guardrail', () => {
  test('may say that it holds nothing while it cannot be judged', () => {
    const of = (rest: string) =>
      planOf(
        `phases: [{name: all, percent: 100}]\nguardrails: [{when: "error_rate > 50 % over 10s", then: rollback${rest}}]`,
      ).guardrails[0];
    expect(of(', whenUnknown: ignore')).toMatchObject({whenUnknown: 'ignore'});
    expect(of(', whenUnknown: hold')).not.toHaveProperty('whenUnknown');
    expect(of('')).not.toHaveProperty('whenUnknown');
    expect(
      mistakesOf('guardrails: [{when: "error_rate > 5 %", then: pause, whenUnknown: go}]').map(
        ({message}) => message,
      ),
    ).toHaveLength(1);
  });

  test.each([
    ['{when: "availability > 99 %", then: rollback}', 'while gray does well'],
    ['{when: "error_rate improvement > 1 %", then: pause}', 'while gray does well'],
    ['{when: "error_rate > 5 %", then: advance}', 'only while gray does badly'],
    ['{when: "error_rate > 100 %", then: rollback}', 'can never hold'],
    ['{when: "error_rate >= 0 %", then: rollback}', 'always holds'],
    ['{when: "error_rate > 5 %"}', 'then is missing'],
    ['{when: "error_rate > 5 %", then: panic}', 'none of the words'],
    ['"error_rate > 5 %"', 'says when, and what happens then'],
  ])('%s is a mistake', (guardrail, message) => {
    expect(
      mistakesOf(`guardrails: [${guardrail}]`)
        .map(one => one.message)
        .join('\n'),
    ).toContain(message);
  });

  test('that only alerts may look the unusual way, with a warning', () => {
    expect(
      warningsOf('guardrails: [{when: "conversion_rate > 50 %", then: alert, level: info}]'),
    ).toHaveLength(1);
  });
});

describe('hooks', () => {
  test('a line for a shell is refused, with the array it would be', () => {
    expect(mistakesOf('hooks: {deploy: ./deploy.sh --fast}')).toMatchObject([
      {allowed: '[./deploy.sh, --fast]', line: 1, column: 17},
    ]);
  });

  test('an argument that may be a secret is not repeated', () => {
    const text = JSON.stringify(
      mistakesOf('hooks: {deploy: "curl -H token=hunter2 https://u:hunter2@example.com"}'),
    );
    expect(text).not.toContain('hunter2');
  });

  test.each([
    '[]',
    '[""]',
    '[[a]]',
    '{timeout: 5m}',
    '{argv: [a], check: ./x}',
    '{argv: [a], timeout: 0s}',
    '{argv: [a], timeout: 9h}',
    '5',
  ])('%s is a mistake', hook => {
    expect(mistakesOf(`hooks: {deploy: ${hook}}`)).not.toEqual([]);
  });
});
