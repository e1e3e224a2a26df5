import {readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {decider} from '../../source/audience/decide.ts';
import type {User} from '../../source/audience/rule.ts';
import {mistakeLines} from '../../source/config/yaml/mistake.ts';
import {readPlan} from '../../source/config/plan/plan-file.ts';
import type {Plan} from '../../source/release/plan.ts';
import {deny, include, next, start} from '../release/orders.ts';
import {given} from '../release/specification.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const DAY = 86_400_000;
const daysAgo = (days: number) => new Date(NOW - days * DAY).toISOString();

function planOf(text: string): Plan {
  const reading = readPlan(text, 'test.yaml');
  if (!reading.ok) throw new Error(reading.mistakes.flatMap(mistakeLines).join('\n'));
  return reading.plan;
}

/** Side and reason of a user after these orders. */
function askAfter(...orders: Parameters<typeof given>) {
  const {split} = given(...orders);
  const decide = decider({split, version: 1});
  return (user: User) => {
    const {side, reason} = decide(user, NOW);
    return `${side} ${reason}`;
  };
}

describe('the groups of the seed, as a plan in YAML reads them', () => {
  const groups = readFileSync(new URL('../../fixtures/plans/seed-user-groups.yaml', import.meta.url), 'utf8');
  const phaseOf = (group: string) =>
    askAfter(start(planOf(`${groups}\nphases:\n  - {name: first, percent: 100, audience: ${group}}\n`)));

  test('the same attribute twice is any of', () => {
    const ask = phaseOf('internal');
    expect(ask({id: 'u-1', user_type: 'admin'})).toBe('gray percent');
    expect(ask({id: 'u-1', user_type: 'internal_tester'})).toBe('gray percent');
    expect(ask({id: 'u-1', user_type: 'lawyer'})).toBe('prod outside');
  });

  test('different attributes are all of, and last_* dates lie within', () => {
    const ask = phaseOf('beta_users');
    const lawyer = {id: 'u-1', user_type: 'lawyer', last_login: daysAgo(2), case_count: 10};
    expect(ask(lawyer)).toBe('gray percent');
    expect(ask({...lawyer, last_login: daysAgo(8)})).toBe('prod outside');
    expect(ask({...lawyer, case_count: 9})).toBe('prod outside');
    expect(ask({...lawyer, user_type: 'user'})).toBe('prod outside');
  });

  test('other dates lie at least so long ago', () => {
    const ask = phaseOf('regular_users');
    expect(ask({id: 'u-1', user_type: 'user', registration_date: daysAgo(31)})).toBe('gray percent');
    expect(ask({id: 'u-1', user_type: 'user', registration_date: daysAgo(29)})).toBe('prod outside');
  });
});

describe('a plan of several audiences', () => {
  const plan = planOf(`
groups:
  staff: {any: [{user_type: admin}, {user_type: internal_tester}]}
  vip: {all: [{level: vip}, {last_login: within 7 days}, {case_count: ">= 10"}]}
  north: {country: [DE, DK], region: "!= south"}
phases:
  - {name: alpha, percent: 50, audience: staff}
  - {name: beta, percent: 50, audience: {not: {group: north}}, include: {users: [1001, 1002], groups: [vip]}}
  - {name: all, percent: 100}
`);
  const vip = {id: 'u-9', level: 'vip', last_login: daysAgo(1), case_count: '12'};

  test('lets in who is meant, phase by phase, and takes gray from nobody on the way up', () => {
    const alpha = askAfter(start(plan));
    expect([alpha({id: 'u-131', user_type: 'admin', country: 'DK'}), alpha(vip), alpha({id: 1001})]).toEqual([
      'gray percent',
      'prod outside',
      'prod outside',
    ]);
    const beta = askAfter(start(plan), next(0));
    expect([beta({id: 'u-131', user_type: 'admin', country: 'DK'}), beta(vip), beta({id: 1001})]).toEqual([
      'gray percent',
      'gray included',
      'gray included',
    ]);
    expect(beta({id: 'u-42', country: 'DE', region: 'north'})).toBe('prod outside');
    expect(beta({id: 'u-42', country: 'DE', region: 'south'})).toBe('prod percent');
    const all = askAfter(start(plan), next(0), next(1));
    expect(all({id: 'u-42', country: 'DE', region: 'north'})).toBe('gray percent');
  });

  test('obeys who is named by hand: deny before include before all else', () => {
    const ask = askAfter(start(plan), next(0), include('u-5'), deny('1001'));
    expect([ask({id: 'u-5'}), ask({id: 1001}), ask({id: 1002})]).toEqual([
      'gray included',
      'prod denied',
      'gray included',
    ]);
  });
});
