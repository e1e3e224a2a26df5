import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {Gauge} from 'prom-client';
import {afterAll, beforeAll, describe, expect, inject, test} from 'vitest';
import {Workplace} from '../cli/program.ts';
import {Stage, until} from '../guard/stage.ts';
import type {Traffic} from '../guard/traffic.ts';
import {eventsOf, oneActsAtATime} from '../guard/watchmen.ts';
import {SECOND} from '../release/specification.ts';
import {prometheusMissing, startPrometheus, startTarget} from '../servers/prometheus.ts';
import {redisMissing, startRedis, type RedisServer} from '../servers/redis.ts';

const fixture = (name: string) => new URL(`../../fixtures/plans/${name}`, import.meta.url).pathname;

/** A target a side, scraped each second by a real Prometheus: how happy people are, and whether it answers. */
class Watched implements AsyncDisposable {
  readonly config: string;
  readonly #gray: Awaited<ReturnType<typeof startTarget>>;
  readonly #happy: Gauge;
  readonly #stop: () => Promise<unknown>;

  private constructor(
    config: string,
    gray: Awaited<ReturnType<typeof startTarget>>,
    happy: Gauge,
    stop: () => Promise<unknown>,
  ) {
    this.config = config;
    this.#gray = gray;
    this.#happy = happy;
    this.#stop = stop;
  }

  static async open(): Promise<Watched> {
    const folder = await mkdtemp(join(tmpdir(), 'graydeck-seed-plans-'));
    const [prod, gray] = await Promise.all([startTarget(), startTarget()]);
    const server = await startPrometheus({
      targets: [
        {address: prod.address, labels: {track: 'old'}},
        {address: gray.address, labels: {track: 'new'}},
      ],
    });
    const config = join(folder, 'graydeck.yaml');
    const lines = [
      `prometheus: {url: '${server.url}', every: 1s, scrape: 1s, sides: {label: track, prod: old, gray: new}}`,
      `metrics: {user_satisfaction: {query: 'avg(happy{{{match}}})'}}`,
    ];
    await writeFile(config, `${lines.join('\n')}\n`);
    const gauge = (registers: (typeof gray.registry)[]) =>
      new Gauge({name: 'happy', help: '1 to 5', registers});
    gauge([prod.registry]).set(4.6);
    const stop = async () => {
      await Promise.all([server.dispose(), prod.close(), gray.close()]);
      await rm(folder, {recursive: true});
    };
    const watched = new Watched(config, gray, gauge([gray.registry]), stop);
    watched.happy(4.7);
    await server.until('sum(up)', count => count === 2);
    return watched;
  }

  happy(value: number): void {
    this.#happy.set(value);
  }

  /** Gray's process answers no scrape any more, or does so again. */
  isUp(up: boolean): void {
    const {registry} = this.#gray;
    this.#gray.answer(async (_, response) => {
      response.statusCode = up ? 200 : 503;
      response.setHeader('content-type', registry.contentType);
      response.end(up ? await registry.metrics() : '');
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
  }
}

