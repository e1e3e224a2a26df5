import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {EvidenceReading} from '../../../source/analysis/evidence/reading.ts';
import {judge, overrule, type Judgement, type JudgeState} from '../../../source/analysis/judge/judge.ts';
import {DEFAULT_EVIDENCE} from '../../../source/config/plan/built-in.ts';
import type {Guardrail, Plan} from '../../../source/release/plan.ts';
import {criterion, guardrail, phase, Scene, traffic} from './scene.ts';

const WELL = traffic(10, 0, 1);
const SICK = traffic(10, 5, 1);

const PHASES = [phase('alpha', 20), phase('beta', 50), phase('all', 100, {durationMs: null})];

function scene(plan: Partial<Plan> = {}): Scene {
  const made = new Scene({phases: PHASES, complete: 'auto', ...plan});
  made.ranMs = 60_000;
  return made;
}

const codes = ({verdict}: Judgement) => verdict.reasons.map(({code}) => code);

function evidence(decided: boolean): EvidenceReading {
  return {
    t: 1,
    logE: decided ? 9.5 : 1,
    peak: decided ? 9.5 : 1,
    limit: Math.log(100),
    decided,
    decidedAt: decided ? 1 : null,
    worst: 'error_rate',
    direction: decided ? 'gray-worse' : 'none',
    metrics: [
      {
        metric: 'error_rate',
        logE: 9.5,
        direction: 'gray-worse',
        prod: 0.005,
        gray: 0.051,
        samples: {prod: 9000, gray: 1204},
        footing: 'people',
        onset: 2,
        people: {prod: 40, gray: 58},
        seconds: 41,
        clustering: 1,
      },
    ],
    atMost: 'rollback',
    isOneHost: false,
    footing: 'people',
    onset: 2,
    forecastSeconds: null,
    faults: [],
  };
}

