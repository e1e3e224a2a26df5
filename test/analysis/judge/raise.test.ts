import {describe, expect, test} from 'vitest';
import {forecastOf, judgeForAlarm, judgeForRaise} from '../../../source/analysis/judge/criteria.ts';
import {outcomeWords} from '../../../source/analysis/judge/outcome-words.ts';
import {presetGuardrails} from '../../../source/config/plan/presets.ts';
import {readPlan} from '../../../source/config/plan/plan-file.ts';
import {seeded} from '../../../source/demo/behaviour.ts';
import type {Plan} from '../../../source/release/plan.ts';
import {HEALTHY, launch} from './launch.ts';
import {criterion, guardrail, phase, Scene, traffic, type Shown} from './scene.ts';

function planOf(text: string): Plan {
  const read = readPlan(`${text}\nevidence: off`, 'plan.yaml');
  if (!read.ok) throw new Error(read.mistakes.map(({message}) => message).join('; '));
  return read.plan;
}

/** What comes of a criterion after so many seconds of this. */
function after(seconds: number, text: string, gray: Shown, prod: Shown, change?: (scene: Scene) => void) {
  const scene = new Scene();
  change?.(scene);
  scene.seconds(seconds, gray, prod);
  return judgeForRaise(scene.condition(text), scene.look());
}

