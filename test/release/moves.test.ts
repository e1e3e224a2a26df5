import {describe, expect, test} from 'vitest';
import {complete, include, next, pause, rollback, run, set, start} from './orders.ts';
import {criterion, fourPhases, hooks, phase, planOf} from './plans.ts';
import type {Rule} from '../../source/release/plan.ts';
import {given, liu} from './specification.ts';

/** Percent that prod serves after each step of a plan. */
function prodShares(percents: number[]): number[] {
  const plan = planOf(percents.map((percent, index) => phase(`p${index}`, percent)));
  return percents.map(
    (_, index) =>
      100 - given(start(plan), ...Array.from({length: index}, (_, from) => next(from))).split.percent,
  );
}

describe('the next phase', () => {
  test('is entered with its percent, and the results of the criteria before are kept', () => {
    const {release} = given(start())
      .when(next(0, {criteria: [{text: 'error_rate < 1 %', outcome: 'holds'}]}))
      .thenEvents({type: 'phase-entered', phase: 1, percent: 20});
    expect(release).toMatchObject({state: 'rolling', phase: 1, percent: 20});
    expect(release.left).toMatchObject([
      {phase: 0, criteria: [{text: 'error_rate < 1 %', outcome: 'holds'}]},
    ]);
  });

  test('follows the percents of the plan', () => {
    expect(prodShares([20, 40, 60])).toEqual([80, 60, 40]);
    expect(prodShares([50, 100])).toEqual([50, 0]);
    expect(prodShares([1, 2, 10, 80])).toEqual([99, 98, 90, 20]);
  });

  test('is refused to an actor who saw another phase', () => {
    given(start(), next(0)).when(next(0)).thenRefused('moved-on', 'phase 2 now: beta');
    given(start()).when(next(1)).thenRefused('moved-on', 'phase 1 now: alpha');
    given(start()).when(next(Number.NaN)).thenRefused('bad-input');
  });

  test('is refused after the last', () => {
    given(start(planOf([phase('all', 10)])))
      .when(next(0))
      .thenRefused('last-phase', 'graydeck complete');
  });

  const ours: Rule = {attribute: 'team', test: {op: 'in', values: ['us']}};

  test('never lowers a percent that was raised by hand', () => {
    expect(given(start(), set(40), next(0)).release.percent).toBe(40);
    const within = planOf([phase('a', 5, {audience: ours}), phase('b', 20, {audience: ours})]);
    expect(given(start(within), set(40), next(0)).release.percent).toBe(40);
    const narrower = planOf([phase('a', 5), phase('b', 20, {audience: ours})]);
    expect(given(start(narrower), set(40), next(0)).release.percent).toBe(40);
  });

  test('starts at its own percent if its audience is wider', () => {
    const plan = planOf([phase('dogfood', 100, {audience: ours}), phase('beta', 5)]);
    given(start(plan)).when(next(0)).thenEvents({type: 'phase-entered', phase: 1, percent: 5});
    given(start(plan), set(50)).when(next(0)).thenEvents({type: 'phase-entered', phase: 1, percent: 5});
  });
});

