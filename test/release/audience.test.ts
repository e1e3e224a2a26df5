import {describe, expect, test} from 'vitest';
import {complete, deny, include, pause, remove, rollback, start} from './orders.ts';
import {fourPhases, hooks, phase, planOf} from './plans.ts';
import {given, guard} from './specification.ts';

const ops = guard(1);
const takeGuard = {type: 'take-guard', by: ops} as const;

describe('users named by hand', () => {
  test('are included at any percent', () => {
    const {split} = given(start()).when(include('u-1')).thenEvents({type: 'user-included', user: 'u-1'});
    expect(split).toMatchObject({percent: 5, include: {users: ['u-1']}, deny: []});
  });

  test('are denied, whatever the plan includes', () => {
    const plan = planOf([phase('alpha', 100, {include: {users: ['u-1', 'u-2'], rules: []}})]);
    const {split} = given(start(plan)).when(deny('u-1')).thenEvents({type: 'user-denied', user: 'u-1'});
    expect(split).toMatchObject({include: {users: ['u-2']}, deny: ['u-1']});
  });

  test('are on one list at a time, that of the last command', () => {
    expect(given(start(), include('u-1'), deny('u-1')).release).toMatchObject({include: [], deny: ['u-1']});
    expect(given(start(), deny('u-1'), include('u-1')).release).toMatchObject({include: ['u-1'], deny: []});
  });

  test('are removed from either list', () => {
    given(start(), include('u-1')).when(remove('u-1')).thenEvents({type: 'user-removed', user: 'u-1'});
    expect(given(start(), deny('u-1'), remove('u-1')).split.deny).toEqual([]);
  });

  test('are listed once', () => {
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

  test('cannot be changed after promotion or rollback has begun', () => {
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

  test('are included only by a person, and denied by a guard, too', () => {
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

  test('are at most 1000 on a list, and a full include list still allows deny', () => {
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

test('a user can be denied as long as any user gets gray, also in promotion', () => {
  const {split} = given(start(), complete()).when(deny('u-1')).thenEvents({type: 'user-denied', user: 'u-1'});
  expect(split).toMatchObject({live: true, deny: ['u-1']});
});
