import {readFileSync} from 'node:fs';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {createEvaluator} from '../../source/analysis/evidence/evidence.ts';
import {Recordings} from '../../source/protocol/recordings.ts';
import {metricBook} from '../../source/config/condition/metric-book.ts';
import {readPlan} from '../../source/config/plan/plan-file.ts';

const TEXT = readFileSync(new URL('../../fixtures/judge/plan.yaml', import.meta.url), 'utf8');

function recordings(text = TEXT): Recordings {
  const read = readPlan(text, 'plan.yaml');
  if (!read.ok) throw new Error(read.mistakes.map(({message}) => message).join('; '));
  return new Recordings({
    plan: read.plan,
    traits: name => metricBook().find(name),
    declared: {},
    createEvaluator,
  });
}

const line = (value: object) => JSON.stringify(value);
const start = (id: string, tickSeconds = 1) => line({type: 'start', id, tickSeconds});
const side = (requests: number, errors = 0) => ({requests, errors, conversions: 0, hist: [[53, requests]]});
const tick = (id: string, t: number, gray: object, grayShare = 0.1) =>
  line({type: 'tick', id, t, grayShare, prod: side(90), gray});

function decisions(judge: Recordings, id: string, times: readonly number[], gray: object, grayShare = 0.1) {
  return times.map(
    t => (JSON.parse(judge.read(tick(id, t, gray, grayShare)).answer!) as {decision: string}).decision,
  );
}

const seconds = (from: number, to: number) => Array.from({length: to - from + 1}, (_, index) => from + index);

describe('a plan on a recording', () => {
  test('rolls back once a guardrail was held for its time, and stays so', () => {
    const judge = recordings();
    judge.read(start('a'));
    const answers = decisions(judge, 'a', seconds(1, 100), side(10, 5));
    // Twenty requests are there after two seconds.
    expect(answers.indexOf('rollback')).toBe(61);
    expect(new Set(answers.slice(61))).toEqual(new Set(['rollback']));
    expect(judge.isAgainst).toBe(true);
    judge.read(line({type: 'end', id: 'a'}));
    expect(judge.isAgainst).toBe(true);
  });

  test("a gap of an hour in the recording serves nobody's time", () => {
    const judge = recordings();
    judge.read(start('a'));
    decisions(judge, 'a', seconds(1, 30), side(10, 5));
    expect(decisions(judge, 'a', seconds(3600, 3650), side(10, 5))).not.toContain('rollback');
  });

  test('numbered ticks of ten seconds are ten seconds apart', () => {
    const judge = recordings();
    judge.read(start('a', 10));
    expect(decisions(judge, 'a', seconds(1, 12), side(10, 5)).indexOf('rollback')).toBe(7);
  });

  test('answers every tick by one line, also where its id cannot be that of a recording', () => {
    const judge = recordings();
    const ids = ['x'.repeat(300), null, true, ['a'], undefined, 1.5];
    const answers = ids.map(id => judge.read(line({type: 'tick', id, t: 1, prod: side(9), gray: side(1)})));
    expect(answers.map(({answer}) => (JSON.parse(answer!) as {id: unknown}).id)).toEqual([
      'x'.repeat(300),
      null,
      null,
      null,
      null,
      1.5,
    ]);
    expect(answers.every(({wrong}) => wrong !== null)).toBe(true);
    expect(judge.read(line({type: 'history', id: null, t: 1, prod: side(9)})).answer).toBeNull();
  });

  test('goes on phase by phase, and says advance once for each', () => {
    const judge = recordings();
    judge.read(start('a', 10));
    const few = decisions(judge, 'a', seconds(1, 6), side(10));
    const half = decisions(judge, 'a', seconds(7, 40), side(90), 0.5);
    const all = decisions(judge, 'a', seconds(41, 50), side(90), 1);
    expect([...few, ...half, ...all].filter(decision => decision === 'advance')).toHaveLength(3);
    expect(judge.isAgainst).toBe(false);
  });

  test('goes on once the whole phase has shown it, also what lies further back than a quarter of an hour', () => {
    const judge = recordings(`phases:
  - {name: few, percent: 10, duration: 5m, criteria: ["error_rate < 0.1 %"]}
  - {name: all, percent: 100}
evidence: off`);
    judge.read(start('a'));
    // 5 755 requests, five a second: 1 151 s, give or take a minute that is cut in two.
    const answers = decisions(judge, 'a', seconds(1, 1250), side(5));
    expect(answers.indexOf('advance')).toBeGreaterThanOrEqual(1150);
    expect(answers.indexOf('advance')).toBeLessThan(1220);
  });

  test('a pause that is over is no last word', () => {
    const judge = recordings(`phases: [{name: all, percent: 100, duration: 1h}]
guardrails: [{when: "error_rate > 10 % over 10s", then: pause}]
evidence: off`);
    judge.read(start('a'));
    expect(decisions(judge, 'a', seconds(1, 20), side(10, 5))).toContain('pause');
    expect(judge.isAgainst).toBe(true);
    expect(decisions(judge, 'a', seconds(21, 60), side(10)).at(-1)).toBe('continue');
    expect(judge.isAgainst).toBe(false);
  });

  test('is judged by the second: shorter ticks are refused', () => {
    expect(recordings().read(start('a', 0.5)).wrong).toContain('judged by the second');
  });

  test('an id may begin again once it has ended', () => {
    const judge = recordings();
    judge.read(start('a'));
    decisions(judge, 'a', seconds(1, 100), side(10, 5));
    judge.read(line({type: 'end', id: 'a'}));
    expect(judge.read(start('a'))).toEqual({answer: null, wrong: null});
    expect(decisions(judge, 'a', [1], side(10))).toEqual(['continue']);
    expect(judge.isAgainst).toBe(false);
  });
});

