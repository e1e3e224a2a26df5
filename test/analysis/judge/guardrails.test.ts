import {describe, expect, test} from 'vitest';
import type {Judgement} from '../../../source/analysis/judge/judge.ts';
import {presetGuardrails} from '../../../source/config/plan/presets.ts';
import {guardrail, phase, Scene, traffic} from './scene.ts';

const firing = ({guardrails}: Judgement) =>
  guardrails.filter(({isOn}) => isOn).map(({guardrail: {when, level}}) => `${level} ${when.text}`);

/** A service as the sample metrics of the seed have it: a thousand requests with so many errors and conversions. */
const PROD = traffic(1000, 5, 35, 150);
const GRAY = traffic(1000, 62, 30, 400);

describe('the presets of the seeds', () => {
  test('seed-alerts raises exactly its three alerts on the sample metrics', () => {
    const scene = new Scene({guardrails: presetGuardrails('seed-alerts')});
    // What is far beyond its limit is told at once, half a point of conversions once there is enough of it.
    expect(firing(scene.watch(1, GRAY, PROD))).toEqual([
      'critical error_rate > 5 %',
      'warning response_time > 2x prod',
    ]);
    const judgement = scene.watch(40, GRAY, PROD);
    expect(firing(judgement)).toEqual([
      'critical error_rate > 5 %',
      'warning response_time > 2x prod',
      'warning conversion_rate < 0.9x prod',
    ]);
    expect(judgement.alerts.map(({level, message}) => `${level}: ${message}`)).toEqual([
      'critical: gray error rate 6.2 %, passes at 5 % or less',
      "warning: gray mean response time 400 ms, passes at 300 ms or less (2 times prod's 150 ms)",
      "warning: gray conversion rate 3 %, passes at 3.15 % or more (0.9 times prod's 3.5 %)",
    ]);
    expect(judgement.verdict.action).toBe('hold');
  });

  test('seed-alerts is silent where gray is as prod is', () => {
    const scene = new Scene({guardrails: presetGuardrails('seed-alerts')});
    expect(firing(scene.watch(10, PROD, PROD))).toEqual([]);
  });

  test('seed-pause pauses on the sample metrics, with both reasons', () => {
    const scene = new Scene({guardrails: presetGuardrails('seed-pause')});
    const {verdict} = scene.watch(10, GRAY, PROD);
    expect(verdict.action).toBe('pause');
    expect(verdict.reasons.map(({code, metric}) => [code, metric])).toEqual([
      ['guardrail', 'error_rate'],
      ['guardrail', 'response_time'],
    ]);
    expect(verdict.reasons[0]).toMatchObject({value: 6.2, threshold: 5, samples: 10_000, windowSeconds: 10});
  });

  test('seed-limits warns of what nobody measures only when it is measured', () => {
    const scene = new Scene({guardrails: presetGuardrails('seed-limits')});
    expect(firing(scene.watch(10, PROD, PROD))).toEqual([]);
    expect(firing(scene.watch(10, GRAY, PROD))).toEqual([]);
    expect(firing(scene.watch(60, GRAY, PROD))).toEqual(['warning error_rate >= 5 %']);
  });

  test('seed-increase lets the release go on early when gray is better by enough, and not in its first minutes', () => {
    const phases = [phase('alpha', 20), phase('beta', 50, {durationMs: 3_600_000}), phase('all', 100)];
    const scene = new Scene({guardrails: presetGuardrails('seed-increase'), phases});
    expect(scene.watch(5, traffic(100, 3, 5), traffic(100, 3, 5)).verdict.action).toBe('hold');
    scene.ranMs = 299_000;
    expect(scene.watch(300, traffic(100, 1, 5), traffic(100, 3, 5)).verdict).toMatchObject({
      action: 'hold',
      reasons: [{code: 'phase_time'}],
    });
    scene.ranMs = 300_000;
    const better = scene.judge();
    expect(better).toMatchObject({next: 'phase', verdict: {action: 'advance'}});
    expect(better.verdict.reasons[0]).toMatchObject({
      code: 'advance_early',
      metric: 'error_rate_improvement',
      value: 2,
      threshold: 1,
    });
    expect(better.alerts).toEqual([]);
  });
});

