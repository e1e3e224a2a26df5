import {afterAll, beforeAll, describe, expect, inject, test} from 'vitest';
import {readCondition} from '../../source/config/condition/condition.ts';
import {metricBook} from '../../source/config/condition/metric-book.ts';
import {Stage, until} from '../guard/stage.ts';
import {eventsOf} from '../guard/watchmen.ts';
import {phase, planOf} from '../release/plans.ts';
import {HOUR, SECOND} from '../release/specification.ts';
import {redisMissing, startRedis, type RedisServer} from '../servers/redis.ts';

const PHASE_MS = 6 * SECOND;

function plan() {
  const when = readCondition('error_rate > 10 % over 3s', metricBook());
  if (!when.ok) throw new Error(JSON.stringify(when.problems));
  const phases = [phase('alpha', 20, {durationMs: PHASE_MS}), phase('all', 100, {durationMs: HOUR})];
  return planOf(phases, {
    guardrails: [{when: when.value, forMs: 0, then: 'rollback', level: 'critical'}],
  });
}

describe.skipIf(redisMissing)('under guard, with odd samples in the stream', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.dispose());

  const open = async (): Promise<Stage> => {
    const stage = await Stage.open(server.url);
    stage.program = inject('program');
    return stage;
  };
  const write = async ({controller}: Stage, ...words: (string | number)[]): Promise<void> => {
    await server.admin.xadd(`graydeck:{${controller.feature}}:metrics`, ...(words as [string]));
  };
  /** Written again and again until it is over. */
  const again = (stage: Stage, ...entries: (string | number)[][]): Disposable => {
    const timer = setInterval(() => {
      for (const entry of entries) void write(stage, '*', ...entry).catch(() => undefined);
    }, 100);
    return {[Symbol.dispose]: () => clearInterval(timer)};
  };
  const sick = ['requests', 1000, 'errors', 1000];

  test.concurrent(
    'of another release, of an older split, repeated, or no samples at all, takes nothing back and goes on in time',
    async () => {
      await using stage = await open();
      await stage.start(plan());
      await write(stage, '*', 'side', 'gray', 'instance', 'web-9', 'seq', 1, ...sick);
      using _ = again(
        stage,
        ['side', 'gray', 'release', 'r-0', ...sick],
        ['side', 'gray', 'split', 0, ...sick],
        ['side', 'gray', 'instance', 'web-9', 'seq', 1, ...sick],
        ['side', 'gray', 'cohort', 'chosen', ...sick],
        ['side', 'gray', 'requests', -5, 'errors', 'NaN'],
        ['side', 'grey', ...sick],
        ['gray'].concat('side'),
      );
      // The one that counts is over when anybody looks.
      await until(() => stage.controller.now() - stage.release.startedAt > 4 * SECOND);
      stage.guard('guard-1');
      const {phaseEnteredAt} = await stage.until(({phase}) => phase === 1);
      expect(phaseEnteredAt! - stage.release.startedAt).toBeGreaterThanOrEqual(PHASE_MS);
      expect(stage.release).toMatchObject({state: 'rolling', rollback: null});
      const bad = (code: string) => code === 'guardrail' || code === 'guardrail_holds';
      const verdicts = eventsOf(stage.commits).flatMap(event =>
        event.type === 'verdict-changed' ? event.reasons : [],
      );
      expect(verdicts.filter(({code}) => bad(code))).toEqual([]);
      // It is not deaf: what is said of this release counts.
      stage.traffic.gray.errors = 0.6;
      await stage.until(({rollback}) => rollback !== null);
    },
  );

  test.concurrent('of the release before takes the next one not back', async () => {
    await using stage = await open();
    await stage.start(plan());
    stage.guard('guard-1');
    await stage.until(({verdict}) => verdict !== null);
    stage.traffic.gray.errors = 0.6;
    await stage.until(({state}) => state === 'rolled_back');
    stage.traffic.gray.errors = 0;
    using _ = again(stage, ['side', 'gray', 'release', 'r-1', ...sick]);
    await stage.does({type: 'start', release: 'r-2', version: 'v3', over: 'v1', plan: plan()});
    const {phase: reached} = await stage.until(({id, phase}) => id === 'r-2' && phase === 1);
    expect({reached, rollback: stage.release.rollback}).toEqual({reached: 1, rollback: null});
  });

  for (const [what, idOf] of [
    ['an hour ahead', (now: number) => `${now + HOUR}-0`],
    ['the last of all', () => '18446744073709551615-18446744073709551615'],
  ] as const) {
    test.concurrent(
      `whose id is ${what} hides nothing: the stream is mended, and gray is taken back`,
      async () => {
        await using stage = await open();
        await stage.start(plan());
        stage.guard('guard-1');
        await stage.guarded();
        // From now on the stream's own clock stands there: every sample would come from the future, or be refused.
        await write(stage, idOf(stage.controller.now()), 'side', 'prod', 'requests', 1);
        stage.traffic.gray.errors = 0.6;
        const {rollback} = await stage.until(({state}) => state === 'rolled_back');
        expect(rollback?.reason).toContain('error rate');
        const {alerts} = stage.controller.snapshot().state;
        expect(alerts.find(({key}) => key === 'stream samples')).toMatchObject({
          level: 'warning',
          message: expect.stringContaining('put aside') as string,
        });
      },
    );
  }
});
