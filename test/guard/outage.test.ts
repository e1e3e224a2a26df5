import {describe, expect, test} from 'vitest';
import {metricBook} from '../../source/config/condition/metric-book.ts';
import {readCondition} from '../../source/config/condition/condition.ts';
import type {Reason} from '../../source/release/state.ts';
import {phase, planOf} from '../release/plans.ts';
import {HOUR, SECOND} from '../release/specification.ts';
import {redisMissing, startRedis, type RedisServer} from '../servers/redis.ts';
import {Stage, until} from './stage.ts';
import {eventsOf, oneActsAtATime} from './watchmen.ts';

/** Longer than any lease. */
const AWAY_MS = 12 * SECOND;

/** A window that remembers for a minute. */
function plan() {
  const when = readCondition('error_rate > 10 % over 1m', metricBook());
  if (!when.ok) throw new Error(JSON.stringify(when.problems));
  return planOf([phase('alpha', 20, {durationMs: HOUR}), phase('all', 100)], {
    guardrails: [{when: when.value, forMs: 10 * SECOND, then: 'rollback', level: 'critical'}],
  });
}

const isSick = ({code}: Reason) => code === 'guardrail_holds';

describe.skipIf(redisMissing)('when the store comes back', () => {
  const OUTAGES: [
    string,
    (server: RedisServer) => Promise<unknown>,
    (server: RedisServer) => Promise<unknown>,
  ][] = [
    ['from a hang', server => Promise.resolve(server.freeze()), server => Promise.resolve(server.thaw())],
    ['from a restart', server => server.stop(), server => server.start()],
  ];

  test.concurrent.each(OUTAGES)(
    '%s, windows begin again, the phase clock has not counted the gap, and nothing is done out of blindness',
    async (_, goAway, comeBack) => {
      const server = await startRedis({appendonly: true});
      try {
        await using stage = await Stage.open(server.url);
        const {traffic, controller} = stage;
        await stage.start(plan());
        const guard = stage.guard('guard-1');
        await stage.until(({verdict}) => verdict !== null);
        const {epoch} = await stage.guarded();
        traffic.gray.errors = 0.6;
        await stage.until(
          ({verdict}) => verdict?.reasons.some(({code}) => code === 'guardrail_holds') === true,
        );

        const goneAt = controller.now();
        await goAway(server);
        const awayAt = controller.now();
        traffic.gray.errors = 0;
        await until(() => controller.now() - goneAt > AWAY_MS);
        await comeBack(server);
        const backAt = controller.now();

        const {since} = await stage.guarded(epoch);
        expect(since).toBeGreaterThanOrEqual(backAt - SECOND);
        const {clock} = await stage.until(({clock}) => clock.since !== null && clock.ranMs > 0);
        const {phaseEnteredAt, state} = stage.release;
        // Up to when the store answered last, to the beat of a renewal.
        expect(clock.ranMs).toBeLessThan(awayAt - phaseEnteredAt! + SECOND);
        expect(clock.since).toBeGreaterThanOrEqual(backAt - SECOND);
        expect(state).toBe('rolling');
        // What was seen before is forgotten: the minute would still be above its limit.
        await stage.until(({verdict}) => !verdict!.reasons.some(isSick));
        expect(stage.release).toMatchObject({state: 'rolling', phase: 0, rollback: null});
        expect(guard.roles().filter(role => role === 'acting')).toHaveLength(2);
        expect(eventsOf(stage.commits).filter(({type}) => type === 'clock-held')).toHaveLength(1);
        oneActsAtATime(stage.commits, ['guard-1']);
      } finally {
        await server.dispose();
      }
    },
  );
});
