import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {divergence} from '../../source/analysis/judge/clear.ts';
import {forecastPhase, planDoubts, requestsAtLeast, requestsBeside} from '../../source/analysis/power.ts';
import {builtInPlan} from '../../source/config/plan/built-in.ts';
import {readPlan} from '../../source/config/plan/plan-file.ts';

/** Check values: divergence, one-sample bound, two-sample bounds at 1, 10 and 50 % of gray; false alarms 1 %. */
const TABLE = [
  [0.005, 0.01, 0.001944, 2369, 2415, 2726, 5421],
  [0.005, 0.02, 0.01284, 358.7, 368.3, 431.5, 955.7],
  [0.005, 0.05, 0.07116, 64.71, 67.56, 85.04, 215.5],
  [0.005, 0.1, 0.2093, 22.01, 23.49, 31.72, 87.42],
  [0.005, 0.5, 1.959, 2.351, 2.846, 4.602, 14.3],
  [0.05, 0.0475, 0.00006686, 6.888e4, 7.316e4, 8.036e4, 1.437e5],
  [0.05, 0.045, 0.0002719, 1.694e4, 1.797e4, 1.971e4, 3.498e4],
  [0.05, 0.04, 0.001127, 4087, 4327, 4730, 8272],
] as const;

describe('how many requests a change takes', () => {
  test.each(TABLE)('from %d to %d is as the bound says', (base, changed, kl, one, at1, at10, at50) => {
    const change = {base, changed, falseAlarms: 0.01};
    expect(divergence(changed, base) / kl).toBeCloseTo(1, 3);
    expect(requestsAtLeast(change) / one).toBeCloseTo(1, 3);
    const beside = [0.01, 0.1, 0.5].map(share => requestsBeside(change, share));
    for (const [index, expected] of [at1, at10, at50].entries())
      expect(beside[index]! / expected).toBeCloseTo(1, 3);
  });

  test('the more of the traffic is gray, the more gray requests it takes to learn what prod is like', () => {
    const share = fc.double({min: 0.001, max: 0.4, noNaN: true});
    fc.assert(
      fc.property(share, share, share, share, (base, changed, less, more) => {
        fc.pre(Math.abs(base - changed) > 1e-3 && less < more);
        const change = {base, changed, falseAlarms: 0.01};
        expect(requestsBeside(change, less)).toBeLessThanOrEqual(requestsBeside(change, more) * (1 + 1e-9));
      }),
    );
  });
});

describe('the forecast of a phase', () => {
  const phase = {percent: 10, durationMs: 600_000};
  const quiet = {requestsPerSecond: 30, errorRate: 0.005};

  test('says that ten minutes show one point at three gray requests a second, not at one in three', () => {
    const forecast = forecastPhase(phase, quiet);
    expect(forecast).toMatchObject({requests: 1800, isEnough: true});
    const thin = forecastPhase({...phase, percent: 1}, quiet);
    expect(thin?.requests).toBeCloseTo(180);
    expect(thin?.isEnough).toBe(false);
  });

  test('the smallest rise it names is one that it sees, and a little less is not', () => {
    fc.assert(
      fc.property(
        fc.double({min: 0.5, max: 99, noNaN: true}),
        fc.double({min: 0.1, max: 500, noNaN: true}),
        fc.double({min: 0, max: 0.2, noNaN: true}),
        (percent, requestsPerSecond, errorRate) => {
          const traffic = {requestsPerSecond, errorRate};
          const points = forecastPhase({percent, durationMs: 600_000}, traffic)?.smallestPoints ?? null;
          fc.pre(points !== null && points > 0.05);
          const isEnough = (rise: number) =>
            forecastPhase({percent, durationMs: 600_000}, traffic, {points: rise})?.isEnough;
          expect(isEnough(points)).toBe(true);
          expect(isEnough(points - 0.03)).toBe(false);
        },
      ),
      {numRuns: 300},
    );
  });

  test('nothing is said of phases that compare nothing or have no end', () => {
    expect(forecastPhase({percent: 100, durationMs: 1000}, quiet)).toBeNull();
    expect(forecastPhase({percent: 0, durationMs: 1000}, quiet)).toBeNull();
    expect(forecastPhase({percent: 5, durationMs: null}, quiet)).toBeNull();
  });

  test('without traffic nothing ever shows', () => {
    const none = forecastPhase(phase, {requestsPerSecond: 0, errorRate: 0.01});
    expect(none).toMatchObject({neededMs: null, isEnough: false, smallestPoints: null});
  });
});

