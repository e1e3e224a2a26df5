import {describe, expect, test} from 'vitest';
import {placer, type Placement} from '../../source/audience/place.ts';
import {saltOf} from '../../source/release/derive-split.ts';
import type {Rule} from '../../source/release/plan.ts';
import type {Split} from '../../source/release/split.ts';
import {begin, complete, deny, end, include, next, pause, run, set, start} from './orders.ts';
import {fourPhases, hooks, phase, planOf} from './plans.ts';
import {given, FEATURE} from './specification.ts';

const team = (name: string): Rule => ({attribute: 'team', test: {op: 'in', values: [name]}});

/** The users of a small town that get gray. */
function onGray(split: Split): Set<string> {
  const place = placer(split);
  const town = Array.from({length: 400}, (_, n) => ({id: `u-${n}`, team: n % 2 === 0 ? 'us' : 'them'}));
  return new Set(town.filter(user => place(user, 0).side === 'gray').map(({id}) => id));
}

function isWithin(fewer: Set<string>, more: Set<string>): boolean {
  return fewer.isSubsetOf(more);
}

describe('before anything was started', () => {
  test('everyone is at prod', () => {
    expect(given().split).toEqual({
      schema: 1,
      feature: FEATURE,
      release: null,
      gray: null,
      prod: null,
      live: false,
      percent: 0,
      salt: 'new_payment:',
      tiers: [],
      include: {users: [], rules: []},
      deny: [],
      forced: {headers: [], cookies: []},
      whenStale: 'prod',
      staleAfterMs: 15_000,
      rolledBack: [],
    });
  });
});

describe('tiers', () => {
  test('of one audience are one tier, at the set percentage', () => {
    expect(given(start(), next(0), next(1)).split.tiers).toEqual([{audience: null, percent: 50}]);
  });

  const widening = planOf([
    phase('ours', 50, {audience: team('us')}),
    phase('everyone', 10),
    phase('more', 60),
  ]);

  test('of an earlier audience stay, so that a raise takes gray from no user', () => {
    const ours = given(start(widening));
    const everyone = given(start(widening), next(0));
    const more = given(start(widening), next(0), next(1));
    expect(everyone.split.tiers).toEqual([
      {audience: team('us'), percent: 50},
      {audience: null, percent: 10},
    ]);
    expect(more.split.tiers).toEqual([{audience: null, percent: 60}]);
    expect(isWithin(onGray(ours.split), onGray(everyone.split))).toBe(true);
    expect(isWithin(onGray(everyone.split), onGray(more.split))).toBe(true);
    expect(onGray(ours.split).size).toBeGreaterThan(50);
  });

  test('keep the percent that was set by hand', () => {
    expect(given(start(widening), set(80), next(0)).split.tiers).toEqual([
      {audience: team('us'), percent: 80},
      {audience: null, percent: 10},
    ]);
  });

  test('all go down with the percent, and no raise brings them back', () => {
    expect(given(start(widening), next(0), set(4)).split.tiers).toEqual([{audience: null, percent: 4}]);
    expect(given(start(widening), next(0), set(4), set(10)).split.tiers).toEqual([
      {audience: null, percent: 10},
    ]);
    expect(given(start(widening), next(0), set(20)).split.tiers).toEqual([
      {audience: team('us'), percent: 50},
      {audience: null, percent: 20},
    ]);
  });

  test('carry the rules of groups, not their names', () => {
    const groups = {ours: {any: [{group: 'us'}, {not: {group: 'them'}}]}, us: team('us'), them: team('them')};
    const plan = planOf([phase('a', 5, {audience: {all: [{group: 'ours'}]}})], {groups});
    expect(given(start(plan)).split.tiers).toEqual([
      {audience: {all: [{any: [team('us'), {not: team('them')}]}]}, percent: 5},
    ]);
  });
});

