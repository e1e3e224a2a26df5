import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {ExternalReading, ExternalState} from '../../../source/analysis/judge/read-metric.ts';
import {judgeCondition} from '../../../source/analysis/judge/judge-condition.ts';
import {WindowReader} from '../../../source/analysis/judge/window-reader.ts';
import {outcomeWords} from '../../../source/analysis/judge/outcome-words.ts';
import {condition, Scene, traffic} from './scene.ts';

/** A minute of a quiet service: 20 requests a second on prod, 5 on gray. */
function quiet(): Scene {
  const scene = new Scene();
  scene.seconds(60, traffic(5, 0, 1), traffic(20, 0, 4));
  return scene;
}

function elsewhere(reading: Partial<ExternalReading>): Scene {
  const scene = quiet();
  const full: ExternalReading = {
    prod: null,
    gray: null,
    ageMs: 3000,
    state: 'ok',
    source: 'prometheus',
    ...reading,
  };
  scene.external = {read: name => (name === 'cpu' || name === 'availability' ? full : null)};
  return scene;
}

describe('a limit of its own', () => {
  test.each([
    ['error_rate < 10 %', 'fails'],
    ['error_rate <= 10 %', 'holds'],
    ['error_rate > 10 %', 'fails'],
    ['error_rate >= 10 %', 'holds'],
    ['error_rate < 10.1 %', 'holds'],
    ['error_rate > 9.9 %', 'holds'],
  ])('%s at exactly ten percent %s', (text, kind) => {
    const scene = new Scene();
    scene.seconds(30, traffic(10, 1), traffic(10));
    expect(scene.outcome(text)).toMatchObject({kind, value: 10, samples: 300, windowSeconds: 30});
  });

  test.each([
    ['response_time > 90 ms', 100],
    ['response_time_avg > 90 ms', 100],
    ['response_time_p50 > 90 ms', 100],
    ['response_time_p95 > 90 ms', 100],
    ['response_time_p99 > 90 ms', 100],
    ['throughput > 4 /s', 5],
    ['conversion_rate > 10 %', 20],
  ])('%s is read off the windows', (text, value) => {
    const outcome = quiet().outcome(text);
    expect(outcome.kind).toBe('holds');
    expect(outcome.value! / value).toBeCloseTo(1, 1);
  });

  test('availability, feature use, gauges, counters and distributions of the config are known by name', () => {
    const scene = new Scene(
      {},
      {gauges: ['queue'], distributions: ['db_time']},
      {
        queue: {type: 'gauge', unit: 'count', better: 'lower'},
        paid: {type: 'counter', unit: 'per-second', better: 'higher'},
        db_time: {type: 'distribution', unit: 'ms', better: 'lower'},
      },
    );
    const counters = {requests: 10, unavailable: 1, 'uses.export': 4, paid: 2};
    scene.seconds(30, {counters, gauges: {queue: 7}}, {counters, gauges: {queue: 3}});
    expect(scene.outcome('availability < 99 %')).toMatchObject({kind: 'holds', value: 90});
    expect(scene.outcome('feature_use_rate.export > 30 %')).toMatchObject({kind: 'holds', value: 40});
    expect(scene.outcome('queue > 5')).toMatchObject({kind: 'holds', value: 7, prod: 3, samples: null});
    expect(scene.outcome('queue > 2x prod')).toMatchObject({kind: 'holds', threshold: 6});
    expect(scene.outcome('paid > 1.9 /s')).toMatchObject({kind: 'holds', value: 2});
    expect(scene.outcome('db_time_p95 < 100 ms')).toMatchObject({kind: 'cannot-measure', why: 'no-data'});
  });

  test('sums in binary do not turn a limit that is met exactly into one that is missed', () => {
    const scene = new Scene();
    scene.seconds(10, traffic(100, 0, 21), traffic(100, 0, 14));
    expect(scene.outcome('conversion_rate >= 1.5x prod').kind).toBe('holds');
    expect(scene.outcome('conversion_rate < 1.5x prod').kind).toBe('fails');
  });
});

