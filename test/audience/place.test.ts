import {expect, test} from 'vitest';
import {placer} from '../../source/audience/place.ts';
import {deriveSplit} from '../../source/release/derive-split.ts';
import type {Split} from '../../source/release/split.ts';
import {initialState} from '../../source/release/state.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');

function split(changes: Partial<Split>): Split {
  return {
    ...deriveSplit(initialState('new_payment')),
    live: true,
    tiers: [{audience: null, percent: 100}],
    ...changes,
  };
}

test('nobody is in gray before a release is live, whoever was named', () => {
  const place = placer(split({live: false, include: {users: ['u-1'], rules: []}}));
  expect(place({id: 'u-1'}, NOW, 'gray')).toMatchObject({side: 'prod', reason: 'not-live'});
});

test('forced comes before denied, denied before included, included before the audience', () => {
  const place = placer(
    split({
      tiers: [{audience: {any: []}, percent: 100}],
      deny: ['u-1'],
      include: {users: ['u-1', 'u-2'], rules: []},
    }),
  );
  expect(place({id: 'u-1'}, NOW, 'gray')).toEqual({side: 'gray', reason: 'forced', cohort: 'chosen'});
  expect(place({id: 'u-1'}, NOW)).toEqual({side: 'prod', reason: 'denied', cohort: 'chosen'});
  expect(place({id: 'u-2'}, NOW)).toEqual({side: 'gray', reason: 'included', cohort: 'chosen'});
  expect(place({id: 'u-3'}, NOW)).toEqual({side: 'prod', reason: 'outside', cohort: 'outside'});
});

test('who was in by an earlier phase stays in when the audience of the next is another', () => {
  const lawyers = {attribute: 'user_type', test: {op: 'in', values: ['lawyer']}} as const;
  const admins = {attribute: 'user_type', test: {op: 'in', values: ['admin']}} as const;
  const rules = (rule: typeof lawyers | typeof admins) => ({
    ...rule,
    test: {...rule.test, values: [...rule.test.values]},
  });
  const place = placer(
    split({
      tiers: [
        {audience: rules(admins), percent: 100},
        {audience: rules(lawyers), percent: 0},
      ],
    }),
  );
  expect(place({id: 'u-1', user_type: 'admin'}, NOW)).toMatchObject({side: 'gray', cohort: 'eligible'});
  expect(place({id: 'u-2', user_type: 'lawyer'}, NOW)).toMatchObject({side: 'prod', cohort: 'eligible'});
});

test('dates are compared with now, numbers as numbers, and what is unknown fits nothing', () => {
  const vip = {
    all: [
      {attribute: 'last_login', test: {op: 'within', ms: 7 * 86_400_000}},
      {attribute: 'case_count', test: {op: '>=', value: 10}},
    ],
  } satisfies Split['tiers'][number]['audience'];
  const place = placer(split({tiers: [{audience: vip, percent: 100}]}));
  const user = {id: 'u-1', last_login: '2026-11-20T00:00:00Z', case_count: '12'};
  expect(place(user, NOW).side).toBe('gray');
  expect(place({...user, last_login: '2026-11-01'}, NOW).reason).toBe('outside');
  expect(place({...user, last_login: 'yesterday'}, NOW).reason).toBe('outside');
  expect(place({id: 'u-1'}, NOW).reason).toBe('outside');
});

test.each(['UTC', 'America/Los_Angeles', 'Asia/Shanghai'])(
  'a date without a zone is UTC on a machine in %s',
  zone => {
    const before = process.env['TZ'];
    process.env['TZ'] = zone;
    try {
      const lately = {attribute: 'last_login', test: {op: 'within', ms: 7 * 86_400_000}} as const;
      const place = placer(split({tiers: [{audience: lately, percent: 100}]}));
      const sideAt = (last_login: string) => place({id: 'u-1', last_login}, NOW).side;
      expect(sideAt('2026-11-23 11:50:00')).toBe('gray');
      expect(sideAt('2026-11-23T11:50')).toBe('gray');
      expect(sideAt('2026-11-16 12:00:00')).toBe('gray');
      expect(sideAt('2026-11-16 11:59:59')).toBe('prod');
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
  },
);
