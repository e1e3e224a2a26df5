import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {keepSummary} from '../../source/cli/guard/keep-feature.ts';
import {readCondition} from '../../source/config/condition/condition.ts';
import {metricBook} from '../../source/config/condition/metric-book.ts';
import {openController} from '../../source/controller/controller.ts';
import type {Controller} from '../../source/controller/outcome.ts';
import {openMonitor, type Monitor} from '../../source/monitor/monitor.ts';
import {openStore} from '../../source/store/open.ts';
import type {OperatorStore} from '../../source/store/port.ts';
import {eventually} from '../patience.ts';
import {phase, planOf} from '../release/plans.ts';
import {HOUR, MINUTE} from '../release/specification.ts';
import {redisMissing, startRedis, type RedisServer} from '../servers/redis.ts';

const SETTINGS = {declared: {}, config: null, prometheus: null};
const BY = {name: 'liu', kind: 'person'} as const;

/** Gray may fail for an hour before anything is done about it; two metrics look at windows of their own. */
function plan() {
  const when = (text: string) => {
    const read = readCondition(text, metricBook());
    if (!read.ok) throw new Error(text);
    return read.value;
  };
  const then = {then: 'pause', level: 'warning', forMs: HOUR} as const;
  return planOf([phase('alpha', 20, {durationMs: HOUR}), phase('beta', 40), phase('all', 100)], {
    guardrails: [
      {when: when('error_rate > 10 % over 1m min 10 requests'), ...then},
      {when: when('conversion_rate < 50 % over 5m min 10 requests'), ...then},
    ],
  });
}

let redis: RedisServer | null = null;
let folder = '';
beforeAll(async () => {
  redis = redisMissing ? null : await startRedis();
  folder = await mkdtemp(join(tmpdir(), 'graydeck-monitor-'));
});
afterAll(async () => {
  await redis?.stop();
  await rm(folder, {recursive: true});
});

/** A release at 20 % in a store, two consoles on it, and an app that goes on writing samples. */
class Place implements AsyncDisposable {
  readonly #stop = new AbortController();
  readonly #writing: Promise<void>;

  readonly store: OperatorStore;
  readonly controller: Controller;
  readonly monitor: Monitor;
  readonly feature: ReturnType<OperatorStore['feature']>;

  private constructor(
    store: OperatorStore,
    controller: Controller,
    monitor: Monitor,
    feature: ReturnType<OperatorStore['feature']>,
  ) {
    this.store = store;
    this.controller = controller;
    this.monitor = monitor;
    this.feature = feature;
    this.#writing = this.#write();
  }

  static async open(address: string, name: string): Promise<Place> {
    const store = await openStore(address, 'operator', {env: {}});
    const feature = store.feature(name);
    const controller = openController({feature: name, log: feature.log, now: () => store.now()});
    await controller.ready();
    const start = {type: 'start', release: 'r1', version: 'v2', over: 'v1', plan: plan()} as const;
    await controller.execute(start, {by: BY});
    const monitor = await openMonitor(store, feature, SETTINGS, {view: controller});
    monitor.start();
    monitor.judge();
    return new Place(store, controller, monitor, feature);
  }

  async #write(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const {splitVersion} = this.controller.snapshot();
      const sample = (side: string, errors: number) =>
        `side ${side} split ${splitVersion} requests 20 errors ${errors} conversions 5`.split(' ');
      await this.feature.samples.write([sample('prod', 1), sample('gray', 3)]);
      await new Promise(resolve => setTimeout(resolve, 200));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#writing;
    await this.monitor.close();
    await this.controller.close();
    await this.store.close();
  }
}

