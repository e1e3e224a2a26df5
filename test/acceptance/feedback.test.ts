import type {Redis} from 'ioredis';
import {describe, expect, test} from 'vitest';
import {redisMissing} from '../servers/redis.ts';
import {FEATURE, logOf, openProgram, redisPlace, startRelease, statusOf} from './place.ts';

const PLAN = `
phases:
  - {name: some, percent: 5, duration: 1s, criteria: ["user_satisfaction > 4.5 over 48h min 3 requests"]}
  - {name: more, percent: 20, duration: 24h}
  - {name: all, percent: 100}
guardrails:
  - {when: "bug_reports > 5 over 10m", for: 2s, then: pause}
evidence: off
`;

/** An app without SDK: a batch a side five times a second, as long as it lives. */
function app(admin: Redis): Disposable {
  const send = (side: string, requests: number) =>
    admin.xadd(`graydeck:{${FEATURE}}:metrics`, '*', 'side', side, 'requests', requests, 'errors', 0);
  const timer = setInterval(() => {
    void send('prod', 190);
    void send('gray', 10);
  }, 200);
  return {[Symbol.dispose]: () => clearInterval(timer)};
}

describe.skipIf(redisMissing)('with a guard and people who say what they think', () => {
  test('a phase waits for their ratings, goes on with them, and a burst of bug reports pauses it', async () => {
    await using place = await redisPlace();
    using _traffic = app(place.redis.admin);
    await place.cli.file('plan.yaml', PLAN);
    await startRelease(place, '--plan', 'plan.yaml', '--over', 'v1.0.9');
    await using guard = openProgram(place, ['guard', '--feature', FEATURE, '--by', 'ops-1']);
    await guard.until('this is the guard now');
    const say = async (type: string, rating: number, version: string) =>
      await place.redis.admin.xadd(
        `graydeck:{${FEATURE}}:feedback`,
        '*',
        'feedback',
        JSON.stringify({
          type,
          message: '<b>really</b>',
          rating,
          deployment_phase: 'some',
          deployment_version: version,
        }),
      );
    // What people say of prod lets nobody go on, nor do too few.
    for (const rating of [5, 5, 5, 5]) await say('experience', rating, 'v1.0.9');
    for (const rating of [5, 3]) await say('experience', rating, 'v1.1.0');
    await guard.until(/satisfaction of users: 2 of 3 answers/u);
    expect((await statusOf(place)).percent.set).toBe(5);
    await say('experience', 5, 'v1.1.0');
    await guard.until(/satisfaction of users 4\.33, passes above 4\.5/u);
    for (const rating of [5, 5, 5, 5]) await say('experience', rating, 'v1.1.0');
    await guard.until(/phase 2 more, 20 %/u);
    expect((await statusOf(place)).percent.set).toBe(20);

    for (let bug = 0; bug < 6; bug++) await say('bug', 1, 'v1.1.0');
    const began = Date.now();
    const waited = await place.cli.run('wait', '--for', 'paused', '--timeout', '150s');
    expect(waited).toMatchObject({exitCode: 0});
    const paused = (await logOf(place)).find(({events}) =>
      events.some(({type}) => type === 'release-paused'),
    )!;
    console.log(`from the burst of bug reports to the pause: ${((paused.at - began) / 1000).toFixed(1)} s`);
    expect(paused.by).toContain('ops-1');
    expect(JSON.stringify(paused)).toContain('bug reports');
  });
});