describe.each([
  ['error_rate > 10 %', 300, traffic(10, 5), traffic(10)],
  ['response_time_p95 > 5000 ms', 600, traffic(10, 0, 0, 9000), traffic(10)],
  [
    'availability < 99 %',
    300,
    {counters: {requests: 100, unavailable: 10}},
    {counters: {requests: 100, unavailable: 0}},
  ],
])('seed-rollback: %s', (text, seconds, sick, well) => {
  const begin = (): Scene => {
    const scene = new Scene({guardrails: presetGuardrails('seed-rollback')});
    scene.watch(30, well, well);
    return scene;
  };

  test('rolls back once it was held for its duration, and not before', () => {
    const scene = begin();
    let crossed: number | null = null;
    let rolledBack: number | null = null;
    for (let second = 1; second <= seconds + 60 && rolledBack === null; second++) {
      const {verdict, guardrails} = scene.watch(1, sick, well);
      const track = guardrails.find(({guardrail: {when}}) => when.text === text);
      if (track?.heldMs !== null) crossed ??= second;
      if (verdict.action === 'rollback') rolledBack = second;
    }
    expect(crossed).toBeLessThan(20);
    expect(rolledBack).toBe(crossed! + seconds);
  });

  test('does not when it recovers just before, though its window still remembers', () => {
    const scene = begin();
    scene.watch(seconds - 3, sick, well);
    const actions = new Set<string>();
    for (let second = 0; second < 400; second++) actions.add(scene.watch(1, well, well).verdict.action);
    expect(actions).not.toContain('rollback');
  });

  test('begins anew after it recovered', () => {
    const scene = begin();
    scene.watch(seconds - 3, sick, well);
    scene.watch(400, well, well);
    const {guardrails} = scene.watch(90, sick, well);
    const track = guardrails.find(({guardrail: {when}}) => when.text === text);
    expect(track!.heldMs).toBeLessThan(90_000);
  });
});

test('a change of the split does not shake off what was held, though the window fills slowly', () => {
  const held = guardrail('error_rate > 10 % over 5m min 100 requests', 'rollback', 5 * 60_000);
  const scene = new Scene({guardrails: [held]});
  scene.watch(100, traffic(1), traffic(1));
  scene.watch(240, traffic(1, 1), traffic(1));
  const before = scene.judge().guardrails[0]!.heldMs ?? 0;
  expect(before).toBeGreaterThan(120_000);
  scene.since = scene.at;
  scene.begin();
  const filling = scene.watch(90, traffic(1, 1), traffic(1));
  expect(filling.guardrails[0]).toMatchObject({heldMs: before, outcome: {kind: 'undecided'}});
  const full = scene.watch(20, traffic(1, 1), traffic(1));
  expect(full.guardrails[0]!.heldMs).toBeGreaterThan(before);
});