describe('the lists of included and denied users', () => {
  const plan = planOf([
    phase('a', 0, {include: {users: ['1001', '1002'], rules: [team('us')]}}),
    phase('b', 0, {include: {users: ['1002', '1003'], rules: [team('us')]}}),
  ]);

  test('include the users of all phases entered so far, each once', () => {
    expect(given(start(plan)).split.include).toEqual({users: ['1001', '1002'], rules: [team('us')]});
    expect(given(start(plan), include('u-1'), next(0)).split.include).toEqual({
      users: ['1001', '1002', '1003', 'u-1'],
      rules: [team('us')],
    });
  });

  test('deny before include and percent, for a router as well', () => {
    const {split} = given(start(plan), set(100), deny('1001'), deny('u-9'));
    const at = (id: string, teamName = 'x'): Placement => placer(split)({id, team: teamName}, 0);
    expect(at('1001')).toMatchObject({side: 'prod', reason: 'denied'});
    expect(at('u-9', 'us')).toMatchObject({side: 'prod', reason: 'denied'});
    expect(at('1002')).toMatchObject({side: 'gray', reason: 'included'});
    expect(at('u-5', 'us')).toMatchObject({side: 'gray', reason: 'included'});
    expect(at('u-5')).toMatchObject({side: 'gray', reason: 'percent'});
  });

  test('stay during a promotion', () => {
    const {split} = given(start(plan), deny('1001'), complete());
    expect(split).toMatchObject({percent: 100, deny: ['1001'], include: {users: ['1002']}});
  });
});

describe('whenStale', () => {
  test('is prod below 100 %, and keep at 100 %', () => {
    expect(given(start()).split.whenStale).toBe('prod');
    expect(given(start(), set(100)).split.whenStale).toBe('keep');
    expect(given(start(), complete()).split.whenStale).toBe('keep');
  });

  test('is prod at 100 % of an audience', () => {
    const plan = planOf([phase('alpha', 100, {audience: {group: 'staff'}}), phase('all', 100)], {
      groups: {staff: {attribute: 'team', test: {op: 'in', values: ['us']}}},
    });
    expect(given(start(plan)).split.whenStale).toBe('prod');
    expect(given(start(plan), next(0)).split.whenStale).toBe('keep');
    expect(given(start(plan), complete()).split.whenStale).toBe('keep');
  });

  test('comes from the phase, else from the plan', () => {
    const plan = planOf([phase('a', 5), phase('b', 100, {whenStale: 'prod'})], {whenStale: 'keep'});
    expect(given(start(plan)).split.whenStale).toBe('keep');
    expect(given(start(plan), next(0)).split.whenStale).toBe('prod');
  });

  test('is prod if there is no gray', () => {
    const plan = fourPhases({whenStale: 'keep', hooks: hooks('deploy')});
    expect(given(start(plan)).split).toMatchObject({live: false, whenStale: 'prod'});
  });
});

describe('gray has a route', () => {
  test('from the first phase on, paused or not, through a failed promotion', () => {
    expect(given(start(), pause()).split.live).toBe(true);
    expect(given(start(), set(0)).split.live).toBe(true);
    expect(
      given(start(), complete(), begin('promotion.traffic'), end('promotion.traffic', 'failed')).split.live,
    ).toBe(true);
  });

  test('names both versions, and prod its new one after promotion', () => {
    expect(given(start()).split).toMatchObject({gray: 'v2', prod: 'v1', release: 'r-1'});
    const {split} = given(start(), complete(), ...run('promotion.traffic', 'promotion.traffic-to-prod'));
    expect(split).toMatchObject({gray: null, prod: 'v2', release: 'r-1', live: false});
  });
});

test('the salt of a feature is a multiple of 4 bytes and unique', () => {
  const salts = ['a', 'ab', 'abc', 'abcd', 'abcde', 'new_payment', 'new-payment'].map(saltOf);
  expect(new Set(salts).size).toBe(salts.length);
  expect(salts.map(salt => Buffer.byteLength(salt) % 4)).toEqual(salts.map(() => 0));
});

test('a plan may name the attribute that is hashed, and the salt', () => {
  const {split} = given(start({...planOf([phase('half', 50)]), bucketBy: 'tenant', salt: 'summer'}));
  expect(split).toMatchObject({bucketBy: 'tenant', salt: 'summer:.'});
  // The salt of a feature can be named by another feature.
  expect(saltOf('checkout')).toBe(
    given(start({...planOf([phase('half', 50)]), salt: 'checkout'})).split.salt,
  );
});
