import {describe, expect, test} from 'vitest';
import {begin, complete, end, leave, next, retry, rollback, run, start} from './orders.ts';
import {ALL_HOOKS, fourPhases, hooks} from './plans.ts';
import {given, guard, liu, wait, DAY, SECOND} from './specification.ts';

const hooked = fourPhases({hooks: ALL_HOOKS});
const zhou = {name: 'zhou on desk', kind: 'person'} as const;

describe('the journal of a step', () => {
  test('records intent and deadline before a step', () => {
    const {release, at} = given(start(hooked))
      .when(begin('deploy.backup', {deadlineMs: 30 * SECOND}))
      .thenEvents({type: 'step-started', step: 'deploy.backup'});
    expect(release.steps[0]).toMatchObject({
      id: 'deploy.backup',
      state: 'running',
      attempts: 1,
      by: liu.name,
      startedAt: at,
      deadline: at + 30 * SECOND,
      endedAt: null,
    });
  });

  test('records the outcome with its numbers', () => {
    const {release, at} = given(start(hooked), begin('deploy.backup'))
      .when(end('deploy.backup', 'done', {facts: {ms: 812}}))
      .thenEvents({type: 'step-ended', step: 'deploy.backup', outcome: 'done', facts: {ms: 812}});
    expect(release.steps[0]).toMatchObject({
      state: 'done',
      endedAt: at,
      deadline: null,
      facts: {ms: 812},
      error: null,
    });
  });

  test('keeps the beginning of a long error', () => {
    const {release} = given(
      start(hooked),
      begin('deploy.backup'),
      end('deploy.backup', 'failed', {error: 'x'.repeat(50_000)}),
    );
    expect(release.steps[0]?.error).toHaveLength(2000);
  });

  test('runs in order: each step waits for the one before', () => {
    given(start(hooked)).when(begin('deploy.deploy')).thenRefused('step-order', 'deploy.backup is');
    given(start(), complete())
      .when(begin('promotion.traffic-to-prod'))
      .thenRefused('step-order', 'promotion.traffic is');
    given(start(hooked)).when(begin('deploy.dance')).thenRefused('unknown-step');
    given(start()).when(begin('rollback.traffic')).thenRefused('unknown-step');
  });

  test('is left by its runner, so that the next runner need not wait for the deadline', () => {
    const begun = [start(hooked), begin('deploy.backup')] as const;
    const {release} = given(...begun)
      .when(leave('deploy.backup'))
      .thenEvents({type: 'step-retried', step: 'deploy.backup'});
    expect(release).toMatchObject({state: 'deploying'});
    expect(release.steps[0]).toMatchObject({state: 'pending', attempts: 1, deadline: null});
    given(...begun, leave('deploy.backup'))
      .when(begin('deploy.backup', {by: zhou}))
      .thenEvents({type: 'step-started'});
  });

  test('is left by no other process, and not after its outcome', () => {
    const begun = [start(hooked), begin('deploy.backup')] as const;
    given(...begun)
      .when(leave('deploy.backup', {by: zhou}))
      .thenRefused('step-running', liu.name);
    given(...begun, end('deploy.backup'))
      .when(leave('deploy.backup'))
      .thenNothing('already-so');
    // The rollback has overtaken the step, so it does not become due again.
    given(...begun, rollback())
      .when(leave('deploy.backup'))
      .thenNothing('already-so');
  });

  test('accepts no outcome of a step that has not begun', () => {
    given(start(hooked)).when(end('deploy.backup')).thenRefused('step-order', 'has not begun');
    given(start(), complete())
      .when(end('promotion.traffic-to-prod'))
      .thenRefused('step-order', 'has not begun');
  });

  test('accepts one outcome of a step', () => {
    const ended = [start(hooked), ...run('deploy.backup')];
    given(...ended)
      .when(end('deploy.backup', 'failed'))
      .thenNothing('already-so');
    given(...ended)
      .when(begin('deploy.backup'))
      .thenNothing('already-so');
  });

  test.each([
    begin('deploy.backup', {deadlineMs: Number.NaN}),
    begin('deploy.backup', {deadlineMs: Number.POSITIVE_INFINITY}),
    begin('deploy.backup', {deadlineMs: -1}),
    begin('deploy.backup', {deadlineMs: DAY + 1}),
    end('deploy.backup', 'well' as never),
    end('deploy.backup', 'done', {facts: {ms: Number.NaN}}),
  ])('refuses an invalid deadline or outcome: %j', order => {
    given(start(hooked)).when(order).thenRefused('bad-input');
  });
});