describe.each([
  ['sqlite', () => `sqlite:${join(folder, 'store.db')}`],
  ['redis', () => redis?.url ?? ''],
] as const)('the monitor of a feature on %s', (kind, address) => {
  test.skipIf(kind === 'redis' && redisMissing)(
    'shows the second that was judged, with the numbers that were judged',
    async () => {
      await using place = await Place.open(address(), `same_${kind}`);
      const {monitor} = place;
      const stop = monitor.subscribe(() => undefined);
      const seen = await eventually(() => {
        const snapshot = monitor.snapshot();
        expect(snapshot.judgement?.guardrails[0]?.outcome.value).not.toBeNull();
        expect(snapshot.judgement?.guardrails[1]?.outcome.value).not.toBeNull();
        expect(snapshot.window.to).toBe(snapshot.judgement?.verdict.at);
        return snapshot;
      });
      const [errors, conversions] = seen.judgement!.guardrails.map(({outcome}) => outcome.value);
      const errorWindow = seen.ownWindows.get('error_rate') ?? seen;
      const ofErrors = 'prod' in errorWindow ? errorWindow.gray : seen.gray;
      expect('numbers' in ofErrors ? ofErrors.numbers.errorRate : ofErrors.errorRate).toBeCloseTo(errors!, 9);
      expect(seen.gray.numbers.conversionRate).toBeCloseTo(conversions!, 9);
      expect(seen.windowMs).toBe(5 * MINUTE);
      expect(monitor.snapshot()).toBe(monitor.snapshot());
      stop();
    },
  );

  test.skipIf(kind === 'redis' && redisMissing)(
    'after a change of the percentage carries the last numbers over, marked, and says that it is settling',
    async () => {
      await using place = await Place.open(address(), `carried_${kind}`);
      const {monitor, controller} = place;
      const frames: ReturnType<Monitor['snapshot']>[] = [];
      const stop = monitor.subscribe(() => void frames.push(monitor.snapshot()));
      await eventually(() => expect(monitor.snapshot().prod.numbers.requests).toBeGreaterThan(200));
      const outcome = await controller.execute({type: 'set', release: 'r1', percent: 30, from: 20}, {by: BY});
      expect(outcome.kind).toBe('done');
      const isSettled = (): void => {
        const {carriedMs, settlingMs, judgement} = monitor.snapshot();
        expect(judgement).not.toBeNull();
        expect(carriedMs).toBeNull();
        expect(settlingMs).toBeNull();
      };
      await eventually(() => expect(monitor.snapshot().carriedMs).not.toBeNull());
      await eventually(isSettled);
      stop();
      const after = frames.filter(({snapshot}) => snapshot.state.release?.percent === 30);
      const [first] = after;
      expect(first?.carriedMs).toBeGreaterThanOrEqual(0);
      expect(first?.settlingMs).toBeGreaterThanOrEqual(0);
      // Never an empty panel, and never the numbers of before without a mark.
      for (const frame of after) {
        expect(frame.prod.numbers.requests).toBeGreaterThan(0);
        expect(frame.gray.numbers.errorRate).not.toBeNull();
      }
    },
  );

  test.skipIf(kind === 'redis' && redisMissing)(
    'writes nothing, but the process that acts publishes a summary that readers read',
    async () => {
      await using place = await Place.open(address(), `summary_${kind}`);
      const {monitor, feature, controller} = place;
      const {version} = controller.snapshot().head!;
      await eventually(() => expect(monitor.snapshot().judgement).not.toBeNull());
      expect(await feature.summary.read()).toBeNull();
      expect((await feature.log.head())?.version).toBe(version);
      expect(await feature.rollUps.read('minutes', 0)).toEqual([]);

      const first = new AbortController();
      const keeping = {monitor, summary: feature.summary, isOnDuty: () => true, isGuard: false};
      const kept = keepSummary(keeping, first.signal);
      const viewer = await openStore(address(), 'viewer', {env: {}});
      const read = async () =>
        JSON.parse((await viewer.feature(`summary_${kind}`).summary.read()) ?? 'null') as Record<
          string,
          unknown
        >;
      await eventually(async () =>
        expect(await read()).toMatchObject({
          schema: 'graydeck.summary/1',
          state: 'rolling',
          percent: {set: 20},
          verdict: {action: 'hold'},
          onset: null,
          lastMinute: {gray: {errorRate: 15}},
        }),
      );
      // Of two consoles the first one does it; a guard does not ask.
      const {by} = await read();
      const second = new AbortController();
      const other = keepSummary(keeping, second.signal);
      const {at} = await read();
      await eventually(async () => expect((await read())['at']).toBeGreaterThan((at as number) + 1000));
      expect((await read())['by']).toBe(by);
      second.abort();
      const guarding = keepSummary({...keeping, isGuard: true}, first.signal);
      await eventually(async () => expect((await read())['by']).not.toBe(by));
      first.abort();
      await Promise.all([kept, other, guarding]);
      await viewer.close();
    },
  );
});
