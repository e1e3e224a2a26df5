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
import {ALL_HOOKS, fourPhases, hooks, phase, planOf} from './plans.ts';
import {given, guard, wait, HOUR, type Happening} from './specification.ts';

const types = (...history: Happening[]) => given(...history).events.map(({type}) => type);
const steps = (count: number) => Array.from({length: count}, () => ['step-started', 'step-ended']).flat();

describe('a whole life', () => {
  test('from the hooks before the first phase to the clean-up after the last', () => {
    const life = [
      start(fourPhases({hooks: ALL_HOOKS})),
      ...run('deploy.backup', 'deploy.deploy'),
      next(0),
      pause(),
      resume(),
      next(1),
      next(2),
      complete(),
      ...run(
        'promotion.traffic',
        'promotion.promote',
        'promotion.verify',
        'promotion.traffic-to-prod',
        'promotion.cleanup',
      ),
    ];
    expect(types(...life)).toEqual([
      'release-started',
      ...steps(2),
      'phase-entered',
      'phase-entered',
      'release-paused',
      'release-resumed',
      'phase-entered',
      'phase-entered',
      'promotion-started',
      ...steps(5),
      'release-completed',
    ]);
    expect(given(...life).release).toMatchObject({state: 'completed', phase: 3});
  });

  test('that is rolled back half way, and the next attempt with the same version', () => {
    const cut = [start(), next(0), set(50), pause(), rollback({reason: 'p95 doubled'}), ...takenBack()];
    expect(types(...cut)).toEqual([
      'release-started',
      'phase-entered',
      'phase-entered',
      'percent-set',
      'release-paused',
      'rollback-started',
      ...steps(3),
      'release-rolled-back',
    ]);
    // The second attempt takes nothing over from the first and begins at its first phase.
    given(...cut)
      .when(retry())
      .thenRefused('no-failed-step');
    const again = given(...cut, wait(HOUR), start(fourPhases(), {release: 'r-2'}));
    expect(again.release).toMatchObject({
      phase: 0,
      percent: 5,
      state: 'rolling',
      left: [],
      pausedReason: null,
    });
    expect(again.release.clock.ranMs).toBe(0);
  });

  test('that ends in a rollback cannot be completed', () => {
    const cut = [start(), next(0), rollback()];
    given(...cut)
      .when(complete())
      .thenRefused('wrong-state');
    given(...cut, ...takenBack())
      .when(complete())
      .thenRefused('wrong-state');
  });

  test('keeps apart when it began, when it ended and how long it really rolled', () => {
    const {release, at} = given(
      start(),
      wait(HOUR),
      pause(),
      wait(HOUR),
      resume(),
      wait(HOUR),
      rollback(),
      ...takenBack(),
    );
    expect(release.endedAt).toBe(at);
    expect(at - release.startedAt).toBeGreaterThan(3 * HOUR);
    expect(release.clock.ranMs).toBeGreaterThanOrEqual(2 * HOUR);
    expect(release.clock.ranMs).toBeLessThan(2.1 * HOUR);
  });
});

describe('one release after another leaves no user on gray', () => {
  const good = (id: string, version: string) => [
    start(planOf([phase('all', 100)]), {release: id, version}),
    complete({release: id}),
    ...['promotion.traffic', 'promotion.traffic-to-prod'].flatMap(step => [
      begin(step, {release: id}),
      end(step, 'done', {release: id}),
    ]),
  ];
  const bad = (id: string, version: string) => [
    start(fourPhases(), {release: id, version}),
    rollback({release: id}),
    ...takenBack().map(order => ({...order, release: id})),
  ];

  test.each([
    ['good, then good', [...good('r-1', 'v2'), ...good('r-2', 'v3')], 'v3'],
    ['good, then bad', [...good('r-1', 'v2'), ...bad('r-2', 'v3')], 'v2'],
    ['bad, then good', [...bad('r-1', 'v2'), ...good('r-2', 'v3')], 'v3'],
    ['bad, then bad', [...bad('r-1', 'v2'), ...bad('r-2', 'v3')], null],
  ])('%s', (_, history, prod) => {
    const {state, split} = given(...history);
    expect(state.prodVersion).toBe(prod);
    expect(split).toMatchObject({live: false, tiers: []});
    expect(given(...history, start(fourPhases(), {release: 'r-3', version: 'v4'})).split).toMatchObject({
      live: true,
      gray: 'v4',
      percent: 5,
    });
  });

  test('a superseding version begins at its own first phase', () => {
    const {release, split} = given(
      start(),
      next(0),
      start(fourPhases(), {release: 'r-2', version: 'v3', supersede: true}),
      ...takenBack(),
    );
    expect(release).toMatchObject({id: 'r-2', version: 'v3', phase: 0, percent: 5});
    expect(split.rolledBack).toEqual(['r-1']);
  });
});

test('the guard alone takes a release from its start to its end', () => {
  const by = guard(1);
  const advance = {type: 'verdict', release: 'r-1', action: 'advance', reasons: [], by} as const;
  const steps = ['promotion.traffic', 'promotion.promote', 'promotion.traffic-to-prod'];
  const {release, split} = given(
    start(planOf([phase('a', 10), phase('b', 100)], {complete: 'auto', hooks: hooks('promote')})),
    {type: 'take-guard', by},
    advance,
    next(0, {by}),
    advance,
    complete({by}),
    ...steps.flatMap(step => [begin(step, {by}), end(step, 'done', {by})]),
  );
  expect(release.state).toBe('completed');
  expect(split).toMatchObject({live: false, prod: 'v2'});
});
