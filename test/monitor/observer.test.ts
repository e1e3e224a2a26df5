import {describe, expect, test} from 'vitest';
import {createEvaluator} from '../../source/analysis/evidence/evidence.ts';
import {readCondition} from '../../source/config/condition/condition.ts';
import {metricBook} from '../../source/config/condition/metric-book.ts';
import type {Guardrail, Plan} from '../../source/release/plan.ts';
import {phase, planOf} from '../release/plans.ts';
import {HOUR, MINUTE, SECOND} from '../release/specification.ts';
import {eventsOf} from '../guard/watchmen.ts';
import {World} from '../guard/world.ts';

const WELL = {requests: 100};
const SICK = {requests: 100, errors: 30};
const WORSE = {requests: 100, errors: 2};

function guarded(forMs: number, rest: Partial<Plan> = {}): Plan {
  const reading = readCondition('error_rate > 10 % over 10s', metricBook());
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  const guardrail: Guardrail = {when: reading.value, forMs, then: 'rollback', level: 'critical'};
  return planOf([phase('alpha', 50, {durationMs: HOUR})], {guardrails: [guardrail], ...rest});
}

describe('a console that is opened late', () => {
  test('shows each second what the guard that never stopped has come to, evidence included', async () => {
    const evidence = {falseAlarms: 0.01, margin: 0, then: 'alert'} as const;
    await using world = await World.open(guarded(3 * MINUTE, {evidence}));
    world.createEvaluator = createEvaluator;
    await world.takeOver();
    const story = (second: number) => (second % 100 < 40 ? WORSE : WELL);
    for (let second = 0; second < 250; second++) await world.second(story(second));
    await world.for(60, SICK);
    const late = await world.opensConsole();
    for (let second = 0; second < 60; second++) {
      await world.second(SICK);
      expect(late.judged).toEqual(world.judged);
    }
    // It was held long before the console was there, and evidence knows what the raw samples do not.
    expect(late.judged?.judgement.guardrails[0]?.heldMs).toBeGreaterThan(100 * SECOND);
    expect(late.judged?.judgement.evidence?.decided).toBe(true);
  });

  test('writes nothing: no command, no checkpoint', async () => {
    await using world = await World.open(guarded(MINUTE));
    await world.opensConsole();
    await world.for(90, SICK);
    expect(eventsOf(world.controller.commits()).map(({type}) => type)).toEqual([
      'release-started',
      'phase-entered',
    ]);
    expect(world.minutes.size).toBe(0);
  });

  test('says what a guard would do where there is none', async () => {
    await using world = await World.open(guarded(MINUTE));
    const alone = await world.opensConsole();
    await world.for(90, SICK);
    expect(alone.judged?.judgement.verdict.action).toBe('rollback');
  });

  test('begins again with whoever guards after the store was away', async () => {
    await using world = await World.open(guarded(MINUTE));
    await world.takeOver();
    const observer = await world.opensConsole();
    await world.for(50, SICK);
    world.outage = {from: world.now, until: world.now + 30 * SECOND};
    world.pass(30 * SECOND);
    await world.takeOver();
    await world.for(20, SICK);
    expect(observer.judged?.judgement.guardrails[0]?.heldMs).toBeLessThan(20 * SECOND);
    expect(observer.judged?.judgement.verdict).toEqual(world.judged?.judgement.verdict);
  });

  test('has nothing to say of a release that is over', async () => {
    await using world = await World.open(guarded(MINUTE));
    const observer = await world.opensConsole();
    await world.for(3, WELL);
    expect(observer.judged).not.toBeNull();
    await world.does({type: 'rollback', release: 'r-1'});
    await world.second(WELL);
    expect(observer.judged).toBeNull();
  });
});
