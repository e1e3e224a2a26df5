import {describe, expect, test} from 'vitest';
import {createEvaluator} from '../../../source/analysis/evidence/evidence.ts';
import {BETTER, CALM, ROUGH, WORSE, type Family} from './simulation/families.ts';
import {makeLaunch} from './simulation/launch.ts';
import {MIXES} from './simulation/mixes.ts';
import {power, runFamily, stopped} from './simulation/run.ts';

const named = (families: Family[], name: string) => families.find(family => family.name === name)!;

/** What `bench/evidence.ts` shows at length: fewer and shorter launches, and bounds that a judge gone wrong breaks. */
const run = (family: Family, launches: number, horizon: number) =>
  runFamily(family, {launches, seed: 4, horizon, withReference: false, mix: 'thin'});

describe('simulated launches', () => {
  test.each(['steady', 'ramp and drift', 'shared outage', 'gaps'])(
    'of a healthy gray are let pass: %s',
    name => {
      expect(stopped(run(named(CALM, name), 25, 400), 'judge')).toBeLessThanOrEqual(2);
    },
  );

  test.each(['bursts of 5', 'minute noise errors'])('are let pass though counts are rough: %s', name => {
    expect(stopped(run(named(ROUGH, name), 25, 400), 'judge')).toBeLessThanOrEqual(3);
  });

  test('are let pass when gray is better by far, however little that looks like any noise', () => {
    // Launches in which all that explained gray was once left to those who call it worse.
    const seeds = [1_754_525_761, 1_755_357_256, 1_755_578_988, 1_757_344_925, 1_757_360_763];
    for (const seed of seeds) {
      const {history, ticks} = makeLaunch(BETTER[0]!.shape, seed, 240);
      const evaluator = createEvaluator({falseAlarms: 0.01, margin: 0});
      for (const tick of history) evaluator.history(tick);
      for (const tick of ticks()) evaluator.observe(tick);
      expect(evaluator.read()).toMatchObject({decided: false});
    }
  });

  test.each([
    ['bursts of 5 over 8 s', 880_444],
    ['bursts of 5 over 8 s', 884_144],
    ['users who fail for 6 s', 881_961],
    ['users who fail for 6 s', 886_734],
    ['users who fail for 6 s', 886_845],
  ])('are let pass when errors come in clusters that last: %s, %d', (name, seed) => {
    // Launches that were stopped when only clusters within a second were thought of.
    const {history, ticks} = makeLaunch(named(ROUGH, name).shape, seed, 240, MIXES.even);
    const evaluator = createEvaluator({falseAlarms: 0.01, margin: 0});
    for (const tick of history) evaluator.history(tick);
    for (const tick of ticks()) evaluator.observe(tick);
    expect(evaluator.read()).toMatchObject({decided: false});
  });

  test.each([
    ['errors 0.5→5', 1.6],
    ['errors 0.5→50', 1.6],
    ['tail p95 ×2', 2.2],
  ])('of a bad one are stopped nearly as soon as one could who knew how bad: %s', (name, times) => {
    const {recall, pairwise, early} = power(run(named(WORSE, name), 25, 600), 'judge');
    expect(early).toBe(0);
    expect(recall).toBeGreaterThan(0.93);
    expect(pairwise).toBeLessThan(times);
  });
});
