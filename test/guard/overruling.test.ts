import {afterEach, describe, expect, test} from 'vitest';
import {createEvaluator} from '../../source/analysis/evidence/evidence.ts';
import {readCondition} from '../../source/config/condition/condition.ts';
import {metricBook} from '../../source/config/condition/metric-book.ts';
import type {Guardrail, Phase, Plan} from '../../source/release/plan.ts';
import {phase, planOf} from '../release/plans.ts';
import {HOUR, MINUTE, SECOND} from '../release/specification.ts';
import {World} from './world.ts';

function guardrail(when: string, forMs: number, then: Guardrail['then'] = 'pause'): Guardrail {
  const reading = readCondition(when, metricBook());
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return {when: reading.value, forMs, then, level: 'critical'};
}

/** Percent of gray's requests that fail. */
const WELL = 0;
const SICK = 40;
const BROKEN = [guardrail('error_rate > 10 % over 10s', 10 * SECOND)];
const EVIDENCE = {falseAlarms: 0.01, margin: 0, then: 'pause'} as const;

let world: World;
afterEach(() => world[Symbol.asyncDispose]());

/** A guarded release: alpha at 20 %, then beta at 50 %, then everyone, each so long. */
async function guarded(rest: Partial<Plan>, durationMs = MINUTE, more: Partial<Phase> = {}): Promise<void> {
  const beta = phase('beta', 50, {durationMs, ...more});
  const phases = [phase('alpha', 20, {durationMs}), beta, phase('all', 100, {durationMs})];
  world = await World.open(planOf(phases, {complete: 'auto', ...rest}));
  world.createEvaluator = createEvaluator;
  await world.takeOver();
}

/** Seconds in which so many percent of gray's requests fail; gray has the share of 1000 requests that is set. */
async function serve(seconds: number, failing: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    const requests = world.release.percent * 10;
    const prod = requests === 1000 ? null : {requests: 1000 - requests};
    await world.second({requests, errors: (requests * failing) / 100}, prod);
  }
}

const resume = () => world.does({type: 'resume', release: 'r-1'});
const codes = () => world.release.verdict?.reasons.map(({code}) => code) ?? [];
/** Shown every second until the guard pauses the release, at most so long; whether it did. */
async function isPausedWithin(seconds: number, failing: number): Promise<boolean> {
  for (let second = 0; second < seconds && world.release.state === 'rolling'; second++)
    await serve(1, failing);
  return world.release.state === 'paused';
}

describe('a pause by a person', () => {
  test('overrules nothing: evidence still pauses the release afterwards', async () => {
    await guarded({evidence: EVIDENCE}, HOUR);
    await serve(30, WELL);
    await world.does({type: 'pause', release: 'r-1'});
    await serve(60, WELL);
    await resume();
    await serve(30, WELL);
    expect(world.release.state).toBe('rolling');
    expect(await isPausedWithin(60, SICK)).toBe(true);
    expect(codes()).toEqual(['evidence']);
    expect(world.release.pausedBecause).toEqual([{kind: 'evidence', metric: 'error_rate'}]);
  });

  test('overrules no guardrail that fires meanwhile', async () => {
    await guarded({guardrails: BROKEN}, HOUR);
    await serve(10, WELL);
    await world.does({type: 'pause', release: 'r-1'});
    await serve(60, SICK);
    await resume();
    expect(await isPausedWithin(3, SICK)).toBe(true);
    expect(world.release.pausedBecause).toHaveLength(1);
  });
});