describe('evidence on a recording', () => {
  const judgeBy = () =>
    new Recordings({plan: null, traits: name => metricBook().find(name), declared: {}, createEvaluator});
  const answers = (judge: Recordings, ...lines: object[]) =>
    lines.flatMap(value => {
      const {answer, wrong} = judge.read(line(value));
      expect(wrong).toBeNull();
      return answer === null ? [] : [JSON.parse(answer) as {decision: string; reason: string}];
    });
  const decisionsOf = (judge: Recordings, ...lines: object[]) =>
    answers(judge, ...lines).map(({decision}) => decision);
  const a = {id: 'a'};
  const sick = {requests: 20, errors: 10};
  const well = {requests: 80};

  test('does with next to nothing: no history, no share, no histogram, no conversions', () => {
    const judge = judgeBy();
    judge.read(line({type: 'start', ...a}));
    const ticks = seconds(1, 5).map(t => ({type: 'tick', ...a, t, prod: well, gray: sick}));
    expect(decisionsOf(judge, ...ticks).at(-1)).toBe('rollback');
  });

  test('takes seconds in which nobody came, on one side or on both, for nothing', () => {
    const none = {requests: 0};
    const judge = judgeBy();
    judge.read(line({type: 'start', ...a}));
    const sides = [
      [none, none],
      [none, {requests: 50, errors: 0}],
      [well, none],
    ] as const;
    const ticks = seconds(1, 60).map(t => {
      const [prod, gray] = sides[t % 3]!;
      return {type: 'tick', ...a, t, prod, gray};
    });
    const told = answers(judge, ...ticks);
    expect(new Set(told.map(({decision}) => decision))).toEqual(new Set(['continue']));
    expect(told.at(-1)!.reason).toMatch(/^no sign of a regression \(acts at 1 in 100\)/u);
  });

  test('goes by the requests that were seen, whatever share was announced, and goes on beyond the horizon', () => {
    const judge = judgeBy();
    judge.read(line({type: 'start', ...a, horizonSeconds: 30, grayShare: 0.5}));
    // All that changes is the share: both sides fail alike.
    const tick = (t: number) => ({
      type: 'tick',
      ...a,
      t,
      grayShare: (t % 10) / 10,
      prod: {requests: 100 - (t % 90), errors: (100 - (t % 90)) / 2 < 25 ? 0 : 1},
      gray: {requests: t % 90},
    });
    expect(new Set(decisionsOf(judge, ...seconds(1, 90).map(tick)))).toEqual(new Set(['continue']));
    const later = seconds(91, 100).map(t => ({
      type: 'tick',
      ...a,
      t,
      grayShare: 0.01,
      prod: well,
      gray: sick,
    }));
    expect(decisionsOf(judge, ...later).at(-1)).toBe('rollback');
  });

  test('learns from history how restless prod is, in whatever second it begins', () => {
    const restless = (t: number) => ({requests: 500, errors: Math.floor(t / 60) % 2 === 0 ? 2 : 20});
    const decided = (hasHistory: boolean) => {
      const judge = judgeBy();
      judge.read(line({type: 'start', ...a}));
      if (hasHistory)
        answers(judge, ...seconds(-1200, 0).map(t => ({type: 'history', ...a, t, prod: restless(t)})));
      const ticks = seconds(1, 60).map(t => ({
        type: 'tick',
        ...a,
        t,
        prod: {requests: 500, errors: 2},
        gray: {requests: 500, errors: 8},
      }));
      return decisionsOf(judge, ...ticks).includes('rollback');
    };
    expect([decided(false), decided(true)]).toEqual([true, false]);
  });

  test('takes numbered ticks of ten seconds for what they are', () => {
    const told = (before: number, times: (n: number) => number) => {
      const judge = judgeBy();
      judge.read(line({type: 'start', ...a, tickSeconds: 10}));
      const history = seconds(1, 60).map(n => ({
        type: 'history',
        ...a,
        t: times(n - before),
        prod: side(90, n % 2),
      }));
      const ticks = seconds(1, 30).map(n => ({
        type: 'tick',
        ...a,
        t: times(n),
        prod: side(90, 1),
        gray: side(10, n % 2),
      }));
      return answers(judge, ...history, ...ticks);
    };
    // Numbered from where the same minutes begin and end.
    expect(told(111, n => n)).toEqual(told(60, n => n * 10));
  });
});

