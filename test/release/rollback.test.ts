import {describe, expect, test} from 'vitest';
import {
  begin,
  complete,
  deny,
  end,
  include,
  next,
  pause,
  retry,
  rollback,
  run,
  set,
  start,
  takenBack,
} from './orders.ts';
import {ALL_HOOKS, fourPhases, hooks, phase, planOf} from './plans.ts';
import {given, guard, wait, HOUR, SECOND, type Happening} from './specification.ts';

const hooked = fourPhases({hooks: ALL_HOOKS});
const deployed = [start(hooked), ...run('deploy.backup', 'deploy.deploy')];
const promoted = [
  ...deployed,
  complete(),
  ...run('promotion.traffic', 'promotion.promote', 'promotion.verify', 'promotion.traffic-to-prod'),
];

const live: [string, Happening[]][] = [
  ['before its deploy hook has begun', [start(hooked)]],
  ['while its deploy hook runs', [start(hooked), begin('deploy.backup')]],
  ['whose deploy hook failed', [start(hooked), begin('deploy.backup'), end('deploy.backup', 'failed')]],
  ['that rolls', [start()]],
  ['at 0 %', [start(), set(0)]],
  ['at 100 %', [start(), set(100)]],
  ['in its last phase', [start(), next(0), next(1), next(2)]],
  ['that is paused', [start(), pause()]],
  ['that is promoted', [start(), complete()]],
  [
    'while its promote hook runs',
    [...deployed, complete(), ...run('promotion.traffic'), begin('promotion.promote')],
  ],
  [
    'whose promote hook failed',
    [
      ...deployed,
      complete(),
      ...run('promotion.traffic'),
      begin('promotion.promote'),
      end('promotion.promote', 'failed'),
    ],
  ],
  [
    'while traffic goes to prod',
    [
      ...deployed,
      complete(),
      ...run('promotion.traffic', 'promotion.promote', 'promotion.verify'),
      begin('promotion.traffic-to-prod'),
    ],
  ],
  ['while gray is cleaned up', [...promoted, begin('promotion.cleanup')]],
  [
    'that was completed a moment ago',
    [start(), complete(), ...run('promotion.traffic', 'promotion.traffic-to-prod')],
  ],
  [
    'whose clean-up is tried again',
    [...promoted, begin('promotion.cleanup'), end('promotion.cleanup', 'failed'), retry()],
  ],
];

describe('a rollback is accepted at once', () => {
  test.each(live)('for a release %s', (_, history) => {
    for (const by of [undefined, guard(0), guard(99), {name: '', kind: 'guard'} as const]) {
      const {split, release} = given(...history, {type: 'take-guard', by: guard(1)})
        .when(rollback(by === undefined ? {} : {by}))
        .thenEvents({type: 'rollback-started', release: 'r-1'});
      expect(release.state).toBe('rolling_back');
      expect(split).toMatchObject({live: false, gray: null, percent: 0, tiers: [], deny: []});
      expect(split.include).toEqual({users: [], rules: []});
      expect(split.rolledBack).toEqual(['r-1']);
    }
  });

  test('with an unknown event in the log', () => {
    given(start(), {type: 'release-split-in-two'}).when(rollback()).thenEvents({type: 'rollback-started'});
  });

  test('without an actor', () => {
    const completed = [start(), complete(), ...run('promotion.traffic', 'promotion.traffic-to-prod')];
    for (const history of [[start()], completed])
      for (const at of [Number.NaN, undefined, Symbol('now'), 7n]) {
        const {decision} = given(...history).when(rollback({by: null!, at: at as never, reason: 7 as never}));
        expect(decision).toMatchObject({ok: true, events: [{type: 'rollback-started', reason: null}]});
      }
  });

  test('for forced, included and chosen users', () => {
    const plan = planOf([phase('alpha', 100, {include: {users: ['vip'], rules: [{all: []}]}})], {
      forced: {headers: ['x-gray-flag'], cookies: ['gray_user']},
    });
    const before = given(start(plan), include('u-1'), deny('u-2'));
    expect(before.split).toMatchObject({
      live: true,
      include: {users: ['vip', 'u-1'], rules: [{all: []}]},
      deny: ['u-2'],
    });
    const {split} = before.when(rollback()).thenEvents({type: 'rollback-started'});
    expect(split).toMatchObject({live: false, tiers: [], include: {users: [], rules: []}, deny: []});
  });
});

describe('a second rollback', () => {
  test('learns that the first is under way', () => {
    given(start(), rollback()).when(rollback()).thenNothing('already-rolling-back');
    given(start(), rollback(), begin('rollback.traffic'))
      .when(rollback())
      .thenNothing('already-rolling-back');
  });

  test('learns that the first has ended', () => {
    given(start(), rollback(), ...takenBack())
      .when(rollback())
      .thenNothing('already-rolled-back');
  });

  test('learns so even after newer releases', () => {
    given(start(), rollback(), ...takenBack(), start(fourPhases(), {release: 'r-2'}))
      .when(rollback())
      .thenNothing('already-rolled-back');
  });
});

describe('a release that was rolled back', () => {
  const ended = [start(), rollback(), ...takenBack()];

  test.each([set(5), next(0), pause(), complete(), include('u-1'), retry(), begin('rollback.traffic')])(
    'does not return by $type',
    order => {
      const {decision} = given(...ended).when(order);
      expect(decision.ok ? decision.events : []).toEqual([]);
    },
  );

  test('stays named to routers after the next one has begun', () => {
    const {split} = given(...ended, start(fourPhases(), {release: 'r-2', version: 'v2'}));
    expect(split).toMatchObject({release: 'r-2', live: true, rolledBack: ['r-1']});
  });

  test('is forgotten after 16 newer ones', () => {
    const banned = Array.from({length: 16}, (_, n) => rollback({release: `r-${n + 100}`}));
    expect(given(...ended, ...banned.slice(1)).split.rolledBack).toContain('r-1');
    const {split} = given(...ended, ...banned);
    expect(split.rolledBack).not.toContain('r-1');
    expect(split.rolledBack).toHaveLength(16);
  });
});