describe('a criterion', () => {
  test.each([
    // Two and a half requests count as one: 2 302 clean ones take 5 755.
    ['error_rate < 0.1 %', 575, 576, traffic(10), traffic(90)],
    ['availability > 99.9 %', 575, 576, unanswered(10, 0), unanswered(90, 0)],
    // 45 values reach beyond their 95th percentile, 230 beyond their 99th.
    ['response_time_p95 < 3 s', 11, 12, traffic(10), traffic(90)],
    ['response_time_p99 < 3 s', 57, 58, traffic(10), traffic(90)],
    ['response_time_p95 < 1.5x prod', 11, 12, traffic(10), traffic(90)],
  ])('%s is undecided after %d s and holds after %d', (text, few, enough, gray, prod) => {
    expect(after(few, text, gray, prod)).toMatchObject({kind: 'undecided', why: 'not-shown', have: few * 10});
    expect(after(enough, text, gray, prod)).toMatchObject({kind: 'holds', proof: 'bound'});
  });

  test('says when it will be shown, and is', () => {
    const waits = after(60, 'error_rate < 0.1 %', traffic(10), traffic(90));
    expect(waits).toMatchObject({have: 600, forecastMs: 540_000, need: 6000});
    expect(outcomeWords(waits, false)).toBe(
      'error rate 0 %, below 0.1 %, not shown yet: needs about 9 min more at this traffic',
    );
    expect(after(600, 'error_rate < 0.1 %', traffic(10), traffic(90)).kind).toBe('holds');
  });

  test.each([
    ['error_rate improvement > 1 points', traffic(100, 1), traffic(100, 3), 20],
    ['conversion_rate improvement > 2 points', traffic(100, 0, 9), traffic(100, 0, 6), 100],
    ['error_rate < 1.5x prod', traffic(100, 1), traffic(100, 1), 60],
    ['conversion_rate > 0.9x prod', traffic(100, 0, 6), traffic(100, 0, 6), 150],
    ['response_time < 1.05x prod', varied(20), varied(80), 60],
  ])('%s is shown by enough of what is so, not by a little', (text, gray, prod, seconds) => {
    expect(after(2, text, gray, prod)).toMatchObject({kind: 'undecided', why: 'not-shown'});
    expect(after(seconds, text, gray, prod).kind).toBe('holds');
  });

  test('of a multiple of nothing holds once both sides have been clean for long enough', () => {
    expect(after(100, 'error_rate < 1.5x prod', traffic(10), traffic(90))).toMatchObject({
      kind: 'undecided',
      forecastMs: 480_000,
    });
    expect(after(576, 'error_rate < 1.5x prod', traffic(10), traffic(90)).kind).toBe('holds');
  });

  test('whose value is on the wrong side fails, and one at its limit is never shown', () => {
    expect(after(100, 'error_rate < 0.1 %', traffic(10, 1), traffic(90)).kind).toBe('fails');
    const never = after(100, 'error_rate <= 10 %', traffic(10, 1), traffic(90));
    expect(never).toMatchObject({kind: 'undecided', why: 'not-shown', forecastMs: null, need: null});
    expect(outcomeWords(never, false)).toContain('never at this traffic and value');
  });

  test('holds by its number of requests where the plan names one, and by the value where there are no samples', () => {
    const text = 'error_rate < 0.1 % min 200 requests';
    expect(after(19, text, traffic(10), traffic(90))).toMatchObject({why: 'few-requests', have: 190});
    expect(after(20, text, traffic(10), traffic(90))).toMatchObject({kind: 'holds', proof: 'requests'});
    const cpu = (scene: Scene) => {
      scene.external = {
        read: () => ({prod: 40, gray: 41, ageMs: 1000, state: 'ok', source: 'prometheus'}),
      };
    };
    expect(after(5, 'cpu < 80 %', traffic(10), traffic(90), cpu)).toMatchObject({
      kind: 'holds',
      proof: 'value',
    });
  });

  test('looks at the whole phase for its bound, and at its own window for its value', () => {
    const scene = new Scene();
    scene.seconds(600, traffic(10), traffic(90));
    scene.seconds(60, traffic(10, 1), traffic(90));
    const at = (text: string) => judgeForRaise(scene.condition(text), scene.look());
    expect(at('error_rate < 2 % over 10m').kind).toBe('holds');
    expect(at('error_rate < 2 % over 1m')).toMatchObject({kind: 'fails', value: 10});
    scene.since = scene.at;
    scene.begin();
    scene.seconds(5, traffic(10), traffic(90));
    expect(at('error_rate < 2 % over 10m')).toMatchObject({kind: 'undecided', have: 50});
  });

  test('takes requests that fail in bursts for fewer', () => {
    const seconds = (burst: number, each: number) => {
      const scene = new Scene();
      for (let at = 0; at < 600; at++) scene.second(traffic(20), traffic(80, at % each === 0 ? burst : 0));
      return judgeForRaise(scene.condition('error_rate < 0.1 %'), scene.look());
    };
    expect(seconds(1, 4)).toMatchObject({kind: 'holds'});
    expect(seconds(40, 160)).toMatchObject({kind: 'undecided', why: 'not-shown'});
  });

  test('forecast of a phase: the last of its criteria, null where one fails', () => {
    const reading = (outcome: ReturnType<typeof after>) => ({
      criterion: criterion('error_rate < 1 %'),
      outcome,
    });
    const [slow, quick, bad, well] = [
      after(60, 'error_rate < 0.1 %', traffic(10), traffic(90)),
      after(10, 'error_rate < 1 %', traffic(10), traffic(90)),
      after(60, 'error_rate < 0.1 %', traffic(10, 1), traffic(90)),
      after(60, 'error_rate < 1 %', traffic(10), traffic(90)),
    ].map(reading);
    expect(forecastOf([slow!, quick!, well!])).toBe(540_000);
    expect(forecastOf([slow!, bad!])).toBeNull();
    expect(forecastOf([well!])).toBeNull();
  });
});

function unanswered(requests: number, unavailable: number): Shown {
  return {counters: {requests, unavailable}, times: []};
}

/** Response times that differ, 100 ms on average. */
function varied(requests: number): Shown {
  return {
    counters: {requests, errors: 0},
    times: Array.from({length: requests}, (_, index) => 20 + 160 * ((index % 7) / 6)),
  };
}

