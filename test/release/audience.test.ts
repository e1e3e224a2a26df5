import {describe, expect, test} from 'vitest';
import {complete, deny, include, pause, remove, rollback, start} from './orders.ts';
import {fourPhases, hooks, phase, planOf} from './plans.ts';
import {given, guard} from './specification.ts';

const ops = guard(1);
const takeGuard = {type: 'take-guard', by: ops} as const;

describe('people by hand', () => {
  test('are let in whatever the percentage', () => {
    const {split} = given(start()).when(include('u-1')).thenEvents({type: 'user-included', user: 'u-1'});
    expect(split).toMatchObject({percent: 5, include: {users: ['u-1']}, deny: []});
  });

  test('are kept out, and out wins over everything the plan says', () => {
    const plan = planOf([phase('alpha', 100, {include: {users: ['u-1', 'u-2'], rules: []}})]);
    const {split} = given(start(plan)).when(deny('u-1')).thenEvents({type: 'user-denied', user: 'u-1'});
    expect(split).toMatchObject({include: {users: ['u-2']}, deny: ['u-1']});
  });

  test('are on one list at a time: the last word counts', () => {
    expect(given(start(), include('u-1'), deny('u-1')).release).toMatchObject({include: [], deny: ['u-1']});
    expect(given(start(), deny('u-1'), include('u-1')).release).toMatchObject({include: ['u-1'], deny: []});
  });

  test('are taken off either list', () => {
    given(start(), include('u-1')).when(remove('u-1')).thenEvents({type: 'user-removed', user: 'u-1'});
    expect(given(start(), deny('u-1'), remove('u-1')).split.deny).toEqual([]);
  });

  test('named twice are named once', () => {
    given(start(), include('u-1')).when(include('u-1')).thenNothing('already-so');
    given(start(), deny('u-1')).when(deny('u-1')).thenNothing('already-so');
    given(start()).when(remove('u-1')).thenNothing('already-so');
  });

  test('may be named before the first phase, and while paused', () => {
    const deploying = given(start(fourPhases({hooks: hooks('deploy')})))
      .when(include('u-1'))
      .thenEvents({type: 'user-included'});
    expect(deploying.split.include.users).toEqual([]);
    given(start(), pause()).when(deny('u-1')).thenEvents({type: 'user-denied'});
  });

  test('are not changed any more once everyone goes one way', () => {
    given(start(), complete()).when(include('u-1')).thenRefused('wrong-state', 'being promoted');
    given(start(), rollback()).when(include('u-1')).thenRefused('wrong-state', 'rolling back');
  });

  test.each(['', ' ', 'u\u0000', 'u\u202e1', 'x'.repeat(1025), 7 as never, undefined as never])(
    'cannot be called %j',
    user => {
      given(start()).when(include(user)).thenRefused('bad-input');
      given(start()).when(deny(user)).thenRefused('bad-input');
    },
  );

  test('are let in by people, and kept out by anybody', () => {
    given(start(), takeGuard)
      .when(include('u-1', {by: ops}))
      .thenRefused('needs-person');
    given(start(), takeGuard, deny('u-1'))
      .when(remove('u-1', {by: ops}))
      .thenRefused('needs-person');
    given(start(), takeGuard, include('u-1'))
      .when(remove('u-1', {by: ops}))
      .thenEvents({type: 'user-removed'});
    given(start(), takeGuard)
      .when(deny('u-1', {by: ops}))
      .thenEvents({type: 'user-denied'});
  });

  test('are at most a thousand on a list; a full list keeps nobody from being denied', () => {
    const crowd = Array.from({length: 1000}, (_, n) => ({
      type: 'user-included' as const,
      release: 'r-1',
      user: `u-${n}`,
    }));
    given(start(), ...crowd)
      .when(include('one-more'))
      .thenRefused('bad-input', 'name a group in the plan');
    given(start(), ...crowd)
      .when(deny('u-7'))
      .thenEvents({type: 'user-denied', user: 'u-7'});
    given(start(), ...crowd)
      .when(deny('somebody'))
      .thenEvents({type: 'user-denied'});
  });
});

test('somebody can be shut out as long as anybody gets gray, promotion included', () => {
  const {split} = given(start(), complete()).when(deny('u-1')).thenEvents({type: 'user-denied', user: 'u-1'});
  expect(split).toMatchObject({live: true, deny: ['u-1']});
});
