import {describe, expect, test} from 'vitest';
import type {User} from '../../source/audience/rule.ts';
import type {Split} from '../../source/release/split.ts';
import {Routing} from '../../source/router/routing.ts';
import {askedOf, CASES, CUSTOM, NOW, splitNamed} from '../audience/conformance.ts';

function routingAt(name: string, version = 7): Routing {
  const routing = new Routing('new_payment', {}, () => NOW);
  routing.setStale(false);
  routing.apply({version, id: `c-${version}`, split: splitNamed(name)});
  return routing;
}

describe('the SDK gives every case of the conformance file its side, reason and cohort', () => {
  test.each(CASES)('$split: $name', one => {
    const routing = new Routing('new_payment', one.registers === true ? CUSTOM : {}, () => NOW);
    const split = splitNamed(one.split);
    routing.setStale(one.standing === 'stale');
    if (one.standing === 'rolled-back') routing.remember([split.release]);
    if (one.standing !== 'unknown') routing.apply({version: 7, id: 'c-7', split});
    const {side, reason, cohort} = routing.decide(one.user, askedOf(one));
    expect({side, reason, cohort}).toEqual(one.expect);
  });
});

test('every user gets prod before a split is known', () => {
  const routing = new Routing('new_payment', {}, () => NOW);
  routing.setStale(false);
  expect(routing.decide({id: 'u-1'}, {headers: {'x-gray-release': 'true'}})).toMatchObject({
    side: 'prod',
    reason: 'unknown',
    version: 0,
  });
});

test('a release seen rolled back stays rolled back, whatever the store says later', () => {
  const routing = routingAt('everyone');
  expect(routing.decide({id: 'u-1'}).side).toBe('gray');
  routing.apply({version: 8, id: 'c-8', split: splitNamed('rolled-back')});
  expect(routing.decide({id: 'u-1'})).toMatchObject({side: 'prod', reason: 'not-live'});
  routing.apply({version: 7, id: 'c-7', split: splitNamed('everyone')});
  expect(routing.decide({id: 'u-1'}, {headers: {'x-gray-release': 'true'}})).toMatchObject({
    side: 'prod',
    reason: 'rolled-back',
  });
  expect(routing.report('sdk')).toMatchObject({live: false, percent: 0, version: 7});
});

test('the next release is served after a rollback of the one before', () => {
  const routing = routingAt('rolled-back');
  routing.apply({version: 9, id: 'c-9', split: {...splitNamed('everyone'), release: 'r-3'}});
  expect(routing.decide({id: 'u-1'})).toMatchObject({side: 'gray', release: 'r-3'});
});

test('every user gets prod while an offline rollback waits for the store', () => {
  const routing = routingAt('everyone');
  routing.setLatched(true);
  expect(routing.decide({id: 'u-1'}, {headers: {'x-gray-release': 'true'}})).toMatchObject({side: 'prod'});
  routing.setLatched(false);
  expect(routing.decide({id: 'u-1'}).side).toBe('gray');
});

test('the report says 0 % gray while stale, and the longest bound if the phase says keep', () => {
  const routing = routingAt('ten-percent');
  expect(routing.report('sdk a')).toEqual({
    name: 'sdk a',
    kind: 'sdk',
    version: 7,
    release: 'r-2',
    percent: 10,
    live: true,
    boundMs: 15_000,
  });
  routing.setStale(true);
  expect(routing.report('sdk a')).toMatchObject({live: false, percent: 0});
  routing.apply({version: 8, id: 'c-8', split: splitNamed('keeps')});
  expect(routing.report('sdk a')).toMatchObject({live: true, percent: 50, boundMs: 86_400_000});
});

test.each<[string, unknown]>([
  ['nobody', undefined],
  ['null', null],
  ['a text', 'u-1'],
  ['a number', 7],
  ['an id that is an object', {id: {}}],
  ['an id that is a symbol', {id: Symbol('u')}],
  ['an id that is NaN', {id: Number.NaN}],
  ['half of a character', {id: '\uD800'}],
  ['an empty id', {id: ''}],
  ['an id of 100 000 letters', {id: 'u'.repeat(100_000)}],
  ['an id of 100 000 letters that are not ASCII', {id: '用'.repeat(100_000)}],
  ['an id with quotes, newlines and $', {id: `"'$\n\r\0{};`}],
  [
    'an id that throws when it is read',
    {
      get id() {
        throw new Error('no');
      },
    },
  ],
])('decides for any input: %s', (_, user) => {
  for (const name of ['half', 'half-of-china', 'lists', 'dates', 'not-live']) {
    const {side} = routingAt(name).decide(user as User, null as never);
    expect(['prod', 'gray']).toContain(side);
  }
});

test('a split that cannot be read sends no user to gray', () => {
  for (const broken of [
    {tiers: [null]},
    {include: {}},
    {tiers: [{audience: {all: 7}, percent: 100}]},
    {forced: null},
  ]) {
    const routing = routingAt('everyone');
    routing.apply({version: 8, id: 'c-8', split: {...splitNamed('half'), ...broken} as never});
    expect(routing.decide({id: 'u-298'})).toMatchObject({side: 'prod', version: 8});
    expect(routing.report('sdk').live).toBe(false);
  }
});

test.each([undefined, null, 'soon', {}, 0, -1, 1e300])(
  'a split with staleAfterMs %j sends no user to gray, and the default bound holds',
  staleAfterMs => {
    const routing = routingAt('everyone');
    const split = {...splitNamed('everyone'), staleAfterMs} as Split;
    routing.apply({version: 8, id: 'c-8', split});
    expect(routing.decide({id: 'u-1'}, {headers: {'x-gray-release': 'true'}}).side).toBe('prod');
    expect(routing.split?.staleAfterMs).toBe(15_000);
    expect(routing.report('sdk')).toMatchObject({version: 8, live: false, boundMs: 15_000});
  },
);

test.each([undefined, null, 7, 'r-1', {}, {schema: 2}, {schema: 1, rolledBack: {}}])(
  'a commit for a newer reader with the split %j sends no user to gray and throws no error',
  split => {
    const routing = routingAt('everyone');
    routing.apply({version: 8, id: 'c-8', minReader: 2, split: split as never});
    expect(routing.decide({id: 'u-1'}, {headers: {'x-gray-release': 'true'}}).side).toBe('prod');
    expect(routing.report('sdk')).toMatchObject({version: 8, live: false, boundMs: 15_000});
  },
);

test('a split of a newer schema sends no user to gray', () => {
  const routing = routingAt('everyone');
  routing.apply({
    version: 8,
    id: 'c-8',
    minReader: 2,
    split: {...splitNamed('everyone'), schema: 2 as never},
  });
  expect(routing.decide({id: 'u-1'}).side).toBe('prod');
});
