import {describe, expect, test} from 'vitest';
import type {Reason} from '../../source/release/state.ts';
import {complete, deny, next, pause, rollback, set, start} from './orders.ts';
import {given, guard, liu, type Order} from './specification.ts';

const first = guard(1);
const second = guard(2, 'guard on ops-2');
const taken = {type: 'take-guard', by: first} as const;
const takenOver = {type: 'take-guard', by: second} as const;

const reason: Reason = {
  code: 'threshold',
  metric: 'error_rate',
  value: 6.2,
  threshold: 5,
  samples: 1204,
  windowSeconds: 300,
  text: 'error rate 6.2 % > 5 %',
};
const verdict = (
  action: 'advance' | 'hold' | 'pause' | 'rollback',
  reasons = [reason],
  by = first,
): Order => ({
  type: 'verdict',
  release: 'r-1',
  action,
  reasons,
  by,
});

describe('the guard', () => {
  test('is taken with a new epoch each time', () => {
    given().when(taken).thenEvents({type: 'guard-taken', epoch: 1});
    const {state, at} = given(taken).when(takenOver).thenEvents({type: 'guard-taken', epoch: 2});
    expect(state.guard).toEqual({epoch: 2, name: 'guard on ops-2', since: at, left: false});
  });

  test('is refused to a guard that saw an older epoch when it got the lease', () => {
    given(taken)
      .when({...takenOver, from: 0})
      .thenRefused('old-epoch', 'guard on ops-1 has taken over with epoch 1');
    given(taken)
      .when({...takenOver, from: 1})
      .thenEvents({type: 'guard-taken', epoch: 2});
    given()
      .when({...taken, from: 0})
      .thenEvents({type: 'guard-taken', epoch: 1});
  });

  test('sends no command after it has left, until it takes over again', () => {
    const left = [start(), taken, {type: 'leave-guard', by: first}] as const;
    expect(given(...left).state.guard).toMatchObject({epoch: 1, left: true});
    given(...left)
      .when(pause({by: first}))
      .thenRefused('old-epoch');
    given(...left)
      .when(takenOver)
      .thenEvents({type: 'guard-taken', epoch: 2});
  });

  test('is no person: people do not judge, hold clocks or take over', () => {
    for (const order of [taken, verdict('advance'), {type: 'run-clock', release: 'r-1'} as const])
      given(start())
        .when({...order, by: liu})
        .thenRefused('not-a-guard', 'graydeck guard');
  });
});

describe('a guard of an older epoch', () => {
  const woken = [start(), taken, verdict('advance'), takenOver] as const;

  test.each([
    next(0),
    set(50),
    set(1),
    pause(),
    complete(),
    deny('u-1'),
    verdict('advance'),
    {type: 'hold-clock', release: 'r-1', why: 'x'} as const,
    {type: 'leave-guard'} as const,
    {type: 'alert', alert: 'a-1', level: 'info', message: 'x'} as const,
  ])('is refused: $type', order => {
    given(...woken)
      .when({...order, by: first})
      .thenRefused('old-epoch', 'guard on ops-2 guards with epoch 2');
  });

  test('may roll back the release that it names', () => {
    given(...woken)
      .when(rollback({by: first}))
      .thenEvents({type: 'rollback-started', release: 'r-1'});
    given(...woken)
      .when(rollback({by: first, release: 'r-0'}))
      .thenEvents({type: 'release-banned', release: 'r-0'});
  });

  test('may take over again, and judges again', () => {
    given(...woken)
      .when(taken)
      .thenEvents({type: 'guard-taken', epoch: 3});
  });

  test('is refused if no guard has ever taken over', () => {
    given(start())
      .when(pause({by: first}))
      .thenRefused('old-epoch', 'no guard has taken over yet');
    given(start())
      .when(pause({by: {name: 'guard', kind: 'guard'}}))
      .thenRefused('old-epoch');
  });
});

describe('a verdict', () => {
  test('is written when its meaning changes, not with every number', () => {
    const judged = [start(), taken, verdict('hold')] as const;
    given(...judged)
      .when(verdict('hold', [{...reason, value: 6.3, samples: 1300, text: 'error rate 6.3 % > 5 %'}]))
      .thenNothing('already-so');
    given(...judged)
      .when(verdict('hold', [{...reason, metric: 'cpu'}]))
      .thenEvents({type: 'verdict-changed'});
    given(...judged)
      .when(verdict('hold', []))
      .thenEvents({type: 'verdict-changed'});
    given(...judged)
      .when(verdict('rollback'))
      .thenEvents({type: 'verdict-changed', action: 'rollback', reasons: [reason]});
  });

  test('holds its onset and footing in the log', () => {
    given(start(), taken)
      .when(Object.assign(verdict('rollback'), {onset: 41_000, footing: 'people' as const}))
      .thenEvents({type: 'verdict-changed', onset: 41_000, footing: 'people'});
  });

  test('is passed on a live release only', () => {
    given(start(), taken, rollback()).when(verdict('hold')).thenRefused('wrong-state', 'rolling back');
  });

  test.each([
    verdict('launch' as never),
    verdict('advance', undefined, {...first, epoch: Number.NaN}),
    {...verdict('advance'), reasons: undefined!} as Order,
    {...verdict('advance'), reasons: [null]} as unknown as Order,
  ])('with invalid fields is refused', order => {
    given(start(), taken).when(order).thenRefused('bad-input');
  });

  test.each(['hold', 'pause', 'rollback'] as const)('of %s prevents a raise by its guard', action => {
    const judged = [start(), taken, verdict(action)] as const;
    given(...judged)
      .when(next(0, {by: first}))
      .thenRefused('verdict-against', `the verdict is ${action}`);
    given(...judged)
      .when(set(10, {by: first}))
      .thenRefused('verdict-against');
    given(...judged)
      .when(set(1, {by: first}))
      .thenEvents({type: 'percent-set', percent: 1});
    given(...judged)
      .when(pause({by: first}))
      .thenEvents({type: 'release-paused'});
  });

  test('of advance lets its guard raise, once', () => {
    const judged = [start(), taken, verdict('advance', [])] as const;
    given(...judged)
      .when(next(0, {by: first}))
      .thenEvents({type: 'phase-entered', phase: 1});
    given(...judged, next(0, {by: first}))
      .when(next(1, {by: first}))
      .thenRefused('verdict-against', 'the verdict is none');
  });

  test('does not prevent a raise by a person', () => {
    given(start(), taken, verdict('rollback')).when(next(0)).thenEvents({type: 'phase-entered', phase: 1});
  });

  test('does not allow a raise while paused', () => {
    const paused = [start(), taken, pause(), verdict('advance', [])] as const;
    given(...paused)
      .when(next(0, {by: first}))
      .thenRefused('wrong-state', 'resume it first');
    given(...paused)
      .when(set(10, {by: first}))
      .thenRefused('wrong-state', 'resume it first');
    given(...paused)
      .when(complete({by: first}))
      .thenRefused('needs-person');
  });
});
