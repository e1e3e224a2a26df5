import {readFileSync} from 'node:fs';
import {afterEach, describe, expect, test} from 'vitest';
import {createEvaluator} from '../../source/analysis/evidence/evidence.ts';
import {builtInPlan} from '../../source/config/plan/built-in.ts';
import {fasterPlan} from '../../source/config/describe/plan.ts';
import {readPlan} from '../../source/config/plan/plan-file.ts';
import {presetGuardrails} from '../../source/config/plan/presets.ts';
import type {Plan} from '../../source/release/plan.ts';
import {World} from './world.ts';

let world: World;
afterEach(() => world[Symbol.asyncDispose]());

/** Ordinary traffic: 200 requests a second, of which gray has what is set. */
const REQUESTS = 200;

async function rehearsed(plan: Plan, speed: number): Promise<void> {
  world = await World.open(fasterPlan(plan, speed));
  world.createEvaluator = createEvaluator;
  await world.takeOver();
}

/** Seconds of traffic, until the release is as wanted; whether it came to be. */
async function until(fits: () => boolean, seconds: number, failing = 0): Promise<boolean> {
  for (let second = 0; second < seconds && !fits(); second++) {
    const gray = Math.round((REQUESTS * world.release.percent) / 100);
    const prod = gray === REQUESTS ? null : {requests: REQUESTS - gray, errors: second % 2};
    await world.second({requests: gray, errors: Math.round(gray * failing)}, prod);
  }
  return fits();
}

/** A limit as a plan of people has it: while it cannot be judged it holds. */
const strict: Plan = {
  ...builtInPlan,
  guardrails: presetGuardrails('seed-rollback').filter(({when}) => when.metric === 'error_rate'),
};

describe('a rehearsal, 2000 times as fast, at ordinary traffic', () => {
  test('goes through every phase in about its time', async () => {
    await rehearsed(strict, 2000);
    const whole = strict.phases.reduce((sum, {durationMs}) => sum + (durationMs ?? 0), 0) / 2000 / 1000;
    expect(await until(() => world.release.percent === 100, whole + 60)).toBe(true);
  });

  test('rolls back what is broken', async () => {
    await rehearsed({...strict, evidence: null}, 2000);
    await until(() => false, 20);
    expect(await until(() => world.release.rollback !== null, 10, 0.3)).toBe(true);
  });
});

test('a rehearsal of the plan with five phases gets through those that samples decide', async () => {
  const url = new URL('../../fixtures/plans/seed-five-phases.yaml', import.meta.url);
  const reading = readPlan(readFileSync(url, 'utf8'), 'five.yaml');
  if (!reading.ok) throw new Error(JSON.stringify(reading.mistakes));
  await rehearsed(reading.plan, 20_000);
  expect(await until(() => world.release.percent >= 10, 90)).toBe(true);
});
