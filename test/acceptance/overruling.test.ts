import {afterAll, beforeAll, describe, expect, inject, test} from 'vitest';
import {Workplace} from '../cli/program.ts';
import {readCondition} from '../../source/config/condition/condition.ts';
import {metricBook} from '../../source/config/condition/metric-book.ts';
import type {Plan} from '../../source/release/plan.ts';
import {Stage, until} from '../guard/stage.ts';
import {eventsOf} from '../guard/watchmen.ts';
import {phase, planOf} from '../release/plans.ts';
import {HOUR, SECOND} from '../release/specification.ts';
import {redisMissing, startRedis, type RedisServer} from '../servers/redis.ts';

const PHASE_MS = 6 * SECOND;

interface Status {
  verdict: {action: string; reasons: {code: string; metric: string; threshold: number}[]};
}

describe.skipIf(redisMissing)('after a pause that a person ends', () => {
  let server: RedisServer;
  let cli: Workplace;
  beforeAll(async () => {
    server = await startRedis();
    cli = await Workplace.open(server.url);
  });
  afterAll(async () => {
    await cli[Symbol.asyncDispose]();
    await server.dispose();
  });

  /** A release under the built guard. */
  async function guarded(plan: Plan): Promise<Stage> {
    const stage = await Stage.open(server.url);
    stage.program = inject('program');
    await stage.start(plan);
    stage.guard('guard-1');
    await stage.guarded();
    return stage;
  }
  const does = async ({controller}: Stage, ...argv: string[]) =>
    expect(await cli.run(...argv, '--feature', controller.feature, '--yes')).toMatchObject({exitCode: 0});
  const statusOf = async ({controller}: Stage) =>
    (await cli.json('status', '--feature', controller.feature)) as unknown as Status;
  const types = ({commits}: Stage) => eventsOf(commits).map(({type}) => type);

  test.concurrent('for lunch, evidence still pauses the release', async () => {
    const evidence = {falseAlarms: 0.01, margin: 0, then: 'pause'} as const;
    const phases = [phase('alpha', 20, {durationMs: HOUR}), phase('all', 100)];
    await using stage = await guarded(planOf(phases, {evidence}));
    await stage.until(({verdict}) => verdict !== null);
    await does(stage, 'pause', '--reason', 'lunch');
    await does(stage, 'resume');
    expect(stage.release.state).toBe('rolling');
    stage.traffic.gray.errors = 0.4;
    await stage.until(({state}) => state === 'paused');
    expect(stage.release.pausedBecause).toEqual([{kind: 'evidence', metric: 'error_rate'}]);
    const {verdict} = await statusOf(stage);
    expect(verdict.reasons.map(({code}) => code)).toContain('evidence');
    // Resumed a second time, now against evidence: that finding starts again from nothing and finds it again.
    await does(stage, 'resume');
    await stage.until(({state, overruled}) => state === 'paused' && overruled.length === 1);
    expect(types(stage).filter(type => type === 'release-paused')).toHaveLength(3);
  });

  test.concurrent('at a broken guardrail, the release stays where it is until it is well', async () => {
    const when = readCondition('error_rate > 10 % over 3s', metricBook());
    if (!when.ok) throw new Error(JSON.stringify(when.problems));
    const guardrails = [{when: when.value, forMs: 0, then: 'pause', level: 'critical'}] as const;
    const phases = [phase('alpha', 20, {durationMs: PHASE_MS}), phase('all', 100)];
    await using stage = await guarded(planOf(phases, {guardrails: [...guardrails]}));
    stage.traffic.gray.errors = 0.4;
    await stage.until(({state}) => state === 'paused');
    await does(stage, 'resume');
    await stage.until(
      ({verdict}) => verdict?.reasons.some(({code}) => code === 'guardrail_overruled') === true,
    );
    // Twice as long as the phase was to take.
    const resumedAt = stage.controller.now();
    await until(() => stage.controller.now() > resumedAt + 2 * PHASE_MS);
    expect(stage.release).toMatchObject({state: 'rolling', phase: 0, percent: 20});
    const {verdict} = await statusOf(stage);
    expect(verdict.action).toBe('hold');
    expect(verdict.reasons).toContainEqual(
      expect.objectContaining({code: 'guardrail_overruled', metric: 'error_rate', threshold: 10}),
    );
    const before = stage.commits.length;
    expect(types(stage).filter(type => type === 'phase-entered')).toHaveLength(1);
    stage.traffic.gray.errors = 0;
    await stage.until(({phase}) => phase === 1);
    expect(eventsOf(stage.commits.slice(before)).map(({type}) => type)).not.toContain('release-paused');
  });
});