describe('a guardrail that compares with prod', () => {
  test.each(['alert', 'pause'] as const)('and would %s does not by a handful of requests', then => {
    const scene = new Scene({guardrails: [guardrail('conversion_rate < 0.9x prod', then)]});
    scene.percent = 10;
    const {alerts, verdict, guardrails} = scene.watch(10, traffic(10, 0, 0), traffic(90, 0, 3));
    expect(alerts).toEqual([]);
    expect(verdict.action).not.toBe('pause');
    expect(guardrails[0]!.outcome).toMatchObject({kind: 'undecided', why: 'within-chance'});
    expect(outcomeWords(guardrails[0]!.outcome, true)).toContain('too few requests to tell it from prod');
    // Nobody buys any more: that takes a while to be no chance, not for ever.
    expect(scene.watch(60, traffic(10, 0, 0), traffic(90, 0, 3)).guardrails[0]!.isOn).toBe(true);
  });

  test.each([
    [
      'response_time > 1.5x prod',
      varied(10),
      {...varied(10), times: varied(10).times!.map(time => time * 5)},
    ],
    ['error_rate > 2x prod', traffic(90, 1), traffic(10, 5)],
  ])('still fires at once on gross values: %s', (text, prod, gray) => {
    const scene = new Scene();
    scene.seconds(3, gray, prod);
    expect(judgeForAlarm(scene.condition(text), scene.look()).kind).toBe('holds');
  });

  test('and rolls back is as quick as ever', () => {
    const scene = new Scene({guardrails: [guardrail('conversion_rate < 0.9x prod', 'rollback')]});
    expect(scene.watch(3, traffic(10, 0, 0), traffic(90, 0, 3)).verdict.action).toBe('rollback');
  });
});

describe('a ramp', () => {
  const ramp = (equal: string) => planOf(`ramp: {step: 10 %, every: 30s${equal}}\npresets: [seed-increase]`);

  test('of 200 healthy releases goes up once in each step, never sooner', () => {
    let [raises, tooSoon] = [0, 0];
    for (let index = 0; index < 200; index++) {
      let last = 0;
      const options = {
        requestsPerSecond: 60,
        prod: HEALTHY,
        gray: HEALTHY,
        seconds: 95,
        random: seeded(400 + index),
      };
      launch({...options, plan: ramp('')}, ({next}, second) => {
        if (next !== 'phase') return true;
        raises += 1;
        if (second - last < 30) tooSoon += 1;
        last = second;
        return true;
      });
    }
    expect(tooSoon).toBe(0);
    expect(raises).toBe(600);
  });

  test('that holds while the sides are alike says so, and goes up once gray is shown to be better', () => {
    const scene = new Scene(ramp(', equal: hold'));
    scene.phase = 0;
    scene.ranMs = 30_000;
    const alike = scene.watch(40, traffic(100, 3, 5), traffic(100, 3, 5));
    expect(alike.verdict).toMatchObject({action: 'hold', reasons: [{code: 'equal_sides'}]});
    const better = scene.watch(60, traffic(100, 0, 5), traffic(100, 3, 5));
    expect(better).toMatchObject({next: 'phase', verdict: {reasons: [{code: 'advance_early'}]}});
    // A step later it has to show it again.
    scene.phase = 1;
    scene.since = scene.at;
    scene.begin();
    scene.ranMs = 29_000;
    expect(scene.watch(25, traffic(100, 0, 5), traffic(100, 3, 5)).next).toBeNull();
  });
});

test('of 200 releases at ten times the limit none ever meets it', () => {
  const phases = [phase('beta', 10, {criteria: [criterion('error_rate < 0.1 %')]}), phase('all', 100)];
  let met = 0;
  for (let index = 0; index < 200; index++) {
    const options = {requestsPerSecond: 100, prod: HEALTHY, gray: {...HEALTHY, errors: 0.01}, seconds: 120};
    launch({...options, plan: {phases}, random: seeded(9000 + index)}, ({criteria}) => {
      if (criteria[0]?.outcome.kind === 'holds') met += 1;
      return true;
    });
  }
  expect(met).toBe(0);
});

test('healthy releases are not warned of their conversions by noise', () => {
  let warned = 0;
  for (let index = 0; index < 20; index++) {
    let isWarned = false;
    const guardrails = presetGuardrails('seed-alerts').slice(1);
    const options = {requestsPerSecond: 100, prod: HEALTHY, gray: HEALTHY, seconds: 300};
    launch(
      {
        ...options,
        plan: {
          phases: [phase('beta', 10), phase('all', 100)].map(one => ({...one, durationMs: 3_600_000})),
          guardrails,
        },
        random: seeded(70 + index),
      },
      ({alerts}) => {
        isWarned ||= alerts.length > 0;
        return true;
      },
    );
    if (isWarned) warned += 1;
  }
  expect(warned).toBeLessThanOrEqual(1);
});
