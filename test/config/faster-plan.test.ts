import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {fasterPlan} from '../../source/config/plan/faster-plan.ts';
import {readPlan} from '../../source/config/plan/plan-file.ts';
import type {Plan} from '../../source/release/plan.ts';
import {DAY, HOUR, MINUTE, SECOND} from '../release/specification.ts';

function planOf(file: string): Plan {
  const reading = readPlan(
    readFileSync(new URL(`../../fixtures/plans/${file}`, import.meta.url), 'utf8'),
    file,
  );
  if (!reading.ok) throw new Error(JSON.stringify(reading.mistakes));
  return reading.plan;
}

test('a rehearsal has every time of its plan divided, and says so in its name', () => {
  const plan = planOf('seed-four-phases.yaml');
  const fast = fasterPlan(plan, 60);
  expect(fast.name).toBe('four-phases, 60 times as fast');
  expect(fast.phases.map(({durationMs}) => durationMs)).toEqual([
    24 * MINUTE,
    48 * MINUTE,
    72 * MINUTE,
    null,
  ]);
  const rollbacks = fast.guardrails.filter(({then}) => then === 'rollback');
  expect(rollbacks.map(({forMs}) => forMs)).toEqual([5 * SECOND, 10 * SECOND, 5 * SECOND]);
  expect(rollbacks.map(({when}) => when.overMs)).toEqual([5 * SECOND, 5 * SECOND, 5 * SECOND]);
  // What a person may still do stays as it was.
  expect(fast.rollbackWindowMs).toBe(DAY);
  expect(plan.phases[0]?.durationMs).toBe(24 * HOUR);
});

test('a ramp and criteria are hurried as well, and a window never holds less than a second', () => {
  const ramp = fasterPlan(planOf('ramp.yaml'), 10);
  expect(ramp.ramp?.everyMs).toBe((planOf('ramp.yaml').ramp?.everyMs ?? 0) / 10);
  const five = fasterPlan(planOf('seed-five-phases.yaml'), 10_000);
  const windows = five.phases.flatMap(({criteria}) => criteria.map(({condition}) => condition.overMs));
  expect(windows.length).toBeGreaterThan(0);
  expect(new Set(windows)).toEqual(new Set([SECOND]));
});
