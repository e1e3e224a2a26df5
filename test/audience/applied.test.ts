import {expect, test} from 'vitest';
import {appliedBy, type Report} from '../../source/audience/applied.ts';
import {deriveSplit} from '../../source/release/derive-split.ts';
import {initialState} from '../../source/release/state.ts';

const NOW = 1_000_000_000;
const split = {...deriveSplit(initialState('new_payment')), release: 'r-1', live: true, percent: 20};

function report(name: string, changes: Partial<Report> = {}): Report {
  return {
    name,
    kind: 'sdk',
    version: 7,
    release: 'r-1',
    percent: 20,
    live: true,
    boundMs: 20_000,
    at: NOW - 1000,
    ...changes,
  };
}

test('the applied percent is known when every live router has confirmed it', () => {
  const applied = appliedBy([report('web-1'), report('web-2')], split, 7, NOW);
  expect(applied).toMatchObject({
    percent: 20,
    confirmed: [{name: 'web-1'}, {name: 'web-2'}],
    behind: [],
    silent: [],
  });
});

test('a router at an older split is named, and the applied percent is unknown', () => {
  const applied = appliedBy([report('web-1'), report('web-2', {version: 6, percent: 5})], split, 7, NOW);
  expect(applied.percent).toBeNull();
  expect(applied.behind.map(({name}) => name)).toEqual(['web-2']);
});

test('a silent router is never counted as confirmed, and is told with its bound', () => {
  const applied = appliedBy([report('web-1'), report('edge-1', {at: NOW - 18_000})], split, 7, NOW);
  expect(applied.confirmed).toHaveLength(1);
  expect(applied.silent).toMatchObject([{name: 'edge-1', leftMs: 2000}]);
});

test('a router that reported before the clock went back is silent, as one that has died since would be', () => {
  const applied = appliedBy([report('web-1'), report('web-2', {at: NOW + 3_600_000})], split, 7, NOW);
  expect(applied.live.map(({name}) => name)).toEqual(['web-1']);
  expect(applied.silent).toMatchObject([{name: 'web-2', leftMs: 20_000}]);
});

test('a router that is ahead with another split is not confirmed: its log may have lost its end', () => {
  const takenBack = {...split, live: false, percent: 0};
  const ahead = report('web-1', {version: 50});
  expect(appliedBy([ahead], takenBack, 49, NOW).behind.map(({name}) => name)).toEqual(['web-1']);
  const home = report('web-2', {version: 49, live: false, percent: 0, release: 'r-0'});
  expect(appliedBy([home], takenBack, 49, NOW).confirmed).toHaveLength(1);
});

test('a router that has not seen who was shut out since is behind, at the same percent', () => {
  expect(appliedBy([report('web-1', {version: 6})], split, 7, NOW).behind).toHaveLength(1);
});

test('without routers nothing is applied as far as anybody knows', () => {
  expect(appliedBy([], split, 7, NOW).percent).toBeNull();
});

test('a router that has been gone for ten minutes is forgotten', () => {
  expect(appliedBy([report('web-9', {at: NOW - 11 * 60_000})], split, 7, NOW).silent).toEqual([]);
});

test('a router in trouble is named, whether or not it is at the set percent', () => {
  const trouble = 'site-broken: unknown directive';
  const applied = appliedBy([report('web-1'), report('edge-1', {trouble})], split, 7, NOW);
  expect(applied.troubled).toMatchObject([{name: 'edge-1', trouble}]);
  expect(applied.behind).toEqual([]);
});
