import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {fasterPlan} from '../../source/config/describe/plan.ts';
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
  expect(rollbacks.map(({when}) => when.overMs)).toEqual([10 * SECOND, 10 * SECOND, 10 * SECOND]);
  // What a person may still do stays as it was.
  expect(fast.rollbackWindowMs).toBe(DAY);
  expect(plan.phases[0]?.durationMs).toBe(24 * HOUR);
});

test('a ramp and criteria are hurried as well, and a window holds what is needed to judge', () => {
  const ramp = fasterPlan(planOf('ramp.yaml'), 10);
  expect(ramp.ramp?.everyMs).toBe((planOf('ramp.yaml').ramp?.everyMs ?? 0) / 10);
  const five = fasterPlan(planOf('seed-five-phases.yaml'), 10_000);
  const windows = five.phases.map(({criteria}) => criteria.map(({condition}) => condition.overMs));
  // 1 % of 200 requests a second are 20 in 10 s, 10 % in 1 s.
  expect(windows.slice(1, 4)).toEqual([
    [20 * SECOND, 20 * SECOND],
    [10 * SECOND, 10 * SECOND],
    [10 * SECOND, 10 * SECOND],
  ]);
});

test('a window that is short in the plan stays as it is', () => {
  const plan = planOf('seed-four-phases.yaml');
  const [first] = plan.guardrails;
  const brief = {...plan, guardrails: [{...first!, when: {...first!.when, overMs: 3 * SECOND}}]};
  expect(fasterPlan(brief, 1000).guardrails[0]?.when.overMs).toBe(3 * SECOND);
});