describe('going on', () => {
  test('advances when the phase has run its time, its criteria hold and nothing stands against it', () => {
    const s = scene({
      phases: [PHASES[0]!, phase('beta', 50, {criteria: [criterion('error_rate < 1 %')]}), PHASES[2]!],
    });
    // 230 requests one by one are 575 that come two and a half at a time.
    expect(codes(s.watch(57, WELL, WELL))).toEqual(['criterion_undecided']);
    const judgement = s.watch(1, WELL, WELL);
    expect(judgement).toMatchObject({next: 'phase', heldClock: null, alerts: []});
    expect(judgement.verdict).toMatchObject({
      action: 'advance',
      reasons: [{code: 'phase_served', text: 'beta has run 1 min, its criterion holds'}],
    });
    expect(judgement.left).toEqual([{text: 'error_rate < 1 %', outcome: 'holds'}]);
  });

  test('being equal to prod is the normal good case', () => {
    expect(scene({evidence: DEFAULT_EVIDENCE}).watch(30, SICK, SICK).verdict.action).toBe('advance');
  });

  test('the last phase completes, by itself or by hand as the plan says', () => {
    const last = (complete: Plan['complete']): Scene => {
      const s = scene({complete});
      Object.assign(s, {phase: 2, percent: 100, applied: 100});
      return s;
    };
    expect(last('auto').watch(30, WELL, null)).toMatchObject({
      next: 'complete',
      verdict: {action: 'advance'},
    });
    expect(codes(last('manual').watch(30, WELL, null))).toEqual(['complete_by_hand']);
  });

  test.each<[string, (s: Scene) => void, string]>([
    ['its time is not over', s => (s.ranMs = 59_000), 'phase_time'],
    ['it is paused', s => (s.state = 'paused'), 'paused'],
    ['gray is being deployed', s => (s.state = 'deploying'), 'deploying'],
    ['it is being promoted', s => (s.state = 'promoting'), 'promoting'],
    ['a step failed', s => (s.state = 'failed'), 'failed'],
    ['it is over', s => (s.state = 'completed'), 'over'],
    ['no router has confirmed the percentage', s => (s.applied = null), 'not_applied'],
    ['a router is at another percentage', s => (s.applied = 20), 'not_applied'],
  ])('is held while %s', (_, change, code) => {
    const s = scene();
    change(s);
    const judgement = s.watch(30, WELL, WELL);
    expect(judgement.verdict.action).toBe('hold');
    expect(codes(judgement)).toEqual([code]);
    expect(judgement.next).toBeNull();
  });

  test.each<[string, Partial<Plan>, string]>([
    ['manual', {phases: [PHASES[0]!, phase('beta', 50, {manual: true}), PHASES[2]!]}, 'manual_gate'],
    ['open', {phases: [PHASES[0]!, phase('beta', 50, {durationMs: null}), PHASES[2]!]}, 'open_phase'],
  ])('is held in a phase that is %s', (_, plan, code) => {
    expect(codes(scene(plan).watch(30, WELL, WELL))).toEqual([code]);
  });

  test.each<[string, string, string]>([
    ['fails', 'error_rate > 1 %', 'criterion_fails'],
    ['wants more requests', 'error_rate < 1 % min 5000 requests', 'criterion_undecided'],
    ['is measured by nobody', 'user_satisfaction > 4.5', 'criterion_unmeasured'],
  ])('is held while a criterion %s, and a dry run never holds it', (_, text, code) => {
    const held = (dryRun: boolean) =>
      scene({
        phases: [PHASES[0]!, phase('beta', 50, {criteria: [criterion(text, dryRun)]}), PHASES[2]!],
      }).watch(30, WELL, WELL);
    expect(codes(held(false))).toEqual([code]);
    expect(held(true).verdict.action).toBe('advance');
    expect(held(true).criteria).toHaveLength(1);
  });

  test('an entry gate opens when every earlier criterion was seen to hold, and the present ones do', () => {
    const [text, other] = ['error_rate < 1 %', 'response_time < 900 ms'];
    const s = scene({
      phases: [
        phase('alpha', 20, {criteria: [criterion(text)]}),
        phase('beta', 50, {criteria: [criterion(other)]}),
        phase('all', 100, {needsEarlierCriteria: true}),
      ],
    });
    expect(s.watch(30, WELL, WELL).verdict.reasons).toMatchObject([
      {code: 'entry_gate', text: 'all opens when every earlier criterion held; not seen: error_rate < 1 %'},
    ]);
    s.left = [{phase: 0, at: 0, percent: 20, criteria: [{text, outcome: 'fails'}]}];
    expect(codes(s.judge())).toEqual(['entry_gate']);
    s.left = [{phase: 0, at: 0, percent: 20, criteria: [{text, outcome: 'holds'}]}];
    expect(s.judge()).toMatchObject({verdict: {action: 'advance'}, left: [{text: other, outcome: 'holds'}]});
  });

  test('no data is not good news: a side that fell silent holds, and the clock of the phase stands', () => {
    const s = scene();
    expect(s.judge()).toMatchObject({heldClock: 'no-data', verdict: {action: 'hold'}});
    s.watch(30, WELL, WELL);
    const silent = s.watch(61, null, WELL);
    expect(codes(silent)).toEqual(['no_data']);
    expect(silent).toMatchObject({heldClock: 'no-data', verdict: {reasons: [{value: 61}]}});
    s.watch(30, WELL, WELL);
    expect(codes(s.watch(61, WELL, null))).toEqual(['no_prod_data']);
  });

  test('a guardrail that stops and cannot be judged holds; one that only alerts does not', () => {
    const when = 'availability < 99 %';
    expect(codes(scene({guardrails: [guardrail(when, 'rollback')]}).watch(30, WELL, WELL))).toEqual([
      'guardrail_unmeasured',
    ]);
    expect(scene({guardrails: [guardrail(when, 'alert')]}).watch(30, WELL, WELL).verdict.action).toBe(
      'advance',
    );
  });

  test('nothing is raised while a guardrail holds, though not for long enough yet', () => {
    const s = scene({guardrails: [guardrail('error_rate > 10 %', 'rollback', 300_000)]});
    const {verdict} = s.watch(42, SICK, WELL);
    expect(verdict.reasons).toMatchObject([{code: 'guardrail_holds', metric: 'error_rate'}]);
    expect(verdict.reasons[0]!.text).toBe('gray error rate 50 %, passes at 10 % or less, held 40 s of 5 min');
  });
});