test('a window longer than what is kept says how much of it was seen', () => {
  const scene = new Scene();
  scene.since = scene.at - 86_400_000;
  scene.begin();
  scene.seconds(60, traffic(10), traffic(10));
  expect(scene.outcome('error_rate < 1 % over 2h').windowSeconds).toBe(3600);
});

describe('a multiple of prod', () => {
  test('the limit is worked out, and shown with what it comes from', () => {
    const scene = new Scene();
    scene.seconds(30, traffic(10, 0, 0, 400), traffic(10, 0, 0, 150));
    const outcome = scene.outcome('response_time > 2x prod');
    expect(outcome).toMatchObject({kind: 'holds', timesProd: 2});
    expect(outcome.threshold).toBeCloseTo(300, 6);
    expect(outcomeWords(outcome, true)).toBe(
      "mean response time 400 ms, passes at 300 ms or less (2 times prod's 150 ms)",
    );
  });

  test('alike at nothing on both sides is once prod, not infinitely many times', () => {
    const scene = quiet();
    expect(scene.outcome('error_rate < 1.5x prod').kind).toBe('holds');
    expect(scene.outcome('error_rate > 1.5x prod').kind).toBe('fails');
    const nobody = new Scene();
    nobody.seconds(30, traffic(10), traffic(10));
    expect(nobody.outcome('conversion_rate < 0.9x prod').kind).toBe('fails');
  });

  test('nothing seen on prod is not never: a single error on gray is no multiple of it', () => {
    const scene = new Scene();
    scene.seconds(100, traffic(10), traffic(2));
    scene.second(traffic(10, 1), traffic(2));
    expect(scene.outcome('error_rate > 2x prod')).toMatchObject({kind: 'fails', prod: 0});
    scene.seconds(5, traffic(10, 10), traffic(2));
    expect(scene.outcome('error_rate > 2x prod').kind).toBe('holds');
  });

  test('times without any on prod are no limit', () => {
    const scene = new Scene();
    scene.seconds(30, traffic(10, 0, 0, 400), traffic(10, 0, 0, 0));
    expect(scene.outcome('response_time > 2x prod')).toMatchObject({kind: 'undecided', why: 'prod-zero'});
  });

  test('a silent prod is no limit, and too few of its requests are waited for', () => {
    const scene = new Scene();
    scene.seconds(30, traffic(10), null);
    expect(scene.outcome('error_rate > 2x prod')).toMatchObject({kind: 'cannot-measure', why: 'no-prod'});
    scene.second(traffic(10), traffic(3));
    expect(scene.outcome('error_rate > 2x prod')).toMatchObject({
      kind: 'undecided',
      why: 'few-prod-requests',
      have: 3,
      need: 20,
    });
  });
});

describe('improvement', () => {
  test.each([
    ['error_rate improvement > 1 points', traffic(100, 2), traffic(100, 4), 2, 'holds'],
    ['error_rate improvement > 1 points', traffic(100, 4), traffic(100, 2), -2, 'fails'],
    ['conversion_rate improvement > 2 points', traffic(100, 0, 6), traffic(100, 0, 3), 3, 'holds'],
    ['conversion_rate improvement > 2 points', traffic(100, 0, 3), traffic(100, 0, 6), -3, 'fails'],
    ['conversion_rate improvement > -4 points', traffic(100, 0, 3), traffic(100, 0, 6), -3, 'holds'],
  ])('%s counts points in the good direction', (text, gray, prod, value, kind) => {
    const scene = new Scene();
    scene.seconds(10, gray, prod);
    const outcome = scene.outcome(text);
    expect(outcome.kind).toBe(kind);
    expect(outcome.value).toBeCloseTo(value, 9);
  });
});