describe('a guardrail that was overruled', () => {
  /** Paused at 40 % errors, then resumed by a person. */
  async function overruled(guardrails: Guardrail[] = BROKEN, durationMs = MINUTE): Promise<void> {
    await guarded({guardrails}, durationMs);
    expect(await isPausedWithin(40, SICK)).toBe(true);
    await resume();
  }

  test('does not pause again, but keeps the release where it is and is named', async () => {
    await overruled();
    await serve(5 * 60, SICK);
    expect(world.release).toMatchObject({state: 'rolling', phase: 0, percent: 20});
    expect(world.release.verdict).toMatchObject({action: 'hold'});
    expect(world.release.verdict?.reasons).toContainEqual(
      expect.objectContaining({code: 'guardrail_overruled', metric: 'error_rate', threshold: 10}),
    );
  });

  test('pauses again once it was well and breaks again', async () => {
    await overruled(BROKEN, HOUR);
    await serve(30, SICK);
    await serve(40, WELL);
    expect(codes()).not.toContain('guardrail_overruled');
    expect(await isPausedWithin(40, SICK)).toBe(true);
  });

  test('lets the release go on once it is well', async () => {
    await overruled();
    await serve(30, SICK);
    await serve(120, WELL);
    expect(world.release.phase).toBeGreaterThan(0);
  });

  test('pauses again in the next phase, into which a person took it', async () => {
    await overruled(BROKEN, HOUR);
    await serve(5, SICK);
    await world.does({type: 'next', release: 'r-1', from: 0});
    expect(await isPausedWithin(40, SICK)).toBe(true);
    expect(world.release.phase).toBe(1);
  });

  test('stays overruled when a person raises it within the phase, and still holds', async () => {
    await overruled();
    await serve(5, SICK);
    await world.does({type: 'set', release: 'r-1', percent: 30});
    await serve(90, SICK);
    expect(world.release).toMatchObject({state: 'rolling', phase: 0, percent: 30});
    expect(codes()).toContain('guardrail_overruled');
  });

  test('leaves every other guardrail armed', async () => {
    await overruled([...BROKEN, guardrail('error_rate > 60 % over 10s', 0)], HOUR);
    await serve(20, SICK);
    expect(await isPausedWithin(30, 80)).toBe(true);
    expect(world.release.pausedBecause).toEqual([expect.objectContaining({kind: 'guardrail'})]);
  });

  test('leaves one that takes gray back armed', async () => {
    const back = guardrail('error_rate > 10 % over 10s', 60 * SECOND, 'rollback');
    await overruled([...BROKEN, back], HOUR);
    await serve(60, SICK);
    expect(world.release.rollback).not.toBeNull();
  });

  test('is overruled for a guard that takes over and for a console that is opened late', async () => {
    await overruled();
    await serve(20, SICK);
    await world.takeOver();
    const late = await world.opensConsole();
    for (let second = 0; second < 60; second++) {
      await serve(1, SICK);
      expect(late.judged?.judgement.verdict).toEqual(world.judged?.judgement.verdict);
    }
    expect(world.release).toMatchObject({state: 'rolling', phase: 0});
    expect(codes()).toContain('guardrail_overruled');
  });

  test('is overruled by a resume that no guard has judged before it died', async () => {
    await guarded({guardrails: BROKEN});
    expect(await isPausedWithin(40, SICK)).toBe(true);
    await serve(1, SICK);
    await world.acting?.end();
    world.acting = null;
    await serve(3, SICK);
    await resume();
    await serve(3, SICK);
    await world.takeOver();
    await serve(60, SICK);
    expect(world.release).toMatchObject({state: 'rolling', phase: 0});
    expect(codes()).toContain('guardrail_overruled');
  });
});

describe('evidence that was overruled', () => {
  test('starts again from nothing on that metric, and pauses again', async () => {
    await guarded({evidence: EVIDENCE}, HOUR);
    expect(await isPausedWithin(60, SICK)).toBe(true);
    await resume();
    await serve(1, WELL);
    expect(world.judged?.judgement.evidence?.decided).toBe(false);
    expect(world.release.state).toBe('rolling');
    expect(await isPausedWithin(60, SICK)).toBe(true);
    expect(world.release.overruled).toMatchObject([{number: 1, because: [{kind: 'evidence'}]}]);
  });

  test('agrees with a console that is opened late, to the last digit', async () => {
    await guarded({evidence: EVIDENCE}, HOUR);
    expect(await isPausedWithin(60, SICK)).toBe(true);
    await resume();
    await serve(7, WELL);
    const late = await world.opensConsole();
    for (let second = 0; second < 10; second++) {
      await serve(1, WELL);
      expect(late.judged?.judgement.evidence).toEqual(world.judged?.judgement.evidence);
    }
  });

  test('that takes gray back is not overruled by ending a pause', async () => {
    await guarded({guardrails: BROKEN, evidence: {...EVIDENCE, then: 'rollback'}}, HOUR);
    await world.does({type: 'pause', release: 'r-1'});
    await resume();
    await serve(40, SICK);
    expect(world.release.rollback).not.toBeNull();
  });
});

test('an older log, in which a pause names no finding, is read: the guard pauses once more and says why', async () => {
  await guarded({guardrails: BROKEN}, HOUR);
  await serve(20, SICK);
  expect(world.release.state).toBe('paused');
  const old = {release: 'r-1', by: {name: 'guard-1', kind: 'guard', epoch: 1}} as const;
  await resume();
  await serve(3, SICK);
  expect((await world.does({type: 'pause', release: 'r-1'}, old.by)).kind).toBe('done');
  expect(world.release.pausedBecause).toEqual([]);
  await resume();
  await serve(20, SICK);
  expect(world.release).toMatchObject({state: 'rolling', phase: 0});
});