describe('a successor', () => {
  const running = [start(hooked), begin('deploy.backup', {deadlineMs: 10 * SECOND})];

  test('does not take over a step before its deadline', () => {
    given(...running, wait(8 * SECOND))
      .when(begin('deploy.backup', {by: zhou}))
      .thenRefused('step-running', 'liu on laptop is running deploy.backup');
  });

  test('takes it over once its deadline has passed', () => {
    const {release} = given(...running, wait(9 * SECOND))
      .when(begin('deploy.backup', {by: zhou}))
      .thenEvents({type: 'step-started', step: 'deploy.backup'});
    expect(release.steps[0]).toMatchObject({state: 'running', by: 'zhou on desk', attempts: 2});
  });

  test('alone may end the step from then on', () => {
    const taken = given(...running, wait(9 * SECOND), begin('deploy.backup', {by: zhou}));
    expect(taken.release.steps[0]?.by).toBe('zhou on desk');
    taken.when(end('deploy.backup')).thenRefused('step-running', 'zhou on desk has taken over deploy.backup');
    taken.when(end('deploy.backup', 'done', {by: zhou})).thenEvents({type: 'step-ended'});
  });

  test('of the same name begins again at once', () => {
    given(...running)
      .when(begin('deploy.backup'))
      .thenEvents({type: 'step-started'});
  });

  test('that is a guard of an older epoch is refused', () => {
    const first = guard(1);
    const second = guard(2, 'guard on ops-2');
    const relieved = [
      start(hooked),
      {type: 'take-guard', by: first},
      begin('deploy.backup', {by: first}),
      {type: 'take-guard', by: second},
    ] as const;
    given(...relieved)
      .when(end('deploy.backup', 'done', {by: first}))
      .thenRefused('old-epoch', 'guard on ops-2');
    given(...relieved)
      .when(begin('deploy.backup', {by: second}))
      .thenRefused('step-running');
    given(...relieved, wait(10 * SECOND))
      .when(begin('deploy.backup', {by: second}))
      .thenEvents({type: 'step-started'});
  });
});

describe('a step that fails', () => {
  test('stops the deployment before any user gets gray', () => {
    const {release, split} = given(start(hooked), begin('deploy.backup'))
      .when(end('deploy.backup', 'failed', {error: 'disk full'}))
      .thenEvents(
        {type: 'step-ended', outcome: 'failed'},
        {type: 'release-failed', step: 'deploy.backup', error: 'disk full'},
      );
    expect(release).toMatchObject({state: 'failed', phase: -1, percent: 0});
    expect(split.live).toBe(false);
  });

  test('does not stop a rollback', () => {
    const back = [start(hooked), ...run('deploy.backup', 'deploy.deploy'), rollback()];
    const failing = ['traffic', 'stop', 'restore', 'notify', 'snapshot'].map(name => `rollback.${name}`);
    const {release} = given(...back, ...failing.flatMap(step => [begin(step), end(step, 'failed')]));
    expect(release.state).toBe('rolled_back');
  });
});

