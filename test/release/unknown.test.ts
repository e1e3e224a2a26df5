import {describe, expect, test} from 'vitest';
import type {Commit} from '../../source/release/commit.ts';
import {deriveSplit} from '../../source/release/derive-split.ts';
import {evolveCommit} from '../../source/release/evolve/evolve.ts';
import {initialState} from '../../source/release/state.ts';
import {complete, deny, next, pause, rollback, set, start, takenBack} from './orders.ts';
import {fourPhases} from './plans.ts';
import {given, DAWN, FEATURE} from './specification.ts';

const unknown = {type: 'release-split-in-two'};

describe('an event of a newer version', () => {
  test('that changes state makes this version read-only except for a rollback', () => {
    const story = given(start(), unknown);
    expect(story.state.unknownEvent).toBe('release-split-in-two');
    for (const order of [next(0), set(1), pause(), complete(), deny('u-1')])
      given(start(), unknown).when(order).thenRefused('newer-log', 'release-split-in-two');
    story.when(rollback()).thenEvents({type: 'rollback-started'});
  });

  test('that is ignorable is ignored', () => {
    const {state} = given(start(), {type: 'weather-changed', ignorable: true});
    expect(state).toEqual(given(start()).state);
  });

  test('is named, and only the first one', () => {
    const {state} = given(unknown, {type: 'other'}, {type: 'release-banned', release: 'r-9'});
    expect(state.unknownEvent).toBe('release-split-in-two');
    expect(state.rolledBack).toEqual(['r-9']);
  });

  test.each(['constructor', '__proto__', 'toString', ''])('may be called %j', type => {
    expect(given(start(), {type}).state.unknownEvent).toBe(type);
  });
});

/** A commit as other software may have written it. */
function commit(events: unknown[], rest: Partial<Commit> = {}): Commit {
  const split = deriveSplit(initialState(FEATURE));
  return {
    version: 1,
    id: 'c-1',
    parent: null,
    schema: 1,
    minReader: 1,
    by: 'stranger',
    at: DAWN,
    reason: null,
    events: events as Commit['events'],
    split,
    ...rest,
  };
}

describe('a commit that cannot be read', () => {
  test('because it needs a newer reader, is folded as far as known and makes this version read-only', () => {
    const state = evolveCommit(
      initialState(FEATURE),
      commit([{type: 'release-banned', release: 'r-1'}], {minReader: 2}),
    );
    expect(state).toMatchObject({unknownEvent: 'schema 2', rolledBack: ['r-1']});
  });

  const {state} = given(start(), next(0));
  test.each([
    {type: 'percent-set', release: 'r-1', percent: Number.NaN, from: 20},
    {type: 'percent-set', release: 'r-1', percent: 500, from: 20},
    {type: 'phase-entered', release: 'r-1', phase: 2},
    {type: 'release-started', release: 'r-2', version: 'v3', over: null, steps: []},
    {type: 'release-started', release: 'r-2', version: 'v3', over: null, plan: fourPhases()},
    {type: 'start-queued', release: 'r-2', after: 'r-1', version: 'v3', over: null, plan: null},
    {type: 'promotion-started', release: 'r-1'},
    {type: 'rollback-started', release: 'r-1', fromPercent: 20, reason: null},
    {type: 'promotion-started', release: 'r-1', steps: [null]},
    {
      type: 'release-started',
      release: 'r-2',
      version: 'v3',
      over: null,
      plan: fourPhases(),
      steps: [{id: 'x'}],
    },
    {type: 'user-included', release: 'r-1', user: null},
    {type: 'alert-raised', alert: 'a-1', level: 'critical', message: null, key: 'k', silenced: false},
    {type: 'guard-taken', epoch: '5'},
  ])('because an event is broken, changes only the unknown event: $type', event => {
    const after = evolveCommit(state, commit([event]));
    expect(after.unknownEvent).toContain(event.type);
    expect({...after, unknownEvent: null}).toEqual(state);
    expect(deriveSplit(after)).toEqual(deriveSplit(state));
  });
});

test('a broken event that is ignorable is ignored', () => {
  const {state} = given(start());
  const event = {type: 'delivery-begun', ignorable: true, dispatch: 'x', channels: 7};
  expect(evolveCommit(state, commit([event]))).toEqual(state);
});

test('events of a superseded release change nothing', () => {
  const {state} = given(start(), rollback(), ...takenBack(), start(fourPhases(), {release: 'r-2'}));
  const late = evolveCommit(
    state,
    commit([
      {type: 'phase-entered', release: 'r-1', phase: 3, percent: 100},
      {type: 'release-completed', release: 'r-1'},
      {type: 'step-retried', release: 'r-1', step: 'rollback.traffic'},
    ]),
  );
  expect(late).toEqual(state);
});