describe('evidence', () => {
  test.each(['rollback', 'pause'] as const)('that has decided does what the plan says: %s', then => {
    const s = scene({evidence: {...DEFAULT_EVIDENCE, then}});
    s.evidence = evidence(true);
    const {verdict, alerts} = s.watch(10, WELL, WELL);
    expect(verdict.action).toBe(then);
    expect(verdict.reasons).toMatchObject([
      {code: 'evidence', metric: 'error_rate', samples: 1204, windowSeconds: 41},
    ]);
    expect(verdict.reasons[0]!.text).toBe(
      'gray error rate 5.1 %, prod 0.5 %, for 41 s, chance 1 in 13,000 (acts at 1 in 100), by 58 people on gray and 40 on prod',
    );
    expect(alerts).toMatchObject([{key: 'judge evidence', level: 'critical'}]);
  });

  test('by history pauses at most, and the verdict says on what it rests and since when', () => {
    const s = scene({evidence: DEFAULT_EVIDENCE});
    s.evidence = {...evidence(true), atMost: 'pause', footing: 'history'};
    expect(s.watch(10, WELL, WELL).verdict).toMatchObject({action: 'pause', footing: 'history', onset: 2000});
  });

  test('by history only alerts where the plan only alerts', () => {
    const s = scene({evidence: {...DEFAULT_EVIDENCE, then: 'alert'}});
    s.evidence = {...evidence(true), atMost: 'pause', footing: 'history'};
    expect(s.watch(10, WELL, WELL).verdict.action).toBe('advance');
  });

  test('on one gray host pauses at most, and says why', () => {
    const s = scene({evidence: DEFAULT_EVIDENCE});
    s.evidence = {...evidence(true), atMost: 'pause', isOneHost: true};
    const {verdict} = s.watch(10, WELL, WELL);
    expect(verdict.action).toBe('pause');
    expect(verdict.reasons[0]!.text).toMatch(
      /; gray runs on one host: its version cannot be told from the host$/u,
    );
  });

  test('that only alerts neither stops nor holds', () => {
    const s = scene({evidence: {...DEFAULT_EVIDENCE, then: 'alert'}});
    s.evidence = evidence(true);
    expect(s.watch(10, WELL, WELL)).toMatchObject({
      verdict: {action: 'advance'},
      alerts: [{key: 'judge evidence'}],
    });
  });

  test('that the plan has turned off says nothing', () => {
    const s = scene({evidence: null});
    s.evidence = evidence(true);
    expect(s.watch(10, WELL, WELL)).toMatchObject({verdict: {action: 'advance'}, alerts: [], evidence: null});
  });

  test('of response times names the limit that tells the sides apart', () => {
    const s = scene({evidence: DEFAULT_EVIDENCE});
    const found = evidence(true);
    s.evidence = {
      ...found,
      worst: 'response_time',
      metrics: [{...found.metrics[0]!, metric: 'response_time', thresholdMs: 830}],
    };
    expect(s.judge().verdict.reasons).toMatchObject([
      {
        code: 'evidence_slow',
        text: "5.1 % of gray's requests take longer than 830 ms, prod 0.5 %, for 41 s, chance 1 in 13,000 (acts at 1 in 100), by 58 people on gray and 40 on prod",
      },
    ]);
  });
});

