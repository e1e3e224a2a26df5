import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {Workplace} from './program.ts';

const PLAN = `phases:
  - {name: alpha, percent: 5, duration: 10m}
  - {name: all, percent: 100}
guardrails:
  - {when: "error_rate > 10 % over 1m", for: 1m, then: rollback}
`;

let place: Workplace;
beforeAll(async () => {
  place = await Workplace.open();
  await place.file('plan.yaml', PLAN);
});
afterAll(() => place[Symbol.asyncDispose]());

describe('what a plan can show at a traffic', () => {
  test('is said with what was assumed, and mistakes nothing for a mistake', async () => {
    const {exitCode, stdout, stderr} = await place.run('plan', 'check', 'plan.yaml', '--traffic', '4/s,0.5%');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('no mistakes');
    expect(stderr).toContain('at 4 requests a second, of which 0.5 % fail on prod:');
    expect(stderr).toMatch(
      /▲ alpha is too short to see a one-point rise of errors at this traffic: that takes about \d+ (min|h)/,
    );
    expect(stderr).toContain(
      'alpha: "error_rate > 10 % over 1m" wants 20 gray requests in 1:00, there will be about 12',
    );
  });

  test('is nothing worth saying where there is enough, and in JSON it is data', async () => {
    const {stdout} = await place.run('plan', 'show', 'plan.yaml', '--traffic', '500/s');
    expect(stdout).toMatch(/of which 1 % fail on prod:\n {2}✔ nothing in the plan is too short for it/);
    const json = await place.run('plan', 'check', 'plan.yaml', '--traffic', '4/s', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      ok: true,
      traffic: {requestsPerSecond: 4, errorRate: 0.01},
      doubts: [
        {code: 'phase-too-short', phase: 0},
        {code: 'window-too-short', phase: 0},
      ],
    });
  });

  test('is not guessed: what is no rate is refused', async () => {
    for (const rate of ['fast', '0/s', '-3/s', '5', '5/s,100%']) {
      const {exitCode, stderr} = await place.run('plan', 'check', 'plan.yaml', '--traffic', rate);
      expect(exitCode).toBe(2);
      expect(stderr).toContain('--traffic 200/s');
    }
  });
});
