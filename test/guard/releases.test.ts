import {readFileSync} from 'node:fs';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {fasterPlan} from '../../source/config/faster-plan.ts';
import {metricBook} from '../../source/config/metric-book.ts';
import {readCondition} from '../../source/config/condition.ts';
import {readPlan} from '../../source/config/plan-file.ts';
import type {Guardrail, Plan} from '../../source/release/plan.ts';
import {redisMissing, startRedis, type RedisServer} from '../servers/redis.ts';
import {phase, planOf} from '../release/plans.ts';
import {HOUR, SECOND} from '../release/specification.ts';
import {Stage, until} from './stage.ts';
import type {Traffic} from './traffic.ts';
import {eventsOf} from './watchmen.ts';

/** A plan of the fixtures, hurried; without evidence, so that what is written in it decides alone. */
function hurried(file: string, speed: number): Plan {
  const text = readFileSync(new URL(`../../fixtures/plans/${file}`, import.meta.url), 'utf8');
  const reading = readPlan(text, file);
  if (!reading.ok) throw new Error(JSON.stringify(reading.mistakes));
  return fasterPlan({...reading.plan, evidence: null, complete: 'auto'}, speed);
}

function guardrail(when: string, forMs: number, then: Guardrail['then'] = 'rollback'): Guardrail {
  const reading = readCondition(when, metricBook());
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return {when: reading.value, forMs, then, level: 'critical'};
}

describe.skipIf(redisMissing)('a release under guard', {timeout: 120_000}, () => {
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

  const SICK: [string, number, (traffic: Traffic) => void, string][] = [
    ['errors', 5 * SECOND, ({gray}) => void (gray.errors = 0.3), 'error_rate'],
    ['slow answers', 10 * SECOND, ({gray}) => void (gray.time = 6000), 'response_time_p95'],
    ['requests without an answer', 5 * SECOND, ({gray}) => void (gray.unavailable = 0.2), 'availability'],
  ];
  const heal = ({gray}: Traffic) => void Object.assign(gray, {errors: 0, time: 80, unavailable: 0});

  test.concurrent.each(SICK)(
    'is rolled back for %s after their time, not before, and not when they end just before it',
    async (_, forMs, sicken, metric) => {
      const plan = hurried('seed-four-phases.yaml', 60);
      expect(plan.guardrails.find(({when}) => when.metric === metric)).toMatchObject({
        forMs,
        then: 'rollback',
      });
      await using stage = await open(plan);
      const {now} = stage.controller;
      // Enough people for a moment of health to be told from chance.
      await stage.does({type: 'set', release: 'r-1', percent: 50});
      await stage.until(({verdict}) => verdict !== null);
      const firstAt = now();
      sicken(stage.traffic);
      // As late as looks that come once a second can still tell.
      await until(() => now() - firstAt > forMs - 2 * SECOND);
      heal(stage.traffic);
      // Well beyond the time, and until nothing of it is left in the window.
      await until(() => now() - firstAt > 2 * forMs + 6 * SECOND, 60_000);
      expect(stage.release.state).toBe('rolling');

      const againAt = now();
      sicken(stage.traffic);
      const {rollback} = await stage.until(({rollback}) => rollback !== null, 60_000);
      expect(rollback!.at - againAt).toBeGreaterThan(forMs);
      // A window of 5 s to fill, a second to be over, a look.
      expect(rollback!.at - againAt).toBeLessThan(forMs + 9 * SECOND);
      expect(rollback!).toMatchObject({by: 'guard-1', reason: expect.stringContaining('held') as string});
      const verdict = eventsOf(stage.commits).findLast(event => event.type === 'verdict-changed');
      expect(verdict).toMatchObject({action: 'rollback', reasons: [{code: 'guardrail', metric}]});
      await stage.until(({state}) => state === 'rolled_back');
    },
  );

  test.concurrent(
    'is rolled back on time although its guard is killed meanwhile: what was held is not forgotten',
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
      const {rollback} = await stage.until(({rollback}) => rollback !== null, 60_000);
      expect(rollback).toMatchObject({by: 'guard-2'});
      expect(rollback!.at - sickAt).toBeGreaterThan(forMs);
      expect(rollback!.at - sickAt).toBeLessThan(forMs + 6 * SECOND);
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
