import {describe, expect, test} from 'vitest';
import {createEvaluator} from '../../source/analysis/evidence/evidence.ts';
import {readCondition} from '../../source/config/condition/condition.ts';
import {metricBook} from '../../source/config/condition/metric-book.ts';
import type {Checkpoint} from '../../source/monitor/checkpoint.ts';
import type {Criterion, Guardrail, Phase, Plan} from '../../source/release/plan.ts';
import {phase, planOf} from '../release/plans.ts';
import {HOUR, MINUTE, SECOND} from '../release/specification.ts';
import {eventsOf} from './watchmen.ts';
import {World} from './world.ts';

function guardrail(when: string, forMs: number, then: Guardrail['then']): Guardrail {
  const reading = readCondition(when, metricBook());
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return {when: reading.value, forMs, then, level: 'critical'};
}

const WELL = {requests: 100};
const SICK = {requests: 100, errors: 30};
const plan = (durationMs: number, rest: Partial<Plan> = {}, more: Partial<Phase> = {}) =>
  planOf([phase('alpha', 50, {durationMs, ...more}), phase('all', 100, {durationMs: HOUR})], rest);

/** What the log tells, without when. */
const told = (world: World) =>
  eventsOf(world.controller.commits()).map(event =>
    event.type === 'verdict-changed'
      ? `${event.action} ${event.reasons.map(({code}) => code).join(' ')}`
      : event.type,
  );

/** What a guard tells beside that it came. */
const without = (list: string[], ...types: string[]) => list.filter(type => !types.includes(type));

describe('a guard that takes over', () => {
  /** Errors of a release that is sick now and then, and at last for good. */
  const story = (second: number) => (second % 100 < 40 || second > 360 ? SICK : WELL);
  const guarded = () =>
    plan(HOUR, {guardrails: [guardrail('error_rate > 10 % over 10s', 90 * SECOND, 'rollback')]});

  async function live(handovers: readonly number[]): Promise<World> {
    const world = await World.open(guarded());
    await world.takeOver();
    for (let second = 0; second < 600 && world.release.rollback === null; second++) {
      if (handovers.includes(second)) await world.takeOver();
      await world.second(story(second));
    }
    return world;
  }

  // Every commit of seven logs is written through to a disk that others use as well.
  test('comes to the verdict of one that never stopped, in the very same second', async () => {
    await using alone = await live([]);
    expect(alone.release.rollback).not.toBeNull();
    for (const handovers of [[37], [365], [400], [440], [3, 90, 361, 372, 401, 449]]) {
      await using taken = await live(handovers);
      expect(taken.release.rollback?.at).toBe(alone.release.rollback?.at);
      expect(without(told(taken), 'guard-taken')).toEqual(without(told(alone), 'guard-taken'));
    }
  });

  test('goes on with the evidence, too, to the last digit', async () => {
    /** Gray fails a little more often than prod, and later often. */
    const gray = (second: number) => ({requests: 40, errors: second % (second < 90 ? 20 : 2) === 0 ? 1 : 0});
    const prod = (second: number) => ({requests: 160, errors: second % 3 === 0 ? 1 : 0});
    const until = async (handovers: readonly number[]) => {
      const evidence = {falseAlarms: 0.01, margin: 0, then: 'rollback'} as const;
      const world = await World.open(plan(HOUR, {evidence}));
      world.createEvaluator = createEvaluator;
      await world.takeOver();
      for (let second = 0; second < 300 && world.release.rollback === null; second++) {
        if (handovers.includes(second)) await world.takeOver();
        await world.second(gray(second), prod(second));
      }
      // Its last word is what it leaves behind.
      await world.acting?.end();
      return world;
    };
    const leftBy = ({minutes}: World) =>
      [...minutes.values()].map(body => (JSON.parse(body) as Checkpoint).evidence);
    await using alone = await until([]);
    expect(alone.release.rollback).not.toBeNull();
    expect(told(alone)).toContain('rollback evidence');
    await using taken = await until([7, 19, 61, 90, 91, 99]);
    expect(taken.release.rollback?.at).toBe(alone.release.rollback?.at);
    expect(without(told(taken), 'guard-taken')).toEqual(without(told(alone), 'guard-taken'));
    expect(leftBy(taken)).toEqual(leftBy(alone));
  });

  test('says at once what evidence had decided, though nobody sends anything any more', async () => {
    const world = await World.open(plan(HOUR, {evidence: {falseAlarms: 0.01, margin: 0, then: 'pause'}}));
    await using _ = world;
    world.createEvaluator = createEvaluator;
    await world.takeOver();
    await world.for(20, SICK);
    expect(world.release.state).toBe('paused');
    await world.takeOver();
    await world.second(null, null);
    expect(world.release.verdict).toMatchObject({action: 'pause', reasons: [{code: 'evidence'}]});
  });
});