describe.skipIf(redisMissing || prometheusMissing)('hurried, under the guard as it is built', () => {
  let server: RedisServer;
  let place: Workplace;
  let watched: Watched;
  beforeAll(async () => {
    [server, watched] = await Promise.all([startRedis(), Watched.open()]);
    place = await Workplace.open(server.url);
  });
  afterAll(async () => {
    await place[Symbol.asyncDispose]();
    await watched[Symbol.asyncDispose]();
    await server.dispose();
  });

  /** A release of a plan's file, begun by its verb, with traffic and a guard. */
  async function begin(plan: string, speed: number, by = watched): Promise<Stage> {
    const stage = await Stage.open(server.url);
    // What no sample speaks of is asked of Prometheus.
    for (const side of ['prod', 'gray'] as const) stage.traffic[side].unavailable = null;
    stage.program = inject('program');
    const {feature} = stage.controller;
    // A plan that names its feature starts no other one.
    const text = (await readFile(plan, 'utf8')).replace(/^(?<key>\s*feature:).*$/mu, `$<key> ${feature}`);
    const file = await place.file(`${feature}.yaml`, text);
    const what = ['start', 'v2', '--over', 'v1', '--feature', feature, '--yes'];
    const {exitCode, stderr} = await place.run(...what, '--plan', file, '--speed', String(speed));
    if (exitCode !== 0) throw new Error(stderr);
    stage.guard('guard-1', '--config', by.config);
    return stage;
  }

  const phasesOf = (stage: Stage) =>
    eventsOf(stage.commits).flatMap(event => (event.type === 'phase-entered' ? [event] : []));

  /** The log has said why, each time; and that it was hurried. */
  function toldWhy(stage: Stage, speed: number): void {
    const events = eventsOf(stage.commits);
    expect(events[0]?.reason).toContain(`times divided by ${speed}`);
    const [, ...later] = phasesOf(stage);
    for (const {by, reason} of later)
      expect({by, reason}).toEqual({by: 'guard-1', reason: expect.stringMatching(/./u)});
    const verdicts = events.flatMap(event => (event.type === 'verdict-changed' ? [event] : []));
    expect(verdicts.every(({reasons}) => reasons.length > 0)).toBe(true);
    expect(verdicts.filter(({action}) => action === 'rollback')).toEqual([]);
    oneActsAtATime(stage.commits, ['guard-1']);
  }

  test.concurrent(
    'the plan of four phases goes from 0 to 100 % by itself, evidence on, and waits for complete',
    async () => {
      await using stage = await begin(fixture('seed-four-phases.yaml'), 40_000);
      await stage.until(({percent}) => percent === 100);
      const phases = phasesOf(stage);
      expect(phases.map(({percent}) => percent)).toEqual([5, 20, 50, 100]);
      const hours = [24, 48, 72];
      for (const [index, {at, reason}] of phases.slice(1).entries()) {
        const ranMs = at - phases[index]!.at;
        expect(ranMs).toBeGreaterThanOrEqual((hours[index]! * 3_600_000) / 40_000);
        expect(reason).toMatch(/has run/u);
      }
      await stage.until(
        ({verdict}) => verdict?.reasons.some(({code}) => code === 'complete_by_hand') === true,
      );
      const {exitCode} = await place.run(
        'complete',
        '--feature',
        stage.controller.feature,
        '--confirm',
        'v2',
      );
      expect(exitCode).toBe(0);
      expect(stage.release.plan.evidence).not.toBeNull();
      await stage.until(({state}) => state === 'completed');
      toldWhy(stage, 40_000);
    },
  );

  test.concurrent(
    'the plan of five phases goes on only when its criteria hold, those by Prometheus as well',
    async () => {
      watched.happy(4);
      await using stage = await begin(fixture('seed-five-phases.yaml'), 100_000);
      stage.traffic.gray.conversions = 0.1;
      // At 50 % people are not happy enough to go on.
      await stage.until(({phase}) => phase === 3);
      await stage.until(
        ({verdict}) =>
          verdict?.reasons.some(
            ({code, metric}) => code === 'criterion_fails' && metric === 'user_satisfaction',
          ) === true,
      );
      expect(stage.release.phase).toBe(3);
      watched.happy(4.8);
      const release = await stage.until(({phase}) => phase === 4);
      expect(release.left.map(({criteria}) => criteria.map(({outcome}) => outcome))).toEqual([
        [],
        ['holds', 'holds'],
        ['holds', 'holds'],
        ['holds', 'holds'],
      ]);
      expect(phasesOf(stage).map(({percent}) => percent)).toEqual([0, 1, 10, 50, 100]);
      toldWhy(stage, 100_000);
    },
  );

  test.concurrent('the loop climbs step by step and completes by itself', async () => {
    await using stage = await begin(fixture('ramp.yaml'), 20);
    await stage.until(({state}) => state === 'completed');
    expect(phasesOf(stage).map(({percent}) => percent)).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
    toldWhy(stage, 20);
  });

  const SICK: [string, number, (traffic: Traffic) => void, string][] = [
    ['errors', 5 * SECOND, ({gray}) => void (gray.errors = 0.3), 'error_rate'],
    ['slow answers', 10 * SECOND, ({gray}) => void (gray.time = 6000), 'response_time_p95'],
    ['requests without an answer', 5 * SECOND, ({gray}) => void (gray.unavailable = 0.2), 'availability'],
  ];
  const heal = ({gray}: Traffic) => void Object.assign(gray, {errors: 0, time: 80, unavailable: 0});

  test.concurrent.each(SICK)(
    'the plan of four phases takes gray back for %s after their time, not before, and not when they end before it',
    async (_, forMs, sicken, metric) => {
      // What is written in it decides alone.
      const text = await readFile(fixture('seed-four-phases.yaml'), 'utf8');
      await place.file(`${metric}.yaml`, `${text}evidence: off\n`);
      await using stage = await begin(join(place.folder, `${metric}.yaml`), 60);
      heal(stage.traffic);
      stage.traffic.prod.unavailable = 0;
      const {plan, id} = stage.release;
      expect(plan.guardrails.find(({when}) => when.metric === metric)).toMatchObject({
        forMs,
        then: 'rollback',
      });
      const {now} = stage.controller;
      // Enough people for a moment of health to be told from chance.
      await stage.does({type: 'set', release: id, percent: 50});
      await stage.until(({verdict}) => verdict !== null);
      const firstAt = now();
      sicken(stage.traffic);
      // How close to its time it may end, the judge's own tests say: here the machine may stand still for a while.
      await until(() => now() - firstAt > forMs / 2);
      heal(stage.traffic);
      // Well beyond the time, and until nothing of it is left in the window.
      await until(() => now() - firstAt > 2 * forMs + 6 * SECOND);
      expect(stage.release.state).toBe('rolling');

      const againAt = now();
      sicken(stage.traffic);
      const {rollback} = await stage.until(({rollback}) => rollback !== null);
      expect(rollback!.at - againAt).toBeGreaterThan(forMs);
      expect(rollback!).toMatchObject({by: 'guard-1', reason: expect.stringContaining('held') as string});
      const verdict = eventsOf(stage.commits).findLast(event => event.type === 'verdict-changed');
      expect(verdict).toMatchObject({action: 'rollback', reasons: [{code: 'guardrail', metric}]});
      await stage.until(({state}) => state === 'rolled_back');
    },
  );

  test.concurrent(
    'a gray that answers no scrape is taken back after its time, not before, and not when it answers again before',
    async () => {
      const speed = 30;
      const forMs = 300_000 / speed;
      await using ours = await Watched.open();
      await place.file(
        'by-time.yaml',
        `presets: [seed-rollback]\nevidence: off\nphases: [{name: half, percent: 50, duration: 300h}, {name: all, percent: 100}]\n`,
      );
      await using stage = await begin(join(place.folder, 'by-time.yaml'), speed, ours);
      await stage.until(({verdict}) => verdict !== null);
      const {now} = stage.controller;
      const firstAt = now();
      ours.isUp(false);
      await until(() => now() - firstAt > forMs / 2);
      ours.isUp(true);
      await until(() => now() - firstAt > 1.7 * forMs);
      expect(stage.release.state).toBe('rolling');

      const againAt = now();
      ours.isUp(false);
      const {rollback} = await stage.until(({rollback}) => rollback !== null);
      expect(rollback!.at - againAt).toBeGreaterThan(forMs);
      expect(rollback).toMatchObject({
        by: 'guard-1',
        reason: expect.stringMatching(/availability.*held/u) as string,
      });
    },
  );
});