describe('a guardrail that a person has overruled', () => {
  const KEY = 'pause error_rate > 10 % over 20s for 0';
  const pausing = (more: Partial<Plan> = {}) =>
    scene({guardrails: [guardrail('error_rate > 10 % over 20s', 'pause')], ...more});

  test('holds and is named while the breach lasts, and pauses again after it was well', () => {
    const s = pausing();
    const paused = s.watch(30, SICK, WELL);
    expect(paused).toMatchObject({verdict: {action: 'pause'}, because: [{kind: 'guardrail', key: KEY}]});
    s.memory = overrule(s.memory!, [KEY]);
    const held = s.watch(10, SICK, WELL);
    expect(held).toMatchObject({verdict: {action: 'hold'}, because: []});
    expect(held.verdict.reasons).toMatchObject([{code: 'guardrail_overruled', metric: 'error_rate'}]);
    s.watch(30, WELL, WELL);
    expect(s.watch(30, SICK, WELL).verdict.action).toBe('pause');
  });

  test('holds although it is a little below its limit, until it is clearly well', () => {
    const s = pausing();
    s.watch(30, SICK, WELL);
    s.memory = overrule(s.memory!, [KEY]);
    const near = s.watch(30, traffic(10, 1), WELL);
    expect(near.guardrails[0]).toMatchObject({outcome: {kind: 'fails'}, isOn: true});
    expect(near.verdict.reasons.map(({code}) => code)).toEqual(['guardrail_overruled']);
  });

  test('pauses again in another phase', () => {
    const s = pausing();
    s.watch(30, SICK, WELL);
    s.memory = overrule(s.memory!, [KEY]);
    expect(s.watch(5, SICK, WELL).verdict.action).toBe('hold');
    s.phase++;
    expect(s.watch(1, SICK, WELL).verdict.action).toBe('pause');
  });

  test('is the only one: neither another guardrail, nor one that takes gray back, nor evidence is disarmed', () => {
    const back = guardrail('error_rate > 10 %', 'rollback');
    const other = guardrail('error_rate > 20 % over 20s', 'pause');
    const s = scene({guardrails: [guardrail('error_rate > 10 % over 20s', 'pause'), other]});
    s.watch(30, SICK, WELL);
    s.memory = overrule(s.memory!, [KEY]);
    expect(s.watch(1, SICK, WELL)).toMatchObject({
      verdict: {action: 'pause'},
      because: [{kind: 'guardrail'}],
    });
    s.plan = {...s.plan, guardrails: [back]};
    s.watch(30, SICK, WELL);
    s.memory = overrule(s.memory, [s.judge().guardrails[0]!.key]);
    expect(s.watch(1, SICK, WELL).verdict.action).toBe('rollback');
    s.plan = {...s.plan, guardrails: [], evidence: {...DEFAULT_EVIDENCE, then: 'pause'}};
    s.evidence = evidence(true);
    expect(s.judge()).toMatchObject({
      verdict: {action: 'pause'},
      because: [{kind: 'evidence', metric: 'error_rate'}],
    });
  });
});

test('another release, or a memory of another version, begins with nothing', () => {
  const s = scene({guardrails: [guardrail('error_rate > 10 %', 'rollback', 40_000)]});
  s.watch(41, SICK, WELL);
  const held = (state: JudgeState, release = 'r1') =>
    judge(state, {...s.situation(), release, at: s.at + 1000}).judgement.guardrails[0]!.heldMs;
  expect(held(s.memory!)).toBeGreaterThan(30_000);
  expect(held(s.memory!, 'r2')).toBe(0);
  expect(held({...s.memory!, schema: 'graydeck.judge/0' as JudgeState['schema']})).toBe(0);
});

test('what was measured under the split before is nothing to the next, though the windows lag behind', () => {
  const s = scene({guardrails: [guardrail('error_rate > 10 %', 'rollback')]});
  expect(s.watch(30, SICK, WELL).verdict.action).toBe('rollback');
  const next = {...s.situation(), release: 'r2', since: s.at};
  expect(judge(s.memory, {...next, at: s.at + 1000}).judgement.verdict.action).toBe('hold');
});