test('a plan is told in words which of its phases are too short at this traffic', () => {
  const minutes = builtInPlan.phases.map(phase => ({
    ...phase,
    durationMs: phase.durationMs === null ? null : 120_000,
  }));
  const doubts = planDoubts({...builtInPlan, phases: minutes}, {requestsPerSecond: 20, errorRate: 0.005});
  expect(doubts.map(({code, phase, text}) => `${phase} ${code}: ${text}`)).toMatchInlineSnapshot(`
    [
      "0 phase-too-short: alpha is too short to see a one-point rise of errors at this traffic: that takes about 20 min 51 s; it shows one of 4.57 points",
      "1 phase-too-short: beta is too short to see a one-point rise of errors at this traffic: that takes about 6 min 39 s; it shows one of 2.18 points",
      "2 phase-too-short: gamma is too short to see a one-point rise of errors at this traffic: that takes about 4 min 47 s; it shows one of 1.8 points",
    ]
  `);
});

test('a condition whose window never holds its requests is named', () => {
  const when = {
    text: 'error_rate > 10 %',
    metric: 'error_rate',
    improvement: false,
    op: '>' as const,
    threshold: {value: 10, unit: 'percent' as const},
    overMs: 300_000,
    minRequests: 20,
  };
  const guardrails = [{when, forMs: 300_000, then: 'rollback' as const, level: 'critical' as const}];
  const plan = {...builtInPlan, evidence: null, guardrails};
  const doubts = planDoubts(plan, {requestsPerSecond: 1, errorRate: 0.005});
  expect(doubts.map(({code, phase, text}) => `${phase} ${code}: ${text}`)).toMatchInlineSnapshot(`
    [
      "0 window-too-short: alpha: "error_rate > 10 %" wants 20 gray requests in 5 min, and there will be about 15",
    ]
  `);
});

describe('criteria that a phase cannot show', () => {
  const doubtsAt = (requestsPerSecond: number, ...criteria: string[]) => {
    const read = readPlan(
      `phases:
  - {name: beta, percent: 10, duration: 1h, criteria: ${JSON.stringify(criteria)}}
  - {name: all, percent: 100}
evidence: off`,
      'plan.yaml',
    );
    if (!read.ok) throw new Error(JSON.stringify(read.mistakes));
    return planDoubts(read.plan, {requestsPerSecond, errorRate: 0.005}).map(({text}) => text);
  };

  test('are named, with the time they take; those it can show are not', () => {
    const criteria = [
      'error_rate < 0.1 %',
      'response_time_p95 < 3 s',
      'error_rate < 1.5x prod',
      'cpu < 80 %',
    ];
    expect(doubtsAt(5, ...criteria)).toEqual([
      'beta is too short to show "error_rate < 0.1 %" at this traffic: that takes about 3 h 20 min',
      'beta is too short to show "error_rate < 1.5x prod" at this traffic: that takes about 3 h 30 min',
    ]);
    expect(doubtsAt(100, ...criteria)).toEqual([]);
  });

  test('an improvement on what prod does not even get wrong is never shown', () => {
    expect(doubtsAt(100, 'error_rate improvement > 1 points')).toEqual([
      'beta is too short to show "error_rate improvement > 1 points" at this traffic: nothing would show it',
    ]);
  });

  test('where the plan names a number of requests, so many in its window are asked for, and no more', () => {
    expect(doubtsAt(5, 'error_rate < 0.1 % min 20 requests')).toEqual([]);
    expect(doubtsAt(0.5, 'error_rate < 0.1 % min 20 requests')).toEqual([
      'beta: "error_rate < 0.1 % min 20 requests" wants 20 gray requests in 5 min, and there will be about 15',
    ]);
  });
});
