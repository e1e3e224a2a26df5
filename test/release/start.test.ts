import {describe, expect, test} from 'vitest';
import type {Plan} from '../../source/release/plan.ts';
import {begin, complete, end, next, rollback, run, start, takenBack} from './orders.ts';
import {fourPhases, hooks, phase, planOf} from './plans.ts';
import {given, liu, wait, HOUR} from './specification.ts';

describe('starting a release', () => {
  test('without deploy hooks enters its first phase at once', () => {
    given()
      .when(start())
      .thenEvents(
        {type: 'release-started', release: 'r-1', version: 'v2', over: 'v1'},
        {type: 'phase-entered', release: 'r-1', phase: 0, percent: 5},
      );
  });

  test('with a deploy hook gives no user gray before the hook is done', () => {
    const deploying = given(start(fourPhases({hooks: hooks('deploy')})));
    expect(deploying.release.state).toBe('deploying');
    expect(deploying.split).toMatchObject({live: false, percent: 0, tiers: []});
    expect(deploying.release.steps.map(({id, state}) => `${id} ${state}`)).toEqual([
      'deploy.backup skipped',
      'deploy.deploy pending',
    ]);
    const rolling = given(...deployed(fourPhases({hooks: hooks('deploy')}), 'deploy.deploy'));
    expect(rolling.release).toMatchObject({state: 'rolling', phase: 0, percent: 5});
    expect(rolling.split).toMatchObject({live: true, percent: 5, gray: 'v2', prod: 'v1'});
  });

  test('takes the last completed version as prod, unless the command names another', () => {
    const history = [start(), complete(), ...run('promotion.traffic', 'promotion.traffic-to-prod')];
    const second = {type: 'start', release: 'r-2', version: 'v3', plan: fourPhases()} as const;
    expect(given(...history, second).release.over).toBe('v2');
    expect(given(...history, {...second, over: 'v2-fixed'}).release.over).toBe('v2-fixed');
  });

  test('remembers the release before', () => {
    const history = [start(), rollback(), ...takenBack()];
    const {state} = given(...history, start(fourPhases(), {release: 'r-2', version: 'v3'}));
    expect(state.release).toMatchObject({id: 'r-2', state: 'rolling'});
    expect(state.past).toMatchObject([{id: 'r-1', version: 'v2', state: 'rolled_back'}]);
  });
});

