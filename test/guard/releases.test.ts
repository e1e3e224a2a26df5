import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {metricBook} from '../../source/config/condition/metric-book.ts';
import {readCondition} from '../../source/config/condition/condition.ts';
import type {Guardrail, Plan} from '../../source/release/plan.ts';
import {redisMissing, startRedis, type RedisServer} from '../servers/redis.ts';
import {phase, planOf} from '../release/plans.ts';
import {HOUR, SECOND} from '../release/specification.ts';
import {Stage, until} from './stage.ts';

function guardrail(when: string, forMs: number, then: Guardrail['then'] = 'rollback'): Guardrail {
  const reading = readCondition(when, metricBook());
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return {when: reading.value, forMs, then, level: 'critical'};
}

describe.skipIf(redisMissing)('a release under guard', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.dispose());

  const open = async (plan: Plan) => {
    const stage = await Stage.open(server.url);
    await stage.start(plan);
    stage.guard('guard-1');
    return stage;
  };

  test.concurrent(
    'is rolled back although its guard is killed meanwhile: what was held is not forgotten',
    async () => {
      const forMs = 20 * SECOND;
      const plan = planOf([phase('alpha', 20, {durationMs: HOUR}), phase('all', 100)], {
        guardrails: [guardrail('error_rate > 10 % over 2s', forMs)],
      });
      await using stage = await open(plan);
      const {now} = stage.controller;
      // Enough people for a moment of health to be told from chance.
      await stage.does({type: 'set', release: 'r-1', percent: 50});
      await stage.until(({verdict}) => verdict !== null);
      stage.guard('guard-2');
      const sickAt = now();
      stage.traffic.gray.errors = 0.3;
      await until(() => now() - sickAt > 9 * SECOND);
      stage.leader().signal('SIGKILL');
      const {rollback} = await stage.until(({rollback}) => rollback !== null);
      expect(rollback).toMatchObject({by: 'guard-2'});
      expect(rollback!.at - sickAt).toBeGreaterThan(forMs);
    },
  );

  test.concurrent('does not go on while gray is silent, and alerts have a life', async () => {
    const plan = planOf(
      [phase('alpha', 20, {durationMs: 4 * SECOND}), phase('all', 100, {durationMs: HOUR})],
      {
        guardrails: [guardrail('error_rate > 5 % over 2s', 0, 'alert')],
      },
    );
    const stage = await Stage.open(server.url);
    await using _ = stage;
    stage.traffic.isSilent = true;
    await stage.start(plan);
    stage.guard('guard-1');
    await stage.until(({verdict}) => verdict?.reasons.some(({code}) => code === 'no_data') === true);
    await until(() => stage.controller.now() - stage.release.phaseEnteredAt! > 8 * SECOND);
    expect(stage.release.phase).toBe(0);
    stage.traffic.isSilent = false;
    await stage.until(({phase}) => phase === 1);
    stage.traffic.gray.errors = 0.2;
    const raised = await stage.shown(({state}) => state.alerts.length > 0);
    expect(raised.state.alerts).toMatchObject([{level: 'critical', raisedBy: 'guard-1', resolvedAt: null}]);
    stage.traffic.gray.errors = 0;
    await stage.shown(({state}) => state.alerts.every(({resolvedAt}) => resolvedAt !== null));
    expect(stage.controller.snapshot().state.alerts).toHaveLength(1);
    expect(stage.release.state).toBe('rolling');
  });
});