test('whatever comes, every tick that can be named has exactly one answer, and nothing throws', () => {
  const id = fc.constantFrom('a', 'b', 7);
  const count = fc.oneof(fc.nat(30), fc.constantFrom(-1, 0.5, null, 'x'));
  const anySide = fc.record({
    requests: count,
    errors: count,
    hist: fc.constantFrom([], [[53, 2]], [[1]], 'x'),
  });
  const anyLine = fc.oneof(
    fc.record({type: fc.constant('start'), id, tickSeconds: fc.constantFrom(1, 10, 0, undefined)}),
    fc.record({type: fc.constant('history'), id, t: fc.integer({min: -9, max: 0}), prod: anySide}),
    fc.record({type: fc.constant('end'), id}),
    fc.record({
      type: fc.constant('tick'),
      id,
      t: fc.oneof(fc.integer({min: -5, max: 200}), fc.constantFrom(1e9, 1e30, null)),
      grayShare: fc.constantFrom(0, 0.1, 0.5, 1, 2, null),
      prod: anySide,
      gray: anySide,
    }),
  );
  fc.assert(
    fc.property(fc.array(anyLine, {maxLength: 60}), all => {
      const judge = recordings();
      for (const value of all) {
        const {answer} = judge.read(line(value));
        expect(answer !== null).toBe(value.type === 'tick');
        const told = JSON.parse(answer ?? '{"decision":"continue"}') as {decision: string};
        expect(['continue', 'advance', 'pause', 'rollback']).toContain(told.decision);
      }
    }),
    {numRuns: 300},
  );
});
