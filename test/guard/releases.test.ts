import {readFileSync} from 'node:fs';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Gauge} from 'prom-client';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {fasterPlan} from '../../source/config/faster-plan.ts';
import {metricBook} from '../../source/config/metric-book.ts';
import {readCondition} from '../../source/config/condition.ts';
import {readPlan} from '../../source/config/plan-file.ts';
import type {Guardrail, Plan} from '../../source/release/plan.ts';
import type {Reason} from '../../source/release/state.ts';
import {prometheusMissing, startPrometheus, startTarget} from '../servers/prometheus.ts';
import {redisMissing, startRedis, type RedisServer} from '../servers/redis.ts';
import {phase, planOf} from '../release/plans.ts';
import {HOUR, SECOND} from '../release/specification.ts';
import {Stage, until} from './stage.ts';
import type {Traffic} from './traffic.ts';
import {eventsOf, oneActsAtATime} from './watchmen.ts';

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

/** How happy people are, as a real Prometheus hears it, and the configuration that asks for it. */
class Satisfaction implements AsyncDisposable {
  readonly #folder: string;
  readonly #gauge: Gauge<'side'>;
  readonly #stop: () => Promise<unknown>;

  private constructor(folder: string, gauge: Gauge<'side'>, stop: () => Promise<unknown>) {
    this.#folder = folder;
    this.#gauge = gauge;
    this.#stop = stop;
  }

  static async open(): Promise<Satisfaction> {
    const folder = await mkdtemp(join(tmpdir(), 'graydeck-releases-'));
    const target = await startTarget();
    const prometheus = await startPrometheus({targets: [{address: target.address}]});
    const config = [
      `prometheus: {url: '${prometheus.url}', every: 1s, scrape: 1s}`,
      `metrics: {user_satisfaction: {query: 'avg(happy{side="{{side}}"})'}}`,
    ];
    await writeFile(join(folder, 'graydeck.yaml'), `${config.join('\n')}\n`);
    const registers = [target.registry];
    const gauge = new Gauge({name: 'happy', help: '1 to 5', labelNames: ['side'], registers});
    return new Satisfaction(folder, gauge, () => Promise.all([prometheus.dispose(), target.close()]));
  }

  get config(): string {
    return join(this.#folder, 'graydeck.yaml');
  }

  set(gray: number): void {
    this.#gauge.set({side: 'prod'}, 4.6);
    this.#gauge.set({side: 'gray'}, gray);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    await rm(this.#folder, {recursive: true});
  }
}

/** What the log says of phases and their verdicts. */
const phasesOf = (stage: Stage) =>
  eventsOf(stage.commits).flatMap(event => (event.type === 'phase-entered' ? [event] : []));

describe.skipIf(redisMissing)('a release under guard', {timeout: 120_000}, () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.dispose());

  const open = async (plan: Plan, ...args: string[]) => {
    const stage = await Stage.open(server.url);
    await stage.start(plan);
    stage.guard('guard-1', ...args);
    return stage;
  };

  test.concurrent(
    'of four phases goes from 0 to 100 % and is completed by itself, with its reasons',
    async () => {
      const plan = hurried('seed-four-phases.yaml', 40_000);
      await using stage = await open(plan);
      const release = await stage.until(({state}) => state === 'completed', 90_000);
      expect(release.rollback).toBeNull();
      const phases = phasesOf(stage);
      expect(phases.map(({percent}) => percent)).toEqual([5, 20, 50, 100]);
      for (const [index, {at, reason, by}] of phases.entries()) {
        if (index === 0) continue;
        const before = plan.phases[index - 1]!;
        expect(at - phases[index - 1]!.at).toBeGreaterThanOrEqual(before.durationMs!);
        expect({by, reason}).toEqual({
          by: 'guard-1',
          reason: expect.stringContaining(`${before.name} has run`) as string,
        });
      }
      const verdicts = eventsOf(stage.commits).flatMap(event =>
        event.type === 'verdict-changed' ? [event] : [],
      );
      // Each step up stands on a verdict with its numbers.
      expect(verdicts.filter(({action}) => action === 'advance')).toHaveLength(4);
      expect(verdicts.every(({reasons}) => reasons.length > 0)).toBe(true);
      oneActsAtATime(stage.commits, ['guard-1']);
    },
  );

  test
    .skipIf(prometheusMissing)
    .concurrent(
      'of five phases goes on only when its criteria hold, those by Prometheus as well, and says that they did',
      async () => {
        await using satisfaction = await Satisfaction.open();
        satisfaction.set(4);
        await using stage = await open(
          hurried('seed-five-phases.yaml', 100_000),
          '--config',
          satisfaction.config,
        );
        stage.traffic.gray.conversions = 0.1;
        // At 50 % people are not happy enough to go on.
        await stage.until(({phase}) => phase === 3, 60_000);
        const isUnhappy = ({code, metric}: Reason) =>
          code === 'criterion_fails' && metric === 'user_satisfaction';
        await stage.until(({verdict}) => verdict?.reasons.some(isUnhappy) === true, 30_000);
        expect(stage.release.phase).toBe(3);
        satisfaction.set(4.8);
        const release = await stage.until(({state}) => state === 'completed', 60_000);
        expect(release.left.map(({criteria}) => criteria.map(({outcome}) => outcome))).toEqual([
          [],
          ['holds', 'holds'],
          ['holds', 'holds'],
          ['holds', 'holds'],
        ]);
        expect(release.left.at(-1)?.criteria.map(({text}) => text)).toContain('user_satisfaction > 4.5');
      },
    );

  test.concurrent('of a ramp climbs step by step', async () => {
    await using stage = await open(hurried('ramp.yaml', 60));
    await stage.until(({state}) => state === 'completed', 90_000);
    expect(phasesOf(stage).map(({percent}) => percent)).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
  });

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