describe('a rollback of a completed release', () => {
  const completed = [start(), complete(), ...run('promotion.traffic', 'promotion.traffic-to-prod')];

  test('is possible to the last moment of its window', () => {
    given(...completed, wait(HOUR - SECOND))
      .when(rollback())
      .thenEvents({type: 'rollback-started', fromPercent: 100});
  });

  test('is refused after its window, with the version to start instead', () => {
    given(...completed, wait(HOUR))
      .when(rollback())
      .thenRefused('window-over', 'start a release of v1');
  });

  test('demotes prod only if prod was changed', () => {
    const demote = (history: Happening[]) =>
      given(...history, rollback()).release.steps.find(step => step.id === 'rollback.demote')?.state;
    const plan = fourPhases({hooks: hooks('demote')});
    expect(demote([...promoted, ...run('promotion.cleanup')])).toBe('pending');
    expect(demote([start(plan), complete(), ...run('promotion.traffic', 'promotion.traffic-to-prod')])).toBe(
      'skipped',
    );
    expect(demote(deployed)).toBe('skipped');
  });

  test('stops what was deployed, and restores only from a backup of this release', () => {
    const after = (...history: Happening[]) => {
      const {steps} = given(...history, rollback()).release;
      return steps
        .filter(step => step.run === 'rollback' && (step.name === 'stop' || step.name === 'restore'))
        .map(step => step.state);
    };
    expect(after(...deployed)).toEqual(['pending', 'pending']);
    expect(after(start(hooked))).toEqual(['skipped', 'skipped']);
    expect(after(start(hooked), begin('deploy.backup'))).toEqual(['skipped', 'skipped']);
    expect(after(start(hooked), begin('deploy.backup'), end('deploy.backup', 'failed'))).toEqual([
      'skipped',
      'skipped',
    ]);
    expect(after(start(hooked), ...run('deploy.backup'))).toEqual(['skipped', 'pending']);
    expect(after(start(hooked), ...run('deploy.backup'), begin('deploy.deploy'))).toEqual([
      'pending',
      'pending',
    ]);
    // A plan with stop and restore but without deploy and backup uses them for something else.
    expect(after(start(fourPhases({hooks: hooks('stop', 'restore')})))).toEqual(['pending', 'pending']);
  });

  test('restores the older version of prod after demotion', () => {
    const again = [...promoted, ...run('promotion.cleanup'), rollback()];
    expect(given(...again).state.prodVersion).toBe('v2');
    const steps = takenBack('rollback.demote', 'rollback.stop', 'rollback.restore');
    expect(given(...again, ...steps).state.prodVersion).toBe('v1');
    const failed = [
      ...run('rollback.traffic'),
      begin('rollback.demote'),
      end('rollback.demote', 'failed'),
      ...run('rollback.stop', 'rollback.restore', 'rollback.notify', 'rollback.snapshot'),
    ];
    expect(given(...again, ...failed).state.prodVersion).toBe('v2');
  });
});

describe('a rollback of a release this log does not know', () => {
  test('bans it, so that routers stop serving it', () => {
    const {split} = given()
      .when(rollback({release: 'r-7'}))
      .thenEvents({type: 'release-banned', release: 'r-7'});
    expect(split).toMatchObject({live: false, rolledBack: ['r-7']});
  });

  test('does not change the current release', () => {
    const {split, release} = given(start())
      .when(rollback({release: 'r-7'}))
      .thenEvents({type: 'release-banned', release: 'r-7'});
    expect(release.state).toBe('rolling');
    expect(split).toMatchObject({live: true, percent: 5, rolledBack: ['r-7']});
  });

  test('is recorded for a latch even if the release ended long ago', () => {
    const over = [start(), complete(), ...run('promotion.traffic', 'promotion.traffic-to-prod'), wait(HOUR)];
    const latched = rollback({isLatched: true});
    const {split, release} = given(...over)
      .when(latched)
      .thenEvents({type: 'release-banned', release: 'r-1'});
    expect(release.state).toBe('completed');
    expect(split.rolledBack).toContain('r-1');
    given(...over, start(undefined, {release: 'r-2'}))
      .when(latched)
      .thenEvents({type: 'release-banned', release: 'r-1'});
    given(...over, latched)
      .when(latched)
      .thenNothing('already-rolled-back');
  });

  test('issued twice is recorded once', () => {
    given(rollback({release: 'r-7'}))
      .when(rollback({release: 'r-7'}))
      .thenNothing('already-rolled-back');
  });

  test('is refused for an invalid id', () => {
    given(start())
      .when(rollback({release: '\u001B[2J'}))
      .thenRefused('other-release');
    given(start())
      .when(rollback({release: ''}))
      .thenRefused('other-release');
    given()
      .when(rollback({release: undefined as never}))
      .thenRefused('bad-input');
  });

  test('is refused for a completed release that a newer one has followed', () => {
    given(
      start(),
      complete(),
      ...run('promotion.traffic', 'promotion.traffic-to-prod'),
      start(fourPhases(), {release: 'r-2'}),
    )
      .when(rollback())
      .thenRefused('other-release', 'v2 (r-2) is rolling');
  });
});