test('after a day, raw samples long gone, a next guard and a console opened late judge as one that never stopped', async () => {
  const criterion = (text: string): Criterion => {
    const reading = readCondition(text, metricBook());
    if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
    return {condition: reading.value, dryRun: false};
  };
  const criteria = ['error_rate < 1.5 % over 24h', 'response_time_p95 < 1.2x prod over 12h'].map(criterion);
  const guardrails = [
    guardrail('error_rate > 10 % over 5m', 10 * MINUTE, 'rollback'),
    guardrail('error_rate > 0.4 % over 6h', 20 * MINUTE, 'alert'),
    guardrail('error_rate > 5 % over 45m', 0, 'alert'),
  ];
  await using world = await World.open(plan(48 * HOUR, {guardrails}, {criteria}));
  await world.takeOver();
  /** Sick for a while each two hours, and for good in the last eight minutes of the day. */
  const story = (second: number) => (second > 24 * 3600 - 480 || second % 7200 < 60 ? SICK : WELL);
  for (let second = 0; second < 24 * 3600; second++) await world.second(story(second));
  const sickAt = world.now - 480 * SECOND;
  const late = await world.opensConsole();
  for (let second = 0; second < 600; second++) {
    // Until then the guard has never stopped.
    if (second === 60) await world.takeOver();
    await world.second(SICK);
    if (world.release.rollback !== null) break;
    expect(late.judged).toEqual(world.judged);
    const {judgement} = world.judged!;
    // Of a day of requests, and not of the hour that is kept by the second.
    expect(judgement.criteria[0]?.outcome.samples).toBeGreaterThan(24 * 3600 * 99);
    expect(judgement.criteria.map(({outcome}) => outcome.windowSeconds)).toEqual([24 * 3600, 12 * 3600]);
    expect(judgement.guardrails.every(({outcome}) => outcome.value !== null)).toBe(true);
  }
  const heldMs = world.release.rollback!.at - sickAt;
  // Half of the five minutes has to be bad before it counts.
  expect(heldMs).toBeGreaterThan(10 * MINUTE);
  expect(heldMs).toBeLessThan(13 * MINUTE);
});

describe('a clock that jumps', () => {
  test('forward lets no phase end early: the time in between is not counted', async () => {
    await using world = await World.open(plan(10 * MINUTE));
    await world.takeOver();
    await world.for(60, WELL);
    world.now += HOUR;
    await world.for(60, WELL);
    expect(world.release.phase).toBe(0);
    expect(told(world)).toContain('clock-held');
    const {clock} = world.release;
    const ranMs = clock.ranMs + (clock.since === null ? 0 : world.now - clock.since);
    expect(ranMs).toBeGreaterThan(110 * SECOND);
    expect(ranMs).toBeLessThan(2 * MINUTE + SECOND);
    await world.for(9 * 60, WELL);
    expect(world.release.phase).toBe(1);
    expect(world.release.rollback).toBeNull();
  });

  test('back stops nothing for long, and ends no phase early', async () => {
    await using world = await World.open(plan(5 * MINUTE));
    await world.takeOver();
    await world.for(60, WELL);
    world.now -= 30 * MINUTE;
    await world.for(3 * 60, WELL);
    expect(world.release).toMatchObject({phase: 0, rollback: null});
    await world.for(3 * 60, WELL);
    expect(world.release.phase).toBe(1);
  });

  test('rolls nothing back that was well, whichever way it jumps', async () => {
    const guardrails = [guardrail('error_rate > 10 % over 1m', 20 * SECOND, 'rollback')];
    for (const ms of [HOUR, -HOUR, 20 * SECOND, -20 * SECOND]) {
      await using world = await World.open(plan(HOUR, {guardrails}));
      await world.takeOver();
      await world.for(30, WELL);
      world.now += ms;
      await world.for(60, WELL);
      expect(world.release.rollback).toBeNull();
    }
  });
});

describe('time that nobody saw', () => {
  test('is not counted when the store was away, and windows begin again', async () => {
    const guardrails = [guardrail('error_rate > 10 % over 5m', 30 * SECOND, 'rollback')];
    await using world = await World.open(plan(HOUR, {guardrails}));
    await world.takeOver();
    await world.for(100, WELL);
    await world.for(20, SICK);
    const from = world.now;
    world.pass(MINUTE);
    world.outage = {from, until: world.now};
    await world.takeOver();
    await world.for(60, WELL);
    expect(world.release.rollback).toBeNull();
    expect(eventsOf(world.controller.commits()).find(({type}) => type === 'clock-held')).toMatchObject({
      since: from,
    });
    expect(world.release.clock.ranMs).toBeLessThanOrEqual(121 * SECOND);
    expect(world.release.verdict?.reasons.map(({code}) => code)).toEqual(['phase_time']);
  });

  test('is counted where gray was heard all along, though no guard was there', async () => {
    await using world = await World.open(plan(HOUR));
    await world.takeOver();
    await world.for(60, WELL);
    world.acting = null;
    await world.for(5 * 60, WELL);
    await world.takeOver();
    await world.for(10, WELL);
    expect(world.release.clock).toMatchObject({held: null, ranMs: 0, since: world.release.phaseEnteredAt});
  });

  test('is not counted where gray was silent and no guard was there', async () => {
    await using world = await World.open(plan(HOUR));
    await world.takeOver();
    await world.for(60, WELL);
    world.acting = null;
    await world.for(5 * 60, null);
    await world.takeOver();
    await world.for(30, WELL);
    const {clock} = world.release;
    expect(clock.ranMs + world.now - clock.since!).toBeLessThan(95 * SECOND);
  });

  test('while gray is silent stops the phase clock from the last sample on, and it runs again by itself', async () => {
    await using world = await World.open(plan(10 * MINUTE));
    await world.takeOver();
    await world.for(120, WELL);
    await world.for(9 * 60, null);
    expect(world.release.clock).toMatchObject({held: 'nothing is heard of gray', since: null});
    expect(world.release.clock.ranMs).toBeLessThan(121 * SECOND);
    expect(world.controller.snapshot().state.alerts).toMatchObject([
      {key: 'guard silence', level: 'critical', resolvedAt: null},
    ]);
    await world.for(60, WELL);
    expect(world.release).toMatchObject({phase: 0, clock: {held: null}});
    await world.for(8 * 60, WELL);
    expect(world.release.phase).toBe(1);
  });
});

