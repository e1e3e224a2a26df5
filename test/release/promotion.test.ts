import {describe, expect, test} from 'vitest';
import {
  begin,
  complete,
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
import {given, guard, type Happening} from './specification.ts';

const hooked = fourPhases({hooks: ALL_HOOKS});
const promoting = [start(hooked), ...run('deploy.backup', 'deploy.deploy'), next(0), complete()];
const steps = (...history: Happening[]) =>
  Object.fromEntries(
    given(...history).release.steps.flatMap(({id, run, state}) =>
      run === 'promotion' ? [[id.slice(10), state]] : [],
    ),
  );

describe('a promotion', () => {
  test('sends everyone to gray first, from any phase', () => {
    const {release, split} = given(...promoting);
    expect(release).toMatchObject({state: 'promoting', percent: 100});
    expect(split).toMatchObject({
      live: true,
      percent: 100,
      tiers: [{audience: null, percent: 100}],
      whenStale: 'keep',
    });
  });

  test('is for everyone, whatever the audience was, also when it fails', () => {
    const ours = planOf([
      phase('ours', 50, {audience: {attribute: 'team', test: {op: 'in', values: ['us']}}}),
    ]);
    const everyone = [{audience: null, percent: 100}];
    expect(given(start(ours), complete()).split.tiers).toEqual(everyone);
    const failed = [begin('promotion.traffic'), end('promotion.traffic', 'failed')];
    expect(given(start(ours), complete(), ...failed).split.tiers).toEqual(everyone);
  });

  test('keeps those who were denied on prod', () => {
    const {split} = given(start(), {type: 'deny', release: 'r-1', user: 'u-1'}, complete());
    expect(split.deny).toEqual(['u-1']);
  });

  test('upgrades prod, verifies it, moves traffic there and cleans up, in this order', () => {
    expect(Object.keys(steps(...promoting))).toEqual([
      'traffic',
      'promote',
      'verify',
      'traffic-to-prod',
      'cleanup',
    ]);
    const {release, state, split, at} = given(
      ...promoting,
      ...run(
        'promotion.traffic',
        'promotion.promote',
        'promotion.verify',
        'promotion.traffic-to-prod',
        'promotion.cleanup',
      ),
    );
    expect(release).toMatchObject({state: 'completed', endedAt: at});
    expect(state.prodVersion).toBe('v2');
    expect(split).toMatchObject({live: false, gray: null, prod: 'v2', percent: 0, tiers: []});
  });

  test('leaves gray no route from the moment its traffic is moved to prod', () => {
    const verified = [...promoting, ...run('promotion.traffic', 'promotion.promote', 'promotion.verify')];
    expect(given(...verified).split.live).toBe(true);
    expect(given(...verified, begin('promotion.traffic-to-prod')).split.live).toBe(false);
    expect(given(...verified, ...run('promotion.traffic-to-prod')).split.live).toBe(false);
  });

  test('marks steps without a hook as skipped, never as done', () => {
    expect(steps(start(fourPhases({hooks: hooks('verify')})), complete())).toEqual({
      traffic: 'pending',
      promote: 'skipped',
      verify: 'pending',
      'traffic-to-prod': 'pending',
      cleanup: 'skipped',
    });
  });

  test('may be asked for from any phase and from a pause, by a person', () => {
    given(start()).when(complete()).thenEvents({type: 'promotion-started'});
    given(start(), pause()).when(complete()).thenEvents({type: 'promotion-started'});
  });

  test('issued twice is one promotion', () => {
    given(start(), complete()).when(complete()).thenNothing('already-so');
    given(start(), complete(), ...run('promotion.traffic', 'promotion.traffic-to-prod'))
      .when(complete())
      .thenNothing('already-so');
  });

  test('is refused before the first phase and after a rollback', () => {
    given(start(hooked)).when(complete()).thenRefused('wrong-state', 'being deployed');
    given(start(), rollback()).when(complete()).thenRefused('wrong-state', 'rolling back');
    given(start(), rollback(), ...takenBack())
      .when(complete())
      .thenRefused('wrong-state', 'rolled back');
  });

  test.each([set(50), next(1), pause(), include('u-1')])('is not disturbed by $type', order => {
    given(...promoting)
      .when(order)
      .thenRefused('wrong-state', 'being promoted');
  });
});

describe('a promotion by the guard', () => {
  const ops = guard(1);
  const advised = [
    {type: 'take-guard', by: ops},
    {type: 'verdict', release: 'r-1', action: 'advance', reasons: [], by: ops},
  ] as const;
  const plan = planOf([phase('all', 100)], {complete: 'auto'});

  test('begins after the last phase of a plan with `complete: auto`', () => {
    given(start(plan), ...advised)
      .when(complete({by: ops}))
      .thenEvents({type: 'promotion-started'});
  });

  test('waits for the verdict', () => {
    given(start(plan), advised[0])
      .when(complete({by: ops}))
      .thenRefused('verdict-against', 'the verdict is none');
  });

  test('waits for a person if the plan says so or phases are left', () => {
    given(start(planOf([phase('all', 100)])), ...advised)
      .when(complete({by: ops}))
      .thenRefused('needs-person');
    given(start(fourPhases({complete: 'auto'})), ...advised)
      .when(complete({by: ops}))
      .thenRefused('needs-person');
  });
});

describe('a promotion that fails', () => {
  const failing: [string, string[]][] = [
    ['promotion.traffic', []],
    ['promotion.promote', ['promotion.traffic']],
    ['promotion.verify', ['promotion.traffic', 'promotion.promote']],
  ];

  test.each(failing)('in %s keeps gray serving', (step, before) => {
    const {release, split} = given(...promoting, ...run(...before), begin(step))
      .when(end(step, 'failed', {error: 'exit code 1'}))
      .thenEvents(
        {type: 'step-ended', step, outcome: 'failed', error: 'exit code 1'},
        {type: 'release-failed', step, error: 'exit code 1'},
      );
    expect(release.state).toBe('failed');
    expect(split).toMatchObject({live: true, percent: 100});
  });

  test.each(failing)('in %s continues there after a retry', (step, before) => {
    const failed = [...promoting, ...run(...before), begin(step), end(step, 'failed')];
    const again = given(...failed)
      .when(retry())
      .thenEvents({type: 'step-retried', step});
    expect(again.release.state).toBe('promoting');
    expect(again.split).toMatchObject({live: true, percent: 100});
    const left = ['traffic', 'promote', 'verify', 'traffic-to-prod', 'cleanup'].map(
      name => `promotion.${name}`,
    );
    const {release} = given(...failed, retry(), ...run(...left.slice(left.indexOf(step))));
    expect(release.state).toBe('completed');
    expect(release.steps.find(one => one.id === step)?.attempts).toBe(2);
  });

  test('after traffic has begun to move sends no user back to gray, and runs no clean-up', () => {
    const moving = [...promoting, ...run('promotion.traffic', 'promotion.promote', 'promotion.verify')];
    const failed = given(
      ...moving,
      begin('promotion.traffic-to-prod'),
      end('promotion.traffic-to-prod', 'failed'),
    );
    expect(failed.release.state).toBe('failed');
    expect(failed.split.live).toBe(false);
    expect(failed.release.steps.find(({name}) => name === 'cleanup')?.state).toBe('pending');
    const again = failed.when(retry()).thenEvents({type: 'step-retried', step: 'promotion.traffic-to-prod'});
    expect(again.split.live).toBe(false);
  });

  test('only in its clean-up is completed, and the clean-up can be retried', () => {
    const cleaning = [
      ...promoting,
      ...run('promotion.traffic', 'promotion.promote', 'promotion.verify', 'promotion.traffic-to-prod'),
      begin('promotion.cleanup'),
    ];
    const completed = given(...cleaning)
      .when(end('promotion.cleanup', 'failed'))
      .thenEvents({type: 'step-ended'}, {type: 'release-completed'});
    expect(completed.state.prodVersion).toBe('v2');
    const again = completed.when(retry()).thenEvents({type: 'step-retried', step: 'promotion.cleanup'});
    expect(again.split.live).toBe(false);
  });

  test('allows a retry or a rollback', () => {
    const failed = [...promoting, begin('promotion.traffic'), end('promotion.traffic', 'failed')];
    given(...failed)
      .when(complete())
      .thenRefused('wrong-state', 'retry the failed step, or roll back');
    given(...failed)
      .when(set(50))
      .thenRefused('wrong-state');
    given(...failed)
      .when(rollback())
      .thenEvents({type: 'rollback-started', fromPercent: 100});
  });
});