describe('what does not roll back', () => {
  const plan = {guardrails: [guardrail('error_rate > 10 %', 'rollback', 60_000)]};

  test('a stream that stops while it is bad: nobody is taken back out of blindness', () => {
    const scene = new Scene(plan);
    scene.watch(50, traffic(10, 5), traffic(10));
    const actions = new Set<string>();
    for (let second = 0; second < 300; second++) actions.add(scene.watch(1, null, null).verdict.action);
    expect([...actions]).toEqual(['hold']);
  });

  test('a stream that stops after it was bad for long enough, while nobody acted', () => {
    const scene = new Scene({guardrails: [guardrail('error_rate > 10 %', 'rollback')]});
    expect(scene.watch(30, traffic(10, 5), traffic(10)).verdict.action).toBe('rollback');
    expect(scene.watch(90, null, null)).toMatchObject({
      verdict: {action: 'hold'},
      guardrails: [{isOn: true, outcome: {why: 'stale'}}],
    });
  });

  test('a stream that stops just after it recovered', () => {
    const scene = new Scene(plan);
    scene.watch(58, traffic(10, 5), traffic(10));
    const actions = new Set<string>();
    for (let second = 0; second < 6; second++)
      actions.add(scene.watch(1, traffic(40), traffic(10)).verdict.action);
    for (let second = 0; second < 50; second++) actions.add(scene.watch(1, null, null).verdict.action);
    expect([...actions]).toEqual(['hold']);
    expect(scene.judge().guardrails[0]!.heldMs).toBeGreaterThanOrEqual(60_000);
  });

  test('a guard that slept through it judges afresh', () => {
    const scene = new Scene(plan);
    scene.watch(30, traffic(10, 5), traffic(10));
    scene.seconds(61, traffic(10, 5), traffic(10));
    expect(scene.judge().verdict.action).toBe('hold');
    expect(scene.watch(59, traffic(10, 5), traffic(10)).verdict.action).toBe('hold');
    expect(scene.watch(2, traffic(10, 5), traffic(10)).verdict.action).toBe('rollback');
  });

  test('one bad request among too few', () => {
    const scene = new Scene({guardrails: [guardrail('error_rate > 10 %', 'rollback')]});
    const {verdict} = scene.watch(10, traffic(1, 1), traffic(10));
    expect(verdict.action).toBe('hold');
    expect(verdict.reasons).toContainEqual(
      expect.objectContaining({code: 'guardrail_undecided', metric: 'error_rate', samples: 10}),
    );
  });
});

test('a change of the percentage shakes no guardrail off', () => {
  const scene = new Scene({guardrails: [guardrail('error_rate > 10 %', 'rollback', 120_000)]});
  for (let step = 0; step < 5; step++) {
    scene.watch(29, traffic(10, 5), traffic(10));
    scene.since = scene.at;
    scene.percent += 1;
    scene.applied = scene.percent;
    scene.begin();
  }
  expect(scene.watch(10, traffic(10, 5), traffic(10)).verdict.action).toBe('rollback');
});

describe('both sides sick', () => {
  const plan = {guardrails: [guardrail('error_rate > 10 %', 'rollback')]};

  test('holds and alerts: taking gray back would help nobody', () => {
    const scene = new Scene(plan);
    const {verdict, alerts} = scene.watch(30, traffic(10, 5), traffic(10, 4));
    expect(verdict.action).toBe('hold');
    expect(verdict.reasons[0]).toMatchObject({code: 'both_sides', metric: 'error_rate', value: 50});
    expect(verdict.reasons[0]!.text).toBe(
      'both sides are sick: gray error rate 50 %, passes at 10 % or less; prod 40 %',
    );
    expect(alerts).toContainEqual(expect.objectContaining({key: 'judge both_sides', level: 'critical'}));
  });

  test('gray far sicker than a sick prod is taken back all the same', () => {
    expect(new Scene(plan).watch(30, traffic(10, 5), traffic(10, 2)).verdict.action).toBe('rollback');
  });

  test('of availability what is missing is compared', () => {
    const low = {guardrails: [guardrail('availability < 99 %', 'rollback')]};
    const side = (unavailable: number) => ({counters: {requests: 100, unavailable}});
    expect(new Scene(low).watch(30, side(10), side(6)).verdict.reasons[0]!.code).toBe('both_sides');
    expect(new Scene(low).watch(30, side(10), side(2)).verdict.action).toBe('rollback');
  });

  test('a prod of too few requests is no excuse', () => {
    const scene = new Scene(plan);
    scene.watch(1, null, traffic(10, 5));
    expect(scene.watch(30, traffic(10, 5), null).verdict.action).toBe('rollback');
  });

  test('at 100 % there is nobody to be as sick', () => {
    const scene = new Scene(plan);
    scene.percent = 100;
    scene.applied = 100;
    expect(scene.watch(30, traffic(10, 5), null).verdict.action).toBe('rollback');
  });
});