describe('what cannot be told is told so', () => {
  test('too few requests: how many of how many, and how long it takes', () => {
    const scene = new Scene();
    scene.seconds(10, traffic(1), traffic(20));
    const outcome = scene.outcome('error_rate < 1 %');
    expect(outcome).toMatchObject({kind: 'undecided', why: 'few-requests', have: 10, need: 20});
    expect(outcomeWords(outcome, false)).toBe('error rate: 10 of 20 requests, about 10 s more');
  });

  test('a window that never holds as many says never', () => {
    const scene = new Scene();
    scene.seconds(10, traffic(1), traffic(20));
    const outcome = scene.outcome('error_rate < 1 % over 15s');
    expect(outcome).toMatchObject({kind: 'undecided', forecastMs: null});
    expect(outcomeWords(outcome, false)).toContain('never so many at this traffic');
  });

  test('gray silent: no data; heard but not of this metric: no data either, never 0 and never 100 %', () => {
    const scene = new Scene();
    scene.seconds(30, null, traffic(20));
    expect(scene.outcome('error_rate < 1 %')).toMatchObject({kind: 'cannot-measure', why: 'no-data'});
    scene.seconds(30, traffic(20), traffic(20));
    expect(scene.outcome('availability > 99 %')).toMatchObject({kind: 'cannot-measure', value: null});
  });

  test('gray silent for more than a minute is stale; where traffic is thin a pause is no silence', () => {
    const scene = new Scene();
    scene.seconds(30, traffic(20), traffic(20));
    scene.seconds(60, null, traffic(20));
    expect(scene.outcome('error_rate < 1 %').kind).toBe('holds');
    scene.second(null, traffic(20));
    expect(scene.outcome('error_rate < 1 %')).toMatchObject({kind: 'cannot-measure', why: 'stale'});

    const thin = new Scene();
    for (let index = 0; index < 12; index++) {
      thin.second(traffic(2), traffic(20));
      thin.seconds(24, null, traffic(20));
    }
    thin.seconds(50, null, traffic(20));
    expect(thin.outcome('error_rate < 1 %').kind).toBe('holds');
  });

  test.each<[ExternalState, string]>([
    ['no-data', 'no-data'],
    ['not-a-number', 'not-a-number'],
    ['many-series', 'many-series'],
    ['stale', 'stale'],
    ['away', 'away'],
  ])('a source that says %s is a state of its own', (state, why) => {
    const scene = elsewhere({state, gray: Number.NaN});
    expect(scene.outcome('cpu < 80 %')).toMatchObject({kind: 'cannot-measure', why, source: 'prometheus'});
  });

  test('NaN and infinity that come as numbers are not compared', () => {
    for (const gray of [Number.NaN, Number.POSITIVE_INFINITY])
      expect(elsewhere({gray}).outcome('cpu < 80 %')).toMatchObject({
        kind: 'cannot-measure',
        why: 'not-a-number',
        value: null,
      });
    expect(elsewhere({gray: 5, prod: Number.NaN}).outcome('cpu < 2x prod').kind).toBe('cannot-measure');
  });

  test('a metric that samples do not carry is read elsewhere, with its age', () => {
    const scene = elsewhere({gray: 91, prod: 40});
    expect(scene.outcome('cpu < 80 %')).toMatchObject({kind: 'fails', value: 91, prod: 40, ageMs: 3000});
    expect(scene.outcome('availability > 99 %')).toMatchObject({kind: 'fails', source: 'prometheus'});
    expect(scene.outcome('redis_memory < 80 %')).toMatchObject({kind: 'cannot-measure', why: 'no-data'});
  });
});

describe('who is judged', () => {
  test('only the eligible: what happens to chosen people and outsiders does not count', () => {
    const scene = new Scene();
    scene.show('gray', {...traffic(100, 100), cohort: 'chosen'});
    scene.show('gray', {...traffic(100, 100), cohort: 'outside'});
    scene.seconds(30, traffic(10), traffic(10));
    expect(scene.outcome('error_rate > 0.1 %')).toMatchObject({kind: 'fails', value: 0, samples: 300});
  });

  test('at 0 % whoever has gray is looked at, and nothing is compared', () => {
    const scene = new Scene();
    scene.percent = 0;
    scene.seconds(30, {...traffic(10, 5), cohort: 'chosen'}, traffic(10));
    expect(scene.outcome('error_rate > 10 %')).toMatchObject({kind: 'holds', value: 50});
    expect(scene.outcome('error_rate > 2x prod')).toMatchObject({why: 'nobody-eligible'});
  });

  test('at 100 % limits of their own are judged, comparisons do not apply and do not fail', () => {
    const scene = new Scene();
    scene.percent = 100;
    scene.seconds(30, traffic(10, 5), null);
    expect(scene.outcome('error_rate > 10 %').kind).toBe('holds');
    for (const text of ['error_rate > 2x prod', 'error_rate improvement > 1 points'])
      expect(scene.outcome(text)).toMatchObject({kind: 'not-applicable', why: 'everybody-gray'});
  });

  test('nothing from before the split changed', () => {
    const scene = new Scene();
    scene.seconds(60, traffic(10, 10), traffic(10));
    scene.since = scene.at;
    scene.begin();
    expect(scene.outcome('error_rate > 1 %').kind).toBe('cannot-measure');
    scene.seconds(5, traffic(10), traffic(10));
    expect(scene.outcome('error_rate > 1 %')).toMatchObject({kind: 'fails', value: 0, windowSeconds: 5});
  });
});