describe('a retry', () => {
  const failed = [start(hooked), begin('deploy.backup'), end('deploy.backup', 'failed')];

  test('returns the release to the failed step', () => {
    const {release, split} = given(...failed)
      .when(retry())
      .thenEvents({type: 'step-retried', step: 'deploy.backup'});
    expect(release).toMatchObject({state: 'deploying', percent: 0});
    expect(split.live).toBe(false);
    given(...failed, retry())
      .when(begin('deploy.backup'))
      .thenEvents({type: 'step-started'});
  });

  test('of a rollback step exposes no user', () => {
    const stopped = [
      start(hooked),
      ...run('deploy.backup', 'deploy.deploy'),
      rollback(),
      ...run('rollback.traffic'),
      begin('rollback.stop'),
      end('rollback.stop', 'failed'),
      ...run('rollback.restore', 'rollback.notify', 'rollback.snapshot'),
    ];
    const again = given(...stopped)
      .when(retry('rollback.stop'))
      .thenEvents({type: 'step-retried', step: 'rollback.stop'});
    expect(again.release.state).toBe('rolling_back');
    expect(again.split).toMatchObject({live: false, tiers: []});
    expect(given(...stopped, retry(), ...run('rollback.stop')).release.state).toBe('rolled_back');
  });

  test('never leads from a rollback to an earlier run', () => {
    given(...failed, rollback())
      .when(retry('deploy.backup'))
      .thenRefused('no-failed-step');
    given(...failed, rollback())
      .when(retry())
      .thenRefused('no-failed-step');
  });

  test('is refused without a failed step', () => {
    given(start()).when(retry()).thenRefused('no-failed-step');
    given(start(hooked), begin('deploy.backup')).when(retry('deploy.backup')).thenRefused('no-failed-step');
    given(...failed)
      .when(retry('deploy.deploy'))
      .thenRefused('no-failed-step');
    given(...failed, retry())
      .when(retry())
      .thenRefused('no-failed-step');
  });
});

describe('a run that a rollback has overtaken', () => {
  test('may record an outcome, which changes nothing else', () => {
    const overtaken = [start(fourPhases({hooks: hooks('deploy')})), begin('deploy.deploy'), rollback()];
    const late = given(...overtaken)
      .when(end('deploy.deploy'))
      .thenEvents({type: 'step-ended', step: 'deploy.deploy'});
    expect(late.release).toMatchObject({state: 'rolling_back', phase: -1});
    expect(late.split.live).toBe(false);
  });

  test('in the middle of a promotion neither completes nor fails the release', () => {
    const promoting = [
      start(hooked),
      ...run('deploy.backup', 'deploy.deploy'),
      next(0),
      complete(),
      ...run('promotion.traffic'),
    ];
    const overtaken = [...promoting, begin('promotion.promote'), rollback()];
    for (const outcome of ['done', 'failed'] as const) {
      const {release} = given(...overtaken)
        .when(end('promotion.promote', outcome))
        .thenEvents({type: 'step-ended', outcome});
      expect(release.state).toBe('rolling_back');
    }
    expect(given(...overtaken).release.steps.find(({id}) => id === 'rollback.demote')?.state).toBe('pending');
  });

  test('cannot begin any more, and its other steps are skipped', () => {
    const back = given(start(hooked), rollback());
    back.when(begin('deploy.backup')).thenNothing('already-so');
    const early = back.release.steps.filter(({run}) => run === 'deploy');
    expect(early.map(({state}) => state)).toEqual(['skipped', 'skipped']);
  });
});

describe('a hook that is still running when a rollback overtakes it', () => {
  const promoting = [
    start(hooked),
    ...run('deploy.backup', 'deploy.deploy'),
    complete(),
    ...run('promotion.traffic'),
    begin('promotion.promote'),
    rollback(),
  ];
  const other = {by: zhou};

  test('does not delay the traffic step', () => {
    given(...promoting)
      .when(begin('rollback.traffic', other))
      .thenEvents({type: 'step-started'});
  });

  test('delays the steps that may touch what it changes', () => {
    given(...promoting, ...run('rollback.traffic'))
      .when(begin('rollback.demote', other))
      .thenRefused('step-running', 'liu on laptop is running promotion.promote');
  });

  test('delays no step after its end or its deadline', () => {
    const moved = [...promoting, ...run('rollback.traffic')];
    given(...moved, end('promotion.promote', 'failed'))
      .when(begin('rollback.demote', other))
      .thenEvents({type: 'step-started'});
    given(...moved, wait(10_000))
      .when(begin('rollback.demote', other))
      .thenEvents({type: 'step-started'});
  });

  test('may record its outcome, which changes nothing else', () => {
    given(...promoting)
      .when(end('promotion.promote', 'failed', {error: 'was stopped'}))
      .thenEvents({type: 'step-ended', outcome: 'failed'});
    expect(given(...promoting, end('promotion.promote', 'failed')).release.state).toBe('rolling_back');
  });
});
