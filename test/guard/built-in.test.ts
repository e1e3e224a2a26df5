import {afterEach, expect, test} from 'vitest';
import {createEvaluator} from '../../source/analysis/evidence/evidence.ts';
import {builtInPlan} from '../../source/config/plan/built-in.ts';
import type {Plan} from '../../source/release/plan.ts';
import {MINUTE} from '../release/specification.ts';
import {World, type Second} from './world.ts';

let world: World;
afterEach(() => world[Symbol.asyncDispose]());

async function guarded(rest: Partial<Plan> = {}): Promise<void> {
  world = await World.open({...builtInPlan, ...rest});
  world.createEvaluator = createEvaluator;
  await world.takeOver();
}

/** Seconds until gray is taken back; null: it is not, in so many. */
async function takenBackAfter(seconds: number, gray: Second, prod: Second | null): Promise<number | null> {
  for (let second = 1; second <= seconds; second++) {
    await world.second(gray, prod);
    if (world.release.rollback !== null) return second;
  }
  return null;
}

const alone = {evidence: null};

test('a gray that fails outright is taken back within seconds, though prod is silent', async () => {
  await guarded();
  expect(await takenBackAfter(30, {requests: 5, errors: 5}, null)).toBeLessThanOrEqual(16);
  expect(world.release.rollback?.reason).toContain('error rate 100 %');
});

test('so is one of few requests that was well before', async () => {
  await guarded(alone);
  await world.for(60, {requests: 3}, {requests: 57});
  expect(await takenBackAfter(40, {requests: 3, errors: 3}, {requests: 57})).toBeLessThanOrEqual(20);
});

test('a handful of requests that fail takes nothing back', async () => {
  await guarded(alone);
  for (let round = 0; round < 20; round++) {
    expect(await takenBackAfter(1, {requests: 5, errors: 5}, {requests: 95})).toBeNull();
    expect(await takenBackAfter(14, {requests: 1}, {requests: 95})).toBeNull();
  }
});

test('a burst of a few seconds takes nothing back', async () => {
  await guarded(alone);
  await world.for(30, {requests: 20}, {requests: 380});
  expect(await takenBackAfter(4, {requests: 20, errors: 20}, {requests: 380})).toBeNull();
  expect(await takenBackAfter(60, {requests: 20}, {requests: 380})).toBeNull();
});

test('where prod fails as badly, gray stays and people are alerted', async () => {
  await guarded(alone);
  expect(await takenBackAfter(60, {requests: 20, errors: 18}, {requests: 380, errors: 330})).toBeNull();
  expect(world.release.verdict?.reasons.map(({code}) => code)).toContain('both_sides');
  expect(world.controller.snapshot().state.alerts.map(({level}) => level)).toContain('critical');
});

test('an error rate of 12 % for five minutes takes gray back without evidence', async () => {
  await guarded(alone);
  const after = await takenBackAfter(400, {requests: 25, errors: 3}, {requests: 475, errors: 2});
  expect(after).toBeGreaterThan(300);
  expect(after).toBeLessThan(320);
});

test('a service that measures no availability, on thin traffic, goes on by the plan', async () => {
  const phases = builtInPlan.phases.map((phase, index) => ({
    ...phase,
    durationMs: index < 3 ? MINUTE : null,
  }));
  await guarded({phases});
  for (let second = 0; second < 150; second++)
    await world.second(second % 10 === 0 ? {requests: 1} : null, second % 10 === 5 ? {requests: 19} : null);
  expect(world.release.phase).toBeGreaterThan(0);
});
