import {describe, expect, test} from 'vitest';
import {createEvaluator} from '../../../source/analysis/evidence/evidence.ts';
import type {EvidenceReading} from '../../../source/analysis/evidence/reading.ts';
import {decider} from '../../../source/audience/decide.ts';
import {readCondition} from '../../../source/config/condition/condition.ts';
import {metricBook} from '../../../source/config/condition/metric-book.ts';
import {readPlan} from '../../../source/config/plan/plan-file.ts';
import {readAnswer, readPoint} from '../../../source/metrics/prometheus/answer.ts';
import type {Criterion, Guardrail, Phase, Plan} from '../../../source/release/plan.ts';
import {World, type Second} from '../../guard/world.ts';
import {
  begin,
  complete,
  end,
  next,
  pause,
  resume,
  retry,
  rollback,
  run,
  set,
  start,
  takenBack,
} from '../../release/orders.ts';
import {ALL_HOOKS, fourPhases, hooks, phase, planOf} from '../../release/plans.ts';
import {given, HOUR, MINUTE, SECOND, wait} from '../../release/specification.ts';
import {CASES} from './cases.ts';

type Proof = () => void | Promise<void>;

const WELL: Second = {requests: 100};
const SICK: Second = {requests: 100, errors: 30};

function conditionOf(text: string) {
  const reading = readCondition(text, metricBook());
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.value;
}
const guardrail = (when: string, forMs: number, then: Guardrail['then'] = 'rollback'): Guardrail => ({
  when: conditionOf(when),
  forMs,
  then,
  level: 'critical',
});
const criterion = (text: string, dryRun = false): Criterion => ({condition: conditionOf(text), dryRun});
const two = (first: Partial<Phase>, rest: Partial<Plan> = {}): Plan =>
  planOf([phase('half', 50, first), phase('all', 100, {durationMs: HOUR})], rest);

async function guarded(plan: Plan): Promise<World> {
  const world = await World.open(plan);
  await world.takeOver();
  return world;
}
const codesOf = (world: World): string[] => (world.release.verdict?.reasons ?? []).map(({code}) => code);
const mistakesOf = (text: string): string => {
  const read = readPlan(text, 'plan.yaml');
  return read.ok ? '' : read.mistakes.map(({message}) => message).join('\n');
};

/** Evidence after a minute of two sides. */
function compared(prod: Second, gray: Second, margin = 0): EvidenceReading | null {
  const evidence = createEvaluator({falseAlarms: 0.01, margin});
  const side = ({requests, errors = 0}: Second) => ({requests, errors, conversions: 0, hist: []});
  for (let t = 1; t <= 60; t++) evidence.observe({t, grayShare: 0.5, prod: side(prod), gray: side(gray)});
  return evidence.read();
}

