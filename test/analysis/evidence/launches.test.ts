import {describe, expect, test} from 'vitest';
import {BETTER, CALM, ROUGH, WORSE, type Family} from './simulation/families.ts';
import {power, runFamily, stopped} from './simulation/run.ts';

const named = (families: Family[], name: string) => families.find(family => family.name === name)!;

/** What `bench/evidence.ts` shows at length: fewer and shorter launches, and bounds that a judge gone wrong breaks. */
const run = (family: Family, launches: number, horizon: number, withPeople: boolean) =>
  runFamily(family, {launches, seed: 4, horizon, withReference: false, mix: 'thin', withPeople});

describe.each([
  ['people are known', true],
  ['no person is known', false],
])('simulated launches where %s', (_, withPeople) => {
  test.each(['steady', 'ramp and drift', 'shared outage', 'gaps'])(
    'of a healthy gray are let pass: %s',
    name => {
      expect(stopped(run(named(CALM, name), 25, 400, withPeople), 'judge')).toBeLessThanOrEqual(1);
    },
  );

  test.each(['bursts of 5', 'users who fail for 6 s', 'minute noise errors'])(
    'are let pass though counts are rough: %s',
    name => {
      expect(stopped(run(named(ROUGH, name), 25, 400, withPeople), 'judge')).toBeLessThanOrEqual(3);
    },
  );

  test('are let pass when gray is better by far', () => {
    expect(stopped(run(BETTER[0]!, 25, 400, withPeople), 'judge')).toBe(0);
  });

  test.each([
    ['errors 0.5→5', withPeople ? 2 : 5],
    ['errors 0.5→50', withPeople ? 1.6 : 3.5],
    ['tail p95 ×2', withPeople ? 3 : 8],
  ])('of a bad one are stopped in few times what an oracle needs: %s', (name, times) => {
    const {recall, pairwise, early} = power(run(named(WORSE, name), 25, 600, withPeople), 'judge');
    expect(early).toBe(0);
    expect(recall).toBeGreaterThan(withPeople ? 0.93 : 0.8);
    expect(pairwise).toBeLessThan(times);
  });
});
