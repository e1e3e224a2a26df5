import {describe, expect, test} from 'vitest';
import {
  begin,
  complete,
  end,
  next,
  pause,
  resume,
  retry,
  rollback,
  run,
  set,
  start,
  takenBack,
} from './orders.ts';
import {hooks, phase, planOf} from './plans.ts';
import {given, guard, wait} from './specification.ts';

const hook = {argv: ['true'], timeoutMs: 1000, check: null};
const plan = planOf([
  phase('alpha', 5, {before: hook, after: hook}),
  phase('beta', 20, {before: hook, confirm: hook}),
  phase('all', 100),
]);
const inAlpha = [start(plan), ...run('deploy.before')];
const opening = [...inAlpha, next(0)];
const inBeta = [...opening, ...run('phase-2.after', 'phase-2.before')];

describe('the hooks of phases', () => {
  test('run before the first phase: no user gets gray until the hook is done', () => {
    const started = given(start(plan));
    expect(started.release).toMatchObject({state: 'deploying', phase: -1});
    expect(started.split.live).toBe(false);
    expect(given(...inAlpha).release).toMatchObject({state: 'rolling', phase: 0, percent: 5});
    const failed = given(start(plan), begin('deploy.before'), end('deploy.before', 'failed'));
    expect(failed.release).toMatchObject({state: 'failed', phase: -1});
    expect(failed.split.live).toBe(false);
  });

  test('run between two phases in order, and the percent stays until they are done', () => {
    const story = given(...inAlpha)
      .when(next(0))
      .thenEvents({type: 'phase-opening', to: 1});
    expect(story.release).toMatchObject({state: 'rolling', phase: 0, percent: 5, opening: {to: 1}});
    given(...opening)
      .when(begin('phase-2.before'))
      .thenRefused('step-order', 'phase-2.after is');
    given(...opening, ...run('phase-2.after'), begin('phase-2.before'))
      .when(end('phase-2.before'))
      .thenEvents({type: 'step-ended'}, {type: 'phase-entered', phase: 1, percent: 20});
    expect(given(...inBeta).release).toMatchObject({phase: 1, percent: 20, opening: null});
  });

  test('run once after two commands', () => {
    given(...opening)
      .when(next(0))
      .thenNothing('already-so');
  });

  test('keep what the criteria had shown for the phase that is left', () => {
    const criteria = [{text: 'error_rate < 1 %', outcome: 'holds'}];
    const story = given(...inAlpha, next(0, {criteria}), ...run('phase-2.after', 'phase-2.before'));
    expect(story.release.left).toMatchObject([{phase: 0, criteria}]);
  });

  test('that fail pause the release where it is, and say why', () => {
    const failed = given(...opening, begin('phase-2.after'))
      .when(end('phase-2.after', 'failed', {error: 'no such host'}))
      .thenEvents(
        {type: 'step-ended'},
        {type: 'release-paused', reason: 'phase-2.after failed: no such host'},
      );
    expect(failed.release).toMatchObject({state: 'paused', phase: 0, percent: 5, opening: null});
    failed.when(retry()).thenRefused('no-failed-step', 'graydeck resume, then graydeck next');
    const again = given(
      ...opening,
      begin('phase-2.after'),
      end('phase-2.after', 'failed'),
      resume(),
      next(0),
    );
    expect(again.release.opening).toMatchObject({to: 1});
    again.when(begin('phase-2.after')).thenNothing('already-so');
    again.when(begin('phase-2.after-2')).thenEvents({type: 'step-started'});
  });

  test.each([
    ['a pause', pause()],
    ['a rollback', rollback()],
    ['a lower percentage', set(2)],
  ])('are cancelled by %s', (_, order) => {
    const stopped = given(...opening, begin('phase-2.after'), order);
    expect(stopped.release.opening).toBeNull();
    expect(stopped.release.steps.find(({id}) => id === 'phase-2.before')?.state).toBe('skipped');
    const told = stopped.when(end('phase-2.after')).thenEvents({type: 'step-ended'});
    expect(told.release.phase).toBe(0);
  });

  test('do not delay the traffic step of a rollback, but its stop hook waits for them', () => {
    const stopping = planOf([phase('alpha', 5, {after: hook}), phase('all', 100)], {hooks: hooks('stop')});
    const back = [start(stopping), next(0), begin('phase-2.after'), rollback()];
    const other = {by: {name: 'zhou on desk', kind: 'person'}} as const;
    given(...back)
      .when(begin('rollback.traffic', other))
      .thenEvents({type: 'step-started'});
    given(...back, ...run('rollback.traffic'))
      .when(begin('rollback.stop', other))
      .thenRefused('step-running');
    expect(
      given(start(plan), ...run('deploy.before'), next(0), rollback(), ...takenBack()).release.state,
    ).toBe('rolled_back');
  });
});