const PROOFS: Record<keyof typeof CASES, Proof> = {
  'abort-and-try-again'() {
    const aborted = [start(), next(0), next(1), pause(), rollback(), ...takenBack()];
    const {events, split, release} = given(...aborted);
    expect(
      events
        .map(({type}) => type)
        .filter(type => !/step|verdict|dispatch/u.test(type))
        .slice(0, 5),
    ).toEqual(['release-started', 'phase-entered', 'phase-entered', 'phase-entered', 'release-paused']);
    expect(release.state).toBe('rolled_back');
    expect(split).toMatchObject({live: false, percent: 0});
    given(...aborted)
      .when(resume())
      .thenRefused('wrong-state');
    const again = given(...aborted, start(fourPhases(), {release: 'r-2'}));
    expect(again.release).toMatchObject({id: 'r-2', phase: 0, percent: 5});
  },
  'promote-full'() {
    expect(given(start(), complete()).release).toMatchObject({state: 'promoting', percent: 100});
  },
  async 'sick-on-sick'() {
    const guardrails = [guardrail('error_rate > 10 % over 10s', 20 * SECOND)];
    await using world = await guarded(two({}, {guardrails}));
    for (let second = 0; second < 120; second++) await world.second(SICK, SICK);
    expect(world.release).toMatchObject({state: 'rolling', rollback: null, percent: 50});
    expect(codesOf(world)).toContain('both_sides');
    expect(world.controller.snapshot().state.alerts).not.toEqual([]);
  },
  async 'good-on-sick'() {
    await using world = await guarded(two({durationMs: MINUTE}));
    await world.for(70, WELL, SICK);
    expect(world.release.phase).toBe(1);
  },
  'bad-plan'() {
    const bad =
      'phases: [{name: half, percent: 150}, {name: all, percent: 100}]\nguardrails: [{when: error_rate, then: rollbak}]\n';
    expect(mistakesOf(bad).split('\n').length).toBeGreaterThanOrEqual(3);
    const mended = readPlan(
      'phases: [{name: half, percent: 50, duration: 1h}, {name: all, percent: 100}]\n',
      'plan.yaml',
    );
    if (!mended.ok) throw new Error('mended');
    expect(given(start(mended.plan)).release).toMatchObject({state: 'rolling', percent: 50});
  },
  async 'pause-takes-time'() {
    await using world = await guarded(two({durationMs: 3 * MINUTE}));
    await world.for(60, WELL);
    await world.does(pause());
    await world.for(300, WELL);
    expect(world.release).toMatchObject({state: 'paused', phase: 0});
    await world.does(resume());
    await world.for(60, WELL);
    expect(world.release.phase).toBe(0);
    await world.for(80, WELL);
    expect(world.release.phase).toBe(1);
  },
  async 'limit-across-phases'() {
    const guardrails = [guardrail('error_rate > 10 % over 10s', 60 * SECOND)];
    await using world = await guarded(two({durationMs: HOUR}, {guardrails}));
    await world.for(30, WELL);
    await world.for(30, SICK);
    await world.does(set(60));
    await world.for(45, SICK);
    expect(world.release.rollback).not.toBeNull();
  },
  async 'failing-step-analysis'() {
    await using world = await guarded(
      two({durationMs: MINUTE, criteria: [criterion('error_rate < 5 % over 30s')]}),
    );
    await world.for(300, SICK);
    expect(world.release).toMatchObject({state: 'rolling', phase: 0, rollback: null});
    expect(codesOf(world)).toContain('criterion_fails');
  },
  async inconclusive() {
    const criteria = [criterion('error_rate < 1 % over 1m min 5000 requests')];
    await using world = await guarded(two({durationMs: MINUTE, criteria}));
    await world.for(240, {requests: 10}, {requests: 10});
    expect(world.release).toMatchObject({state: 'rolling', phase: 0, percent: 50});
    expect(codesOf(world)).toContain('criterion_undecided');
    await world.for(120, WELL);
    expect(world.release.phase).toBe(1);
  },
  'job-that-fails'() {
    const {release, split} = given(
      start(fourPhases({hooks: hooks('deploy')})),
      begin('deploy.deploy'),
      end('deploy.deploy', 'failed'),
    );
    expect(release.state).toBe('failed');
    expect(split.percent).toBe(0);
  },
  'old-stop-order'() {
    const {release} = given(start(fourPhases({hooks: hooks('stop')})), rollback());
    const steps = release.steps.filter(step => step.run === 'rollback').map(({id}) => id);
    expect(steps.indexOf('rollback.traffic')).toBeGreaterThanOrEqual(0);
    expect(steps.indexOf('rollback.traffic')).toBeLessThan(steps.indexOf('rollback.stop'));
  },
  async 'quiet-pause'() {
    await using world = await guarded(two({}));
    await world.for(30, WELL);
    await world.does(pause());
    await world.for(30, WELL);
    const before = world.controller.commits().length;
    await world.for(600, WELL);
    expect(world.controller.commits()).toHaveLength(before);
  },
  'rollback-window'() {
    const done = [
      start(),
      complete(),
      ...run(
        'promotion.traffic',
        'promotion.promote',
        'promotion.verify',
        'promotion.traffic-to-prod',
        'promotion.cleanup',
      ),
    ];
    expect(given(...done).release.state).toBe('completed');
    expect(given(...done, rollback()).split.live).toBe(false);
    given(...done, wait(2 * HOUR))
      .when(rollback())
      .thenRefused('window-over', 'start a release of v1');
  },
  'header-route'() {
    const forced = {headers: ['x-gray-release'], cookies: []};
    const asked = {headers: {'x-gray-release': 'true'}};
    const live = given(start(fourPhases({forced}))).split;
    const back = given(start(fourPhases({forced})), rollback()).split;
    const sideOf = (split: typeof live) =>
      decider({split, version: 1})({id: 'u-1'}, 1_800_000_000_000, asked).side;
    expect([sideOf(live), sideOf(back)]).toEqual(['gray', 'prod']);
  },
  async 'abort-without-servers'() {
    await using world = await guarded(two({}));
    await world.for(120, null);
    expect((await world.does(rollback())).kind).toBe('done');
    expect(world.controller.snapshot().split.live).toBe(false);
  },
  'compensation-on-abort'() {
    const {release} = given(
      start(fourPhases({hooks: ALL_HOOKS})),
      ...run('deploy.backup', 'deploy.deploy'),
      complete(),
      ...run('promotion.traffic', 'promotion.promote'),
      rollback(),
    );
    const steps = release.steps
      .filter(step => step.run === 'rollback')
      .map(({id}) => id.slice('rollback.'.length));
    const order = ['demote', 'stop', 'restore'].map(name => steps.indexOf(name));
    expect(order.every(index => index >= 0)).toBe(true);
    expect(order).toEqual([...order].sort((one, other) => one - other));
    const anew = given(
      start(fourPhases({hooks: ALL_HOOKS})),
      rollback(),
      ...takenBack('rollback.stop', 'rollback.restore'),
      start(fourPhases(), {release: 'r-2'}),
    );
    expect(anew.release.steps.every(({state}) => state !== 'failed')).toBe(true);
  },
  async 'dry-run'() {
    await using world = await guarded(
      two({durationMs: MINUTE, criteria: [criterion('error_rate < 5 % over 30s', true)]}),
    );
    await world.for(70, SICK);
    expect(world.release.phase).toBe(1);
  },
  'provider-answers'() {
    const vector = (...values: string[]) =>
      JSON.stringify({
        status: 'success',
        data: {
          resultType: 'vector',
          result: values.map((value, index) => ({metric: {n: String(index)}, value: [1, value]})),
        },
      });
    const stateOf = (body: string, status = 200) => {
      const point = readPoint(readAnswer(status, body));
      return point.ok ? 'ok' : point.fault.code;
    };
    expect(
      [vector('1'), vector('NaN'), vector('+Inf'), vector(), vector('1', '2'), 'no'].map(body =>
        stateOf(body),
      ),
    ).toEqual(['ok', 'nan', 'inf', 'empty', 'several', 'not-prometheus']);
    expect(stateOf('', 503)).toBe('server-error');
  },
  async 'provider-errors'() {
    const guardrails = [guardrail('cpu > 80 % over 1m', 0)];
    await using world = await guarded(two({durationMs: MINUTE}, {guardrails}));
    await world.for(300, WELL);
    expect(world.release).toMatchObject({state: 'rolling', phase: 0, rollback: null});
    expect(codesOf(world)).toContain('guardrail_unmeasured');
  },
  'new-version-meanwhile'() {
    given(start())
      .when(start(fourPhases(), {release: 'r-2', version: 'v3'}))
      .thenRefused('already-live', 'v2');
  },
  async 'no-values'() {
    await using world = await guarded(
      two({durationMs: MINUTE}, {guardrails: [guardrail('error_rate > 10 %', 0)]}),
    );
    await world.for(30, WELL);
    await world.for(600, null);
    expect(world.release).toMatchObject({state: 'rolling', phase: 0, rollback: null});
    expect(codesOf(world)).toContain('no_data');
    expect(world.controller.snapshot().state.alerts).not.toEqual([]);
  },
  'failed-promotion'() {
    const {release, split} = given(
      start(fourPhases({hooks: hooks('promote')})),
      complete(),
      ...run('promotion.traffic'),
      begin('promotion.promote'),
      end('promotion.promote', 'failed'),
    );
    expect(release).toMatchObject({state: 'failed', percent: 100});
    expect(split).toMatchObject({live: true, percent: 100});
  },
  'weight-sequence'() {
    const read = readPlan('ramp: {step: 20 %, every: 30s}\n', 'plan.yaml');
    expect(read.ok && read.plan.phases.map(({percent}) => percent)).toEqual([20, 40, 60, 80, 100]);
  },
  'overflowing-steps'() {
    expect(mistakesOf('phases: [{name: a, percent: 80}, {name: b, percent: 120}]\n')).not.toBe('');
    expect(mistakesOf('phases: [{name: a, percent: 80, duration: 1h}, {name: b, percent: 50}]\n')).not.toBe(
      '',
    );
  },
  'failing-webhook'() {
    const failed = [
      start(fourPhases({hooks: hooks('backup', 'deploy')})),
      ...run('deploy.backup'),
      begin('deploy.deploy'),
      end('deploy.deploy', 'failed'),
    ];
    expect(given(...failed).release.state).toBe('failed');
    const {release} = given(...failed, retry(), ...run('deploy.deploy'));
    expect(release.state).toBe('rolling');
    expect(release.steps.find(({id}) => id === 'deploy.backup')?.state).toBe('done');
  },
  async 'failures-add-up'() {
    const guardrails = [guardrail('error_rate > 10 % over 10s', 90 * SECOND)];
    await using world = await guarded(two({}, {guardrails}));
    for (let round = 0; round < 6; round++) {
      await world.for(50, SICK);
      await world.for(50, WELL);
    }
    expect(world.release.rollback).toBeNull();
  },
  async 'nodata-group'() {
    const criteria = [criterion('conversion_rate >= 1x prod')];
    await using world = await guarded(two({durationMs: MINUTE, criteria}));
    await world.for(120, WELL);
    expect(world.release).toMatchObject({state: 'rolling', phase: 0});
    expect(codesOf(world)[0]).toMatch(/^criterion_(?:undecided|unmeasured)$/u);
  },
  direction() {
    expect(compared({requests: 100, errors: 10}, {requests: 100, errors: 1})).toMatchObject({
      decided: false,
      direction: 'gray-better',
    });
  },
  ties() {
    expect(compared({requests: 100, errors: 5}, {requests: 100, errors: 5})).toMatchObject({decided: false});
    expect(compared({requests: 100}, {requests: 100})).toMatchObject({decided: false, direction: 'none'});
  },
  'critical-metric'() {
    expect(compared({requests: 100, errors: 1}, {requests: 100, errors: 20})).toMatchObject({
      decided: true,
      worst: 'error_rate',
      atMost: 'rollback',
    });
  },
  'effect-size'() {
    const [prod, gray] = [
      {requests: 400, errors: 40},
      {requests: 400, errors: 56},
    ];
    expect(compared(prod, gray)?.decided).toBe(true);
    expect(compared(prod, gray, 0.5)?.decided).toBe(false);
  },
  async 'approve-by-hand'() {
    await using world = await guarded(two({durationMs: MINUTE, manual: true}));
    await world.for(200, WELL);
    expect(world.release.phase).toBe(0);
    expect(codesOf(world)).toContain('manual_gate');
    await world.does(next(0));
    expect(world.release.phase).toBe(1);
  },
  undo() {
    const stories = [
      [start()],
      [start(), pause()],
      [start(), next(0)],
      [start(fourPhases({hooks: hooks('deploy')}))],
      [start(), complete()],
    ];
    for (const story of stories) expect(given(...story, rollback()).split.live).toBe(false);
  },
  async 'time-ranges'() {
    const read = readPlan(
      'phases: [{name: half, percent: 50, duration: 1m}, {name: all, percent: 100}]\nraise: {when: "Mon 03:00-03:01 UTC"}\n',
      'plan.yaml',
    );
    if (!read.ok) throw new Error('plan');
    await using world = await guarded({...read.plan, evidence: null});
    await world.for(120, WELL);
    expect(world.release.phase).toBe(0);
    expect(codesOf(world)).toContain('raise_hours');
    expect((await world.does(rollback())).kind).toBe('done');
  },
};

describe.each(Object.entries(CASES))('%s', (id, {situation, ours}) => {
  test(`${situation}: ${ours}`, async () => {
    expect.hasAssertions();
    await PROOFS[id as keyof typeof CASES]();
  });
});