describe('an entry gate', () => {
  const errors = criterion('error_rate < 1 %');
  const gated = planOf([
    phase('alpha', 5, {criteria: [errors, criterion('cpu < 80 %', true)]}),
    phase('beta', 20, {criteria: [criterion('availability > 99 %')]}),
    phase('all', 100, {needsEarlierCriteria: true}),
  ]);
  const alphaHeld = next(0, {criteria: [{text: 'error_rate < 1 %', outcome: 'holds'}]});
  const betaHeld = next(1, {criteria: [{text: 'availability > 99 %', outcome: 'holds'}]});

  test('opens if every criterion of the phases before held when its phase was left', () => {
    given(start(gated), alphaHeld).when(betaHeld).thenEvents({type: 'phase-entered', phase: 2, percent: 100});
  });

  test('stays closed if a criterion of an earlier phase had not held', () => {
    given(start(gated), next(0)).when(betaHeld).thenRefused('entry-gate', 'all needs every criterion');
    given(start(gated), next(0, {criteria: [{text: 'error_rate < 1 %', outcome: 'fails'}]}))
      .when(betaHeld)
      .thenRefused('entry-gate');
  });

  test('stays closed if a criterion of the current phase does not hold', () => {
    given(start(gated), alphaHeld).when(next(1)).thenRefused('entry-gate', '--reason');
  });

  test('opens for a person with a reason', () => {
    given(start(gated), alphaHeld)
      .when(next(1, {reason: 'agreed with the on-call lead'}))
      .thenEvents({type: 'phase-entered', phase: 2});
    given(start(gated), alphaHeld)
      .when(next(1, {reason: '  '}))
      .thenRefused('entry-gate');
  });

  test('does not open for the reason of a guard', () => {
    const by = {name: 'guard on ops-1', kind: 'guard', epoch: 1} as const;
    given(
      start(gated),
      alphaHeld,
      {type: 'take-guard', by},
      {type: 'verdict', release: 'r-1', action: 'advance', reasons: [], by},
    )
      .when(next(1, {by, reason: 'the phase has had its time'}))
      .thenRefused('entry-gate');
  });
});

describe('setting a percentage', () => {
  test('up and down by hand', () => {
    given(start())
      .when(set(12.5, {from: 5}))
      .thenEvents({type: 'percent-set', percent: 12.5, from: 5});
    given(start()).when(set(0)).thenEvents({type: 'percent-set', percent: 0, from: 5});
    expect(given(start(), set(0)).split).toMatchObject({live: true, percent: 0});
  });

  test('to what it is already changes nothing', () => {
    given(start()).when(set(5)).thenNothing('already-so');
    given(start(), pause()).when(set(5)).thenNothing('already-so');
  });

  test('is refused to an actor who saw another percent, unless it is reached already', () => {
    given(start(), set(10))
      .when(set(20, {from: 5}))
      .thenRefused('moved-on', 'the release is at 10 % now, not at 5 %');
    given(start(), set(20))
      .when(set(20, {from: 5}))
      .thenNothing('already-so');
  });

  test.each([-1, -0, 100.01, 5.555, Number.NaN, Number.POSITIVE_INFINITY, '50' as never, null as never])(
    'to %s is refused',
    percent => {
      given(start()).when(set(percent)).thenRefused('bad-percent', 'at most two decimals');
    },
  );

  test('is refused before the first phase, while promoting and after the end', () => {
    const promoting = [start(), complete()];
    given(start(fourPhases({hooks: hooks('deploy')})))
      .when(set(50))
      .thenRefused('wrong-state', 'being deployed');
    given(...promoting)
      .when(set(50))
      .thenRefused('wrong-state', 'graydeck rollback');
    given(...promoting, ...run('promotion.traffic', 'promotion.traffic-to-prod'))
      .when(set(50))
      .thenRefused('wrong-state');
    given(start(), rollback()).when(set(50)).thenRefused('wrong-state', 'rolling back');
  });

  test('drops the verdict on the percent before', () => {
    const by = {name: 'guard on ops-1', kind: 'guard', epoch: 1} as const;
    const judged = [
      start(),
      {type: 'take-guard', by},
      {type: 'verdict', release: 'r-1', action: 'advance', reasons: [], by},
    ] as const;
    expect(given(...judged).release.verdict?.action).toBe('advance');
    expect(given(...judged, set(10)).release.verdict).toBeNull();
    expect(given(...judged, next(0)).release.verdict).toBeNull();
  });
});

describe('a command that names another release', () => {
  test.each([next(0), set(50), pause(), include('u-1'), complete()])(
    '$type is refused and changes nothing',
    order => {
      given().when(order).thenRefused('nothing-live', 'graydeck start');
      given(start())
        .when({...order, release: 'r-0'} as typeof order)
        .thenRefused('other-release', 'v2 (r-1) is rolling');
    },
  );
});

test('the state holds who rolled back, when and why', () => {
  const {release, at} = given(start(), rollback({reason: 'checkout is down'}));
  expect(release).toMatchObject({
    startedBy: liu.name,
    rollback: {by: liu.name, at, reason: 'checkout is down', fromPercent: 5},
  });
});