describe('a hook that still runs when its phase change begins again', () => {
  const zhou = {by: {name: 'zhou on desk', kind: 'person'}} as const;
  const running = [...opening, begin('phase-2.after')];

  test.each([
    ['after a pause', [pause(), resume(), next(0)], 'phase-2.after-2'],
    ['on the way to promotion', [complete()], 'phase-4.after'],
  ])('is waited for: %s', (_, orders, again) => {
    const story = given(...running, ...orders);
    story.when(begin(again, zhou)).thenRefused('step-running', 'is running phase-2.after');
    story.when(end('phase-2.after')).thenEvents({type: 'step-ended', step: 'phase-2.after'});
    given(...running, ...orders, end('phase-2.after'))
      .when(begin(again, zhou))
      .thenEvents({type: 'step-started'});
    given(...running, ...orders, wait(11_000))
      .when(begin(again, zhou))
      .thenEvents({type: 'step-started'});
  });

  test('sends no notification when it is stopped', () => {
    const stopped = given(...running, pause(), resume(), next(0), end('phase-2.after', 'failed'));
    expect(stopped.state.outbox.filter(({kind}) => kind === 'failed')).toEqual([]);
    const failed = given(...running, end('phase-2.after', 'failed'));
    expect(failed.state.outbox.filter(({kind}) => kind === 'failed')).toHaveLength(1);
  });

  test('is no longer due, and its end changes nothing', () => {
    const again = [pause(), resume(), next(0)];
    given(...running, ...again)
      .when(begin('phase-2.after', zhou))
      .thenRefused('step-order', 'phase-2.after-2 is');
    const through = given(...running, ...again, ...run('phase-2.after-2', 'phase-2.before-2'));
    expect(through.release).toMatchObject({phase: 1, opening: null});
    expect(through.when(end('phase-2.after')).thenEvents({type: 'step-ended'}).release.phase).toBe(1);
  });
});

describe('the gate of a phase', () => {
  test('does not delay a rollback, because it changes nothing', () => {
    const gated = planOf([phase('alpha', 5, {confirm: hook}), phase('all', 100)], {hooks: hooks('stop')});
    const other = {by: {name: 'zhou on desk', kind: 'person'}} as const;
    given(start(gated), next(0), begin('phase-2.confirm'), rollback(), ...run('rollback.traffic'))
      .when(begin('rollback.stop', other))
      .thenEvents({type: 'step-started'});
  });

  test('runs before the phase is left, by a guard or a person', () => {
    const ops = guard(1);
    given(
      ...inBeta,
      {type: 'take-guard', by: ops},
      {type: 'verdict', release: 'r-1', action: 'advance', reasons: [], by: ops},
    )
      .when(next(1, {by: ops, reason: 'all criteria hold'}))
      .thenEvents({type: 'phase-opening', to: 2});
    expect(given(...inBeta, next(1), ...run('phase-3.confirm')).release).toMatchObject({
      phase: 2,
      percent: 100,
    });
  });

  test('is opened by a person who gives a reason, also while it is asked', () => {
    given(...inBeta)
      .when(next(1, {reason: 'the board agreed on the phone'}))
      .thenEvents({type: 'phase-entered', phase: 2});
    const asked = given(...inBeta, next(1), begin('phase-3.confirm'));
    const through = asked
      .when(next(1, {reason: 'the board agreed'}))
      .thenEvents({type: 'phase-entered', phase: 2});
    expect(through.release.opening).toBeNull();
  });

  test('that is overruled before it has run is skipped, before a phase and before promotion', () => {
    const gate = (steps: readonly {id: string; state: string}[], id: string) =>
      steps.find(step => step.id === id)?.state;
    const through = given(...inBeta, next(1), next(1, {reason: 'the board agreed'}));
    expect(gate(through.release.steps, 'phase-3.confirm')).toBe('skipped');
    const last = planOf([phase('all', 100, {confirm: hook})]);
    const promoted = given(start(last), complete(), complete({reason: 'the board agreed'}));
    expect(promoted.release.state).toBe('promoting');
    expect(gate(promoted.release.steps, 'phase-2.confirm')).toBe('skipped');
  });

  test('alone is overruled by a reason: hooks that are done do not run again', () => {
    given(...opening, ...run('phase-2.after'), begin('phase-2.before'))
      .when(next(0, {reason: 'the board agreed'}))
      .thenNothing('already-so');
  });

  test('comes before promotion, too', () => {
    const last = planOf([phase('all', 100, {confirm: hook, after: hook})]);
    const story = given(start(last)).when(complete()).thenEvents({type: 'phase-opening', to: 1});
    expect(story.release.state).toBe('rolling');
    story.when(complete()).thenNothing('already-so');
    const promoting = given(start(last), complete(), ...run('phase-2.confirm', 'phase-2.after'));
    expect(promoting.release).toMatchObject({state: 'promoting', percent: 100, opening: null});
  });
});

describe('what a guard wanted', () => {
  const ops = guard(1);
  const verdict = (action: 'advance' | 'hold') =>
    ({type: 'verdict', release: 'r-1', action, reasons: [], by: ops}) as const;
  const opened = [...inAlpha, {type: 'take-guard', by: ops} as const, verdict('advance'), next(0, {by: ops})];

  test('waits after its hooks while its verdict says otherwise', () => {
    const waiting = given(...opened, verdict('hold'), ...run('phase-2.after', 'phase-2.before'));
    expect(waiting.release).toMatchObject({phase: 0, percent: 5, opening: {to: 1, wantedBy: 'guard'}});
    waiting.when(next(0, {by: ops})).thenRefused('verdict-against');
    given(...opened, verdict('hold'), ...run('phase-2.after', 'phase-2.before'), verdict('advance'))
      .when(next(0, {by: ops}))
      .thenEvents({type: 'phase-entered', phase: 1});
    waiting.when(next(0)).thenEvents({type: 'phase-entered', phase: 1});
  });

  test('happens with the last hook while its verdict still says so', () => {
    expect(given(...opened, ...run('phase-2.after', 'phase-2.before')).release.phase).toBe(1);
  });
});

test('a paused release with hooks must be resumed before it can be completed', () => {
  const last = planOf([phase('all', 100, {after: hook})]);
  given(start(last), pause()).when(complete()).thenRefused('wrong-state', 'resume it first');
});