const METRICS = [
  'error_rate',
  'availability',
  'throughput',
  'conversion_rate',
  'active_users',
  'user_satisfaction',
  'response_time',
  'response_time_p99',
  'feature_use_rate.x',
  'cpu',
];

test('whatever is measured, a condition has an outcome, never throws, and shows no number that is none', () => {
  const number = fc.oneof(fc.constantFrom(0, 1, Number.NaN, Number.POSITIVE_INFINITY, -1), fc.double());
  const maybe = fc.option(number, {nil: null});
  const side = fc.record({
    requests: fc.nat(1000),
    entries: fc.nat(10),
    counted: fc.dictionary(fc.constantFrom('errors', 'conversions', 'unavailable', 'uses.x', 'cpu'), number),
    gauges: fc.dictionary(fc.constantFrom('user_satisfaction', 'cpu'), number),
    users: maybe,
  });
  const external = fc.record({
    prod: maybe,
    gray: maybe,
    ageMs: fc.option(fc.nat(100_000), {nil: null}),
    state: fc.constantFrom<ExternalState>('ok', 'no-data', 'stale', 'away', 'many-series', 'not-a-number'),
    source: fc.constant('prometheus'),
  });
  const tail = fc.constantFrom('< 5', '> 5', '<= 0', '>= 100', '> 1.5x prod', '< 0.9x prod');
  fc.assert(
    fc.property(
      fc.constantFrom(...METRICS),
      tail,
      fc.boolean(),
      side,
      side,
      fc.option(external, {nil: null}),
      fc.integer({min: -1, max: 101}),
      fc.integer({min: -1000, max: 400_000}),
      fc.option(fc.nat(300_000), {nil: null}),
      (metric, compared, improvement, gray, prod, read, percent, ran, heardAgo) => {
        const at = 1_800_000_000_000;
        const look = new WindowReader({
          at,
          since: at - ran,
          percent,
          measured: {
            keptMs: 3_600_000,
            arrivals: which => (which === 'gray' ? gray : prod),
            counted: (which, name) => (which === 'gray' ? gray : prod).counted[name] ?? null,
            gauge: (which, name) => (which === 'gray' ? gray : prod).gauges[name] ?? null,
            users: which => (which === 'gray' ? gray : prod).users,
            distribution: () => null,
            heardAt: () => (heardAgo === null ? null : at - heardAgo),
          },
          external: {read: () => read},
          traits: () => null,
        });
        const when = condition(`${metric} ${compared}`);
        const isRelative = 'timesProd' in when.threshold;
        const outcome = judgeCondition({...when, improvement: improvement && !isRelative}, look);
        expect(['holds', 'fails', 'undecided', 'cannot-measure', 'not-applicable']).toContain(outcome.kind);
        const shown = [outcome.value, outcome.prod, outcome.threshold].filter(one => one !== null);
        expect(shown.filter(one => !Number.isFinite(one))).toEqual([]);
        const isCompared = outcome.kind === 'holds' || outcome.kind === 'fails';
        expect(isCompared && (outcome.value === null || outcome.threshold === null)).toBe(false);
        for (const isBad of [true, false]) {
          expect(outcomeWords(outcome, isBad)).not.toMatch(/NaN|Infinity|undefined|null/u);
        }
      },
    ),
    {numRuns: 3000},
  );
});