describe('an invalid start', () => {
  test.each([
    ['while another rolls', [start()], 'v2 is rolling'],
    [
      'while another is being deployed',
      [start(fourPhases({hooks: hooks('deploy')}))],
      'v2 is being deployed',
    ],
    ['while another is taken back', [start(), rollback()], 'v2 is rolling back'],
    ['while another is promoted', [start(), complete()], 'v2 is being promoted'],
    [
      'while another has failed',
      [start(), complete(), begin('promotion.traffic'), end('promotion.traffic', 'failed')],
      'v2 is failed',
    ],
  ])('is refused %s', (_, history, text) => {
    given(...history)
      .when(start(fourPhases(), {release: 'r-2', version: 'v3'}))
      .thenRefused('already-live', text);
  });

  test('names the way to start all the same', () => {
    const second = start(fourPhases(), {release: 'r-2'});
    given(start()).when(second).thenRefused('already-live', 'complete it or roll it back');
    given(start(), rollback()).when(second).thenRefused('already-live', 'wait until it is rolled back');
  });

  test.each(['', '  ', 'v1\u0007', 'v1\u202e', 'v\n1', 'x'.repeat(129), 5 as never, null as never])(
    'is refused with the version %j',
    version => {
      given().when(start(fourPhases(), {version})).thenRefused('bad-input');
      given()
        .when(start(fourPhases(), {over: version}))
        .thenRefused('bad-input');
    },
  );

  test.each(['', ' ', 'r\u0000', 'r'.repeat(65), undefined as never])(
    'is refused with the id %j',
    release => {
      given().when(start(fourPhases(), {release})).thenRefused('bad-input');
    },
  );

  test('is refused with an id that was used before', () => {
    const history = [start(), rollback(), ...takenBack()];
    given(...history)
      .when(start())
      .thenRefused('bad-input', 'the release id r-1 was used before');
    const later = start(fourPhases(), {release: 'r-2', version: 'v3'});
    given(...history, later, rollback({release: 'r-2'}), ...ran('r-2', 'rollback.traffic'))
      .when(start())
      .thenRefused('bad-input', 'use a new release id');
  });

  test('is refused with the id of a release that was banned before it was ever known', () => {
    given(rollback({release: 'r-9'}))
      .when(start(fourPhases(), {release: 'r-9'}))
      .thenRefused('bad-input');
  });

  const broken: [string, Partial<Plan>, string][] = [
    ['without phases', {phases: []}, 'no phases'],
    [
      'with an audience that names no group',
      {phases: [phase('a', 5, {audience: {group: 'vip'}})]},
      'no group "vip"',
    ],
    [
      'with an unknown group under a "not"',
      {phases: [phase('a', 5, {audience: {not: {group: 'vip'}}})]},
      'no group "vip"',
    ],
    [
      'with groups in a circle',
      {
        groups: {one: {any: [{group: 'two'}]}, two: {not: {group: 'one'}}},
        phases: [phase('a', 5, {include: {users: [], rules: [{group: 'one'}]}})],
      },
      'the group "one" contains itself',
    ],
    ['with groups that multiply each other', explosion(), 'more than 2000 parts'],
    ['with a rule that is none', {phases: [phase('a', 5, {audience: 'internal' as never})]}, 'no known form'],
    ['with a phase that is none', {phases: [null as never]}, 'lacks a field'],
    ['with a phase without a name', {phases: [phase(undefined as never, 5)]}, 'lacks a field'],
    [
      'with a phase that includes nothing',
      {phases: [phase('a', 5, {include: null as never})]},
      'lacks a field',
    ],
    ['with a hook that is none', {hooks: {deploy: 'make deploy' as never}}, 'hooks'],
    ['without cookies that force a side', {forced: {headers: []} as never}, 'force'],
    ['without headers that force a side', {forced: {cookies: []} as never}, 'force'],
    ['without hooks', {hooks: null as never}, 'hooks'],
    ['without names that force a side', {forced: {} as never}, 'force'],
    ['with a rollback window that is no time', {rollbackWindowMs: Number.NaN}, 'rollbackWindowMs'],
  ];
  test.each(broken)('is refused for a plan %s', (_, change, text) => {
    given()
      .when(start(fourPhases(change)))
      .thenRefused('bad-input', text);
  });

  test.each([0.125, 101, -1, Number.NaN, '5' as never])('is refused for a phase of %s %%', percent => {
    given()
      .when(start(planOf([phase('a', percent)])))
      .thenRefused('bad-percent', 'two decimals');
  });

  test.each([7, null, [], 'plan'])('is refused for the plan %j', plan => {
    given()
      .when(start(plan as never))
      .thenRefused('bad-input', 'plan');
  });

  test('is accepted once the plan is corrected', () => {
    const mended = fourPhases({
      phases: [phase('a', 5, {audience: {group: 'vip'}})],
      groups: {vip: {all: []}},
    });
    expect(given(start(mended)).release.state).toBe('rolling');
  });
});