describe('a guard that slept', () => {
  const guardrails = [guardrail('error_rate > 10 % over 5s', 10 * SECOND, 'rollback')];
  const sleeping = async (story: (world: World) => Promise<void>) => {
    const world = await World.open(plan(2 * MINUTE, {guardrails}));
    await world.takeOver();
    await world.for(30, WELL);
    const {acting} = world;
    world.acting = null;
    await story(world);
    world.acting = acting;
    return world;
  };

  test('does not go on when gray was sick meanwhile, and does not take back what is well by now', async () => {
    await using world = await sleeping(async asleep => {
      await asleep.for(40, SICK);
      await asleep.for(60, WELL);
    });
    await world.for(3, WELL);
    expect(world.release).toMatchObject({state: 'paused', phase: 0, rollback: null});
    const paused = eventsOf(world.controller.commits()).find(({type}) => type === 'release-paused');
    expect(paused?.reason).toMatch(/^while no guard was judging: gray error rate \d+ %.*held 10 s of 10 s$/u);
    // A person has looked: that was it.
    await world.does({type: 'resume', release: 'r-1'});
    await world.for(5, WELL);
    expect(world.release).toMatchObject({phase: 1, rollback: null});
  });

  test('goes on when gray was well all along', async () => {
    await using world = await sleeping(asleep => asleep.for(100, WELL));
    await world.for(1, WELL);
    expect(world.release).toMatchObject({state: 'rolling', phase: 1});
  });

  test('takes back what is sick', async () => {
    await using world = await sleeping(asleep => asleep.for(60, SICK));
    await world.second(SICK);
    expect(world.release.rollback).not.toBeNull();
  });
});

describe('routers', () => {
  test('that do not follow stop the clock and the way up, and let it go on when they do', async () => {
    await using world = await World.open(plan(2 * MINUTE));
    const report = (version: number) => {
      world.reports = [
        {
          name: 'web-1',
          kind: 'sdk',
          version,
          release: version > 0 ? 'r-1' : null,
          percent: version > 0 ? 50 : 0,
          live: version > 0,
          boundMs: 1000,
          at: world.now,
        },
      ];
    };
    await world.takeOver();
    for (let second = 0; second < 180; second++) {
      report(0);
      await world.second(WELL);
    }
    expect(world.release).toMatchObject({phase: 0, clock: {held: 'not every router has applied 50 %'}});
    expect(world.release.clock.ranMs).toBeLessThan(2 * SECOND);
    expect(world.release.verdict?.reasons.map(({code}) => code)).toContain('not_applied');
    for (let second = 0; second < 125 && world.release.phase === 0; second++) {
      report(1);
      await world.second(WELL);
    }
    expect(world.release.phase).toBe(1);
  });
});

describe('a person', () => {
  test('who goes on after a pause is not paused again for the same thing until it has been over', async () => {
    const guardrails = [guardrail('error_rate > 10 % over 10s', 10 * SECOND, 'pause')];
    await using world = await World.open(plan(HOUR, {guardrails}));
    await world.takeOver();
    await world.for(30, SICK);
    expect(world.release.state).toBe('paused');
    await world.does({type: 'resume', release: 'r-1'});
    await world.for(60, SICK);
    expect(world.release.state).toBe('rolling');
    await world.for(60, WELL);
    await world.for(30, SICK);
    expect(world.release.state).toBe('paused');
  });

  test('who waits at a gate is waited for', async () => {
    await using world = await World.open(plan(MINUTE, {}, {manual: true}));
    await world.takeOver();
    await world.for(3 * 60, WELL);
    expect(world.release.phase).toBe(0);
    expect(world.release.verdict?.reasons.map(({code}) => code)).toEqual(['manual_gate']);
    await world.does({type: 'next', release: 'r-1', from: 0});
    expect(world.release.phase).toBe(1);
  });
});
