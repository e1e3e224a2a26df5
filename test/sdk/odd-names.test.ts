import {describe, expect, test} from 'vitest';
import {decider} from '../../source/audience/decide.ts';
import type {Decision} from '../../source/audience/decide.ts';
import {deriveSplit} from '../../source/release/derive-split.ts';
import type {Rule} from '../../source/release/plan.ts';
import {initialState} from '../../source/release/state.ts';
import {Batches} from '../../source/sdk/batches.ts';
import {ODD_NAMES} from '../odd-names.ts';

const GRAY: Decision = {side: 'gray', reason: 'percent', cohort: 'eligible', version: 4, release: 'r-1'};
const forcedBy = {headers: [...ODD_NAMES], cookies: [...ODD_NAMES]};

function sideOf(user: Record<string, unknown>, rule: Rule | null, asked: object = {}): string {
  const tiers = rule === null ? [] : [{audience: rule, percent: 100}];
  const split = {...deriveSplit(initialState('pay')), live: true, tiers, forced: forcedBy};
  return decider({split, version: 1})({id: 'u-1', ...user}, 0, asked).side;
}

const batchesOf = () =>
  new Batches({
    instance: 'web-1',
    kinds: {distributions: new Set(), gauges: new Set()},
    feature: 'new_payment',
    split: () => ({version: 4, split: null}),
  });

describe.each(ODD_NAMES)('in an application, the name %s', name => {
  const named = (value: unknown) => Object.fromEntries([[name, value]]);

  test('as an attribute is read from the user, not from Object.prototype', () => {
    const has: Rule = {attribute: name, test: {op: 'in', values: ['x']}};
    for (const rule of [has, {attribute: name, test: {op: '!=', value: 1}}] as Rule[])
      expect(sideOf({}, rule)).toBe('prod');
    expect(sideOf(named('x'), has)).toBe('gray');
  });

  test('as a predicate that is not registered lets no user in', () => {
    expect(sideOf({}, {custom: name})).toBe('prod');
    expect(sideOf({}, {not: {custom: name}})).toBe('prod');
  });

  test('as a header or a cookie forces a side only if it was sent', () => {
    expect(sideOf({}, null, {headers: {}, cookies: {}})).toBe('prod');
    expect(sideOf({}, null, {headers: {}})).toBe('prod');
    expect(sideOf({}, null, {headers: named('true')})).toBe(name === name.toLowerCase() ? 'gray' : 'prod');
    expect(sideOf({}, null, {cookies: named('true')})).toBe('gray');
    expect(sideOf({}, null, {headers: {cookie: `${name}=true`}})).toBe('gray');
  });

  test('is recorded as a metric and as a use', () => {
    const batches = batchesOf();
    batches.record(GRAY, {requests: 1, uses: [name], ...named(2)}, 0);
    batches.flush(250, true);
    const [entry] = batches.next(250).entries;
    expect(entry).toEqual(expect.arrayContaining([`uses.${name}`, name, '2']));
  });

  test('as a side or a cohort of a decision is refused', () => {
    const batches = batchesOf();
    for (const wrong of [{side: name}, {cohort: name}])
      batches.record({...GRAY, ...wrong} as unknown as Decision, {requests: 1}, 0);
    batches.flush(250, true);
    expect([batches.next(250).entries, batches.dropped.calls]).toEqual([[], 2]);
  });
});
