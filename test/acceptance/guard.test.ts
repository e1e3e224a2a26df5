import type {Redis} from 'ioredis';
import {describe, expect, test} from 'vitest';
import {redisMissing} from '../servers/redis.ts';
import {FEATURE, logOf, openConsole, openProgram, redisPlace, startRelease, statusOf} from './place.ts';

const PLAN = `
phases:
  - {name: some, percent: 5, duration: 24h}
  - {name: all, percent: 100}
guardrails:
  - {when: "error_rate > 10 % over 10s min 50 requests", for: 2s, then: rollback}
evidence: off
`;

/** An app without SDK: a batch a side five times a second, as long as it lives; `fails` makes gray fail. */
function app(admin: Redis): Disposable & {fails: boolean} {
  const one = {
    fails: false,
    [Symbol.dispose]() {
      clearInterval(timer);
    },
  };
  const send = (side: string, requests: number, errors: number) =>
    admin.xadd(
      `graydeck:{${FEATURE}}:metrics`,
      '*',
      'side',
      side,
      'requests',
      requests,
      'errors',
      errors,
      'response_time',
      80,
    );
  const timer = setInterval(() => {
    void send('prod', 190, 1);
    void send('gray', 10, one.fails ? 4 : 0);
  }, 200);
  return one;
}

describe.skipIf(redisMissing)('with a guard and nobody watching', () => {
  test('a release whose gray fails is taken back, and every screen says by whom and why', async () => {
    await using place = await redisPlace();
    using traffic = app(place.redis.admin);
    await place.cli.file('plan.yaml', PLAN);
    await startRelease(place, '--plan', 'plan.yaml', '--over', 'v1.0.9');
    await using guard = openProgram(place, ['guard', '--feature', FEATURE, '--by', 'ops-1']);
    await guard.until('this is the guard now');
    await using screen = await openConsole(place, ['--read-only']);
    await screen.until(/● [^○▲]*ops-1/u);
    traffic.fails = true;
    const began = Date.now();
    const waited = await place.cli.run('wait', '--for', 'rolled_back', '--timeout', '150s');
    expect(waited).toMatchObject({exitCode: 0});
    const commits = await logOf(place);
    const taken = commits.find(({events}) => events.some(({type}) => type === 'rollback-started'))!;
    expect(taken.by).toContain('ops-1');
    // Half of the window has to be bad, and then it has to stay so for two seconds.
    console.log(`from the first bad batch to the rollback: ${((taken.at - began) / 1000).toFixed(1)} s`);
    await screen.until('ROLLED BACK');
    // Not in the log: what follows a rollback soon pushes it out of the few rows there are.
    await screen.until(/ROLLED BACK +from 5 % +.*ops-1/u);
    await screen.until(/because gray error rate \d+\.?\d* %, passes at \d+ % or less, held/u);
    expect((await statusOf(place)).percent.set).toBe(0);
  });

  test('a release without a single limit is taken back as soon as gray is worse beyond chance, also by the next guard', async () => {
    await using place = await redisPlace();
    using traffic = app(place.redis.admin);
    await startRelease(place, '--over', 'v1.0.9');
    await using first = openProgram(place, ['guard', '--feature', FEATURE, '--by', 'ops-1']);
    await first.until('this is the guard now');
    await using second = openProgram(place, ['guard', '--feature', FEATURE, '--by', 'ops-2']);
    await second.until('standing by');
    first.signal('SIGKILL');
    await second.until('this is the guard now');
    traffic.fails = true;
    const began = Date.now();
    const waited = await place.cli.run('wait', '--for', 'rolled_back', '--timeout', '150s');
    expect(waited).toMatchObject({exitCode: 0});
    const commits = await logOf(place);
    const taken = commits.find(({events}) => events.some(({type}) => type === 'rollback-started'))!;
    expect(taken.by).toContain('ops-2');
    expect(taken.reason).toMatch(
      /^gray error rate .* %, prod .* %, for .*, chance 1 in .* \(acts at 1 in 100\), by /u,
    );
    console.log(
      `from the first bad batch to the rollback by evidence: ${((taken.at - began) / 1000).toFixed(1)} s`,
    );
  });

  test('a guard that is killed is followed by the one that stands by', async () => {
    await using place = await redisPlace();
    using traffic = app(place.redis.admin);
    await place.cli.file('plan.yaml', PLAN);
    await startRelease(place, '--plan', 'plan.yaml');
    await using first = openProgram(place, ['guard', '--feature', FEATURE, '--by', 'ops-1']);
    await first.until('this is the guard now');
    await using second = openProgram(place, ['guard', '--feature', FEATURE, '--by', 'ops-2']);
    await second.until('standing by');
    first.signal('SIGKILL');
    await first.exit();
    const killed = Date.now();
    await second.until('this is the guard now');
    console.log(`the next guard acts ${((Date.now() - killed) / 1000).toFixed(1)} s after kill -9`);
    traffic.fails = true;
    const waited = await place.cli.run('wait', '--for', 'rolled_back', '--timeout', '150s');
    expect(waited).toMatchObject({exitCode: 0});
    const commits = await logOf(place);
    expect(commits.find(({events}) => events.some(({type}) => type === 'rollback-started'))?.by).toContain(
      'ops-2',
    );
  });
});