test('a criterion that does not apply where everybody has gray was held when its phase is left', () => {
  const s = scene({
    phases: [
      phase('all', 100, {criteria: [criterion('error_rate < 2x prod'), criterion('error_rate < 1 %')]}),
    ],
  });
  Object.assign(s, {phase: 0, percent: 100, applied: 100});
  expect(s.watch(60, WELL, null)).toMatchObject({
    next: 'complete',
    left: [{outcome: 'holds'}, {outcome: 'holds'}],
  });
});

test('whatever comes: one verdict, the worst first, and going on only if nothing is against it', () => {
  const shown = fc.option(
    fc
      .record({requests: fc.nat(30), errors: fc.nat(3), slow: fc.boolean()})
      .map(({requests, errors, slow}) => traffic(requests, Math.min(errors, requests), 0, slow ? 9000 : 100)),
    {nil: null},
  );
  const thens = fc.constantFrom<Guardrail['then']>('rollback', 'pause', 'alert', 'advance');
  const texts = fc.constantFrom(
    'error_rate > 10 %',
    'response_time_p95 > 1000 ms',
    'error_rate > 2x prod',
    'availability < 99 %',
    'error_rate improvement > 1 points',
  );
  const guardrails = fc.array(fc.tuple(texts, thens, fc.constantFrom(0, 3000)), {maxLength: 4});
  const rank = {advance: 0, hold: 1, pause: 2, rollback: 3};
  fc.assert(
    fc.property(
      guardrails,
      fc.array(fc.tuple(shown, shown), {minLength: 1, maxLength: 12}),
      fc.constantFrom<Scene['state']>('rolling', 'paused', 'promoting', 'failed', 'deploying', 'rolled_back'),
      fc.constantFrom(0, 50, 100),
      fc.constantFrom<number | null>(null, 50, 100),
      fc.boolean(),
      fc.array(fc.integer({min: -100_000, max: 100_000}), {maxLength: 3}),
      (rails, seconds, state, percent, applied, decided, jumps) => {
        const s = scene({
          guardrails: rails.map(([text, then, forMs]) => guardrail(text, then, forMs)),
          evidence: DEFAULT_EVIDENCE,
        });
        Object.assign(s, {state, percent, applied, evidence: evidence(decided)});
        seconds.forEach(([gray, prod], index) => {
          s.second(gray, prod);
          s.at += jumps[index] ?? 0;
          const {verdict, guardrails: readings, next} = s.judge();
          expect(verdict.reasons.length).toBeGreaterThan(0);
          for (const {text} of verdict.reasons) expect(text).not.toMatch(/NaN|Infinity|undefined|null/u);
          const isServing = state !== 'deploying' && state !== 'rolled_back';
          expect(!decided || verdict.action === (isServing ? 'rollback' : 'hold')).toBe(true);
          const stops = readings.filter(({guardrail: {then}}) => then === 'rollback' || then === 'pause');
          const firing = stops.filter(
            ({isOn, outcome, isProdSickToo}) =>
              isServing && isOn && outcome.kind === 'holds' && !isProdSickToo,
          );
          const least = Math.max(0, ...firing.map(({guardrail: {then}}) => rank[then as keyof typeof rank]));
          expect(rank[verdict.action]).toBeGreaterThanOrEqual(least);
          expect(next !== null).toBe(verdict.action === 'advance');
          const isClear = stops.every(({outcome: {kind}}) => kind === 'fails' || kind === 'not-applicable');
          const mayGoOn = state === 'rolling' && applied === percent && isClear;
          expect(verdict.action !== 'advance' || mayGoOn).toBe(true);
        });
      },
    ),
    {numRuns: 400},
  );
});