describe('a start that supersedes', () => {
  const v3 = start(planOf([phase('all', 10)]), {release: 'r-2', version: 'v3', supersede: true});

  test('rolls back the release before first, and waits for it', () => {
    const superseding = given(start(), next(0))
      .when(v3)
      .thenEvents(
        {type: 'rollback-started', release: 'r-1', fromPercent: 20},
        {type: 'start-queued', release: 'r-2'},
      );
    expect(superseding.split).toMatchObject({live: false, percent: 0, rolledBack: ['r-1']});
    expect(superseding.release).toMatchObject({id: 'r-1', state: 'rolling_back'});
  });

  test('begins when the last step of that rollback ends, in the name of its actor', () => {
    const zhou = {name: 'zhou on desk', kind: 'person'} as const;
    const started = given(start(), {...v3, by: zhou}, ...takenBack().slice(0, -1))
      .when(end('rollback.snapshot'))
      .thenEvents(
        {type: 'step-ended', step: 'rollback.snapshot'},
        {type: 'release-rolled-back', release: 'r-1'},
        {type: 'release-started', release: 'r-2', version: 'v3'},
        {type: 'phase-entered', release: 'r-2', phase: 0, percent: 10},
      );
    expect(started.release).toMatchObject({
      id: 'r-2',
      state: 'rolling',
      percent: 10,
      startedBy: 'zhou on desk',
    });
    expect(started.split).toMatchObject({live: true, release: 'r-2', percent: 10, rolledBack: ['r-1']});
    expect(started.release.startedBy).not.toBe(liu.name);
  });

  test('deploys first if its plan says so, and exposes no user meanwhile', () => {
    const deploying = start(fourPhases({hooks: hooks('deploy')}), {
      release: 'r-2',
      version: 'v3',
      supersede: true,
    });
    const {release, split} = given(start(), deploying, ...takenBack());
    expect(release).toMatchObject({id: 'r-2', state: 'deploying'});
    expect(split.live).toBe(false);
  });

  test('may also be asked for while the one before it is already rolling back', () => {
    given(start(), rollback()).when(v3).thenEvents({type: 'start-queued', release: 'r-2', after: 'r-1'});
  });

  test('is an ordinary start without a live release', () => {
    given().when(v3).thenEvents({type: 'release-started'}, {type: 'phase-entered'});
  });

  test('takes the demoted version as prod after a demotion', () => {
    const plan = fourPhases({hooks: hooks('promote', 'demote')});
    const completed = [
      start(plan),
      complete(),
      ...run('promotion.traffic', 'promotion.promote', 'promotion.traffic-to-prod'),
    ];
    const third = {
      type: 'start',
      release: 'r-2',
      version: 'v3',
      plan: fourPhases(),
      supersede: true,
    } as const;
    const {state} = given(...completed, wait(HOUR / 2), rollback(), third, ...takenBack('rollback.demote'));
    expect(state.prodVersion).toBe('v1');
    expect(state.release).toMatchObject({id: 'r-2', over: 'v1'});
  });

  test('is cancelled by a person who rolls back again', () => {
    const cancelled = given(start(), v3)
      .when(rollback())
      .thenEvents({type: 'queued-start-cancelled', release: 'r-2'});
    const ended = given(start(), v3, rollback(), ...takenBack());
    expect(cancelled.release.next).toBeNull();
    expect(ended.release).toMatchObject({id: 'r-1', state: 'rolled_back'});
  });

  test('is cancelled for good by a rollback that names it', () => {
    const cancelled = given(start(), v3)
      .when(rollback({release: 'r-2'}))
      .thenEvents({type: 'queued-start-cancelled', release: 'r-2'}, {type: 'release-banned', release: 'r-2'});
    expect(cancelled.split.rolledBack).toEqual(['r-1', 'r-2']);
    cancelled.when(rollback({release: 'r-2'})).thenNothing('already-rolled-back');
    expect(given(start(), v3, rollback({release: 'r-2'}), ...takenBack()).release.id).toBe('r-1');
  });

  test('is not cancelled by a guard that is late with its own rollback', () => {
    const late = rollback({by: {name: 'guard on ops-1', kind: 'guard', epoch: 3}});
    given(start(), v3).when(late).thenNothing('already-rolling-back');
  });
});

function deployed(plan: Plan, ...steps: string[]) {
  return [start(plan), ...run(...steps)];
}

function ran(release: string, ...steps: string[]) {
  return steps.flatMap(step => [begin(step, {release}), end(step, 'done', {release})]);
}

/** Twelve groups that each hold the next one three times: 3^12 parts. */
function explosion(): Partial<Plan> {
  const groups = Object.fromEntries(
    Array.from({length: 12}, (_, n) => [`g${n}`, {any: [1, 2, 3].map(() => ({group: `g${n + 1}`}))}]),
  );
  return {
    groups: {...groups, g12: {all: []}},
    phases: [phase('a', 5, {audience: {group: 'g0'}})],
  };
}
