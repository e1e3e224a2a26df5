import {describe, expect, test} from 'vitest';
import {CALM, ROUGH, WORSE, type Family} from './simulation/families.ts';
import {power, runFamily, stopped} from './simulation/run.ts';

const named = (families: Family[], name: string) => families.find(family => family.name === name)!;

/** What `bench/evidence.ts` shows at length: fewer and shorter launches, and bounds that a judge gone wrong breaks. */
const run = (family: Family, launches: number, horizon: number) =>
  runFamily(family, {launches, seed: 4, horizon, withReference: false});

describe('simulated launches', () => {
  test.each(['steady', 'ramp and drift', 'shared outage', 'gaps'])(
    'of a healthy gray are let pass: %s',
    name => {
      expect(stopped(run(named(CALM, name), 60, 600), 'judge')).toBeLessThanOrEqual(2);
    },
  );

  test.each(['bursts of 5', 'minute noise errors'])('are let pass though counts are rough: %s', name => {
    expect(stopped(run(named(ROUGH, name), 50, 600), 'judge')).toBeLessThanOrEqual(4);
  });

  test.each([
    ['errors 0.5→5', 1.6],
    ['errors 0.5→50', 1.6],
    ['tail p95 ×2', 2.2],
  ])('of a bad one are stopped nearly as soon as one could who knew how bad: %s', (name, times) => {
    const {recall, pairwise, early} = power(run(named(WORSE, name), 60, 900), 'judge');
    expect(early).toBe(0);
    expect(recall).toBeGreaterThan(0.93);
    expect(pairwise).toBeLessThan(times);
  });
});
