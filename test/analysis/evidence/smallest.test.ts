import {describe, expect, test} from 'vitest';
import {createEvaluator} from '../../../source/analysis/evidence/evidence.ts';
import type {PeopleTick, SideTick} from '../../../source/analysis/evidence/tick.ts';
import {Chance} from './simulation/chance.ts';

/** The smallest launches that tell a judge to trust from one that is blind or nervous. */
interface Small {
  seconds: number;
  share: number;
  prod: (t: number) => SideTick;
  gray: (t: number) => SideTick;
  history: (t: number) => SideTick;
}

const side = (requests: number, errors = 0, people?: PeopleTick): SideTick => ({
  requests,
  errors,
  conversions: 0,
  hist: [],
  ...(people === undefined ? {} : {people}),
});

/** Response times around a bucket, an octave wide, the same in every run. */
const timed = (requests: number, bucket: number, chance: Chance): SideTick => {
  const counts = new Map<number, number>();
  for (let left = requests; left > 0; left--) {
    const at = bucket + Math.round(5 * chance.normal());
    counts.set(at, (counts.get(at) ?? 0) + 1);
  }
  return {...side(requests), hist: [...counts].sort(([a], [b]) => a - b)};
};

/** @returns the second of the stop, and what it may do; null: none */
function stopOf({seconds, share, prod, gray, history}: Small): {t: number; atMost: string} | null {
  const evaluator = createEvaluator({falseAlarms: 0.01, margin: 0});
  for (let t = -299; t <= 0; t++) evaluator.history({t, prod: history(t)});
  for (let t = 1; t <= seconds; t++) {
    const {decided, atMost} = evaluator.observe({t, grayShare: share, prod: prod(t), gray: gray(t)});
    if (decided) return {t, atMost};
  }
  return null;
}

describe('is stopped', () => {
  test.each([
    ['a gray that fails every request where prod never fails', 28, 2, 2, 60],
    ['a gray of which every other request fails', 28, 2, 1, 120],
    ['a gray that fails a fifth of ten a second', 200, 10, 2, 60],
  ])('%s', (_, prod, gray, failed, within) => {
    const stop = stopOf({
      seconds: 900,
      share: gray / (gray + prod),
      prod: () => side(prod),
      gray: () => side(gray, failed),
      history: () => side(prod + gray),
    });
    expect(stop).toMatchObject({atMost: 'rollback'});
    expect(stop?.t).toBeLessThan(within);
  });

  test('a gray that fails though neither side is ever there in the same second', () => {
    const thin = {
      seconds: 7200,
      share: 0.5,
      prod: (t: number) => side(t % 60 === 7 ? 1 : 0),
      gray: (t: number) => side(t % 60 === 41 ? 1 : 0, t % 60 === 41 ? 1 : 0),
      history: (t: number) => side(t % 30 === 0 ? 1 : 0),
    };
    expect(stopOf(thin)).not.toBeNull();
  });

  test('by history, and paused only, a gray that has all traffic and fails it', () => {
    const alone = {
      seconds: 600,
      share: 1,
      prod: () => side(0),
      gray: () => side(10, 10),
      history: () => side(10),
    };
    expect(stopOf(alone)).toMatchObject({atMost: 'pause'});
  });

  test('a gray that is twice as slow after both sides became ten times as slow', () => {
    const chance = new Chance(11);
    const slow = {
      seconds: 300,
      share: 0.1,
      prod: (t: number) => timed(27, t < 30 ? 50 : 77, chance),
      gray: (t: number) => timed(3, t < 30 ? 50 : 85, chance),
      history: () => timed(30, 50, chance),
    };
    expect(stopOf(slow)).not.toBeNull();
  });

  test('a gray that is twice as slow and has three times the share that was asked for', () => {
    const chance = new Chance(13);
    const stop = stopOf({
      seconds: 900,
      share: 0.1,
      prod: () => timed(21, 53, chance),
      gray: () => timed(9, 61, chance),
      history: () => timed(30, 53, chance),
    });
    expect(stop).not.toBeNull();
  });

  test('by people, a gray on which every third person fails', () => {
    const people = {
      seconds: 90,
      share: 0.1,
      prod: (t: number) => side(27, t % 25 === 0 ? 1 : 0, {seen: 9, failed: t % 25 === 0 ? 1 : 0}),
      gray: (t: number) => side(3, t % 3 === 0 ? 1 : 0, {seen: 1, failed: t % 3 === 0 ? 1 : 0}),
      history: (t: number) => side(30, t % 20 === 0 ? 1 : 0),
    };
    expect(stopOf(people)).toMatchObject({atMost: 'rollback'});
  });

  test.each(
    [0, 0.0001, 0.001].flatMap(base =>
      [0.3, 0.5, 1].flatMap(failing =>
        (
          [
            [300, 0.01],
            [100, 0.1],
            [20, 0.1],
            [20, 0.5],
          ] as const
        ).map(([rate, share]) => [base, failing, rate, share] as const),
      ),
    ),
  )(
    'by its fortieth failure: prod fails %d, gray %d, of %d a second gray has %d',
    (base, failing, rate, share) => {
      const chance = new Chance(Math.round(1000 * (base + failing) + rate + 10 * share));
      const drawn = (mean: number, errors: number) => {
        const requests = chance.poisson(mean);
        return side(requests, chance.binomial(requests, errors));
      };
      let failures = 0;
      const stop = stopOf({
        seconds: 600,
        share,
        prod: () => drawn(rate * (1 - share), base),
        gray: () => {
          const one = drawn(rate * share, failing);
          failures += one.errors;
          return one;
        },
        history: () => drawn(rate, base),
      });
      expect(stop).not.toBeNull();
      // One second may bring many: the fortieth is within the last.
      expect(failures).toBeLessThanOrEqual(40 + Math.ceil(2 * rate * share * failing) + 6);
    },
  );
});

describe('goes on', () => {
  test('with one client that asks ten times for what is missing', () => {
    const burst = {
      seconds: 600,
      share: 0.05,
      prod: (t: number) => side(28, t % 4 === 0 ? 1 : 0),
      gray: (t: number) => (t >= 200 && t < 210 ? side(3, 1) : side(2, t % 50 === 0 ? 1 : 0)),
      history: (t: number) => side(30, t % 3 === 0 ? 1 : 0),
    };
    expect(stopOf(burst)).toBeNull();
  });

  test('with one slow client that sends two thirds of what gray gets for three minutes', () => {
    const chance = new Chance(17);
    const slow = (t: number) => t > 200 && t <= 380;
    const merged = (usual: SideTick, more: SideTick): SideTick => ({
      ...side(usual.requests + more.requests),
      hist: [...usual.hist, ...more.hist],
    });
    const launch = {
      seconds: 600,
      share: 0.05,
      prod: () => timed(95, 53, chance),
      gray: (t: number) => merged(timed(5, 53, chance), timed(slow(t) ? 10 : 0, 63, chance)),
      history: () => timed(100, 53, chance),
    };
    expect(stopOf(launch)).toBeNull();
    // The same requests would stop it if they were within gray's share.
    expect(stopOf({...launch, share: 0.14})).not.toBeNull();
  });

  test('by people, with a person on gray who fails forty times', () => {
    const loop = (t: number) => t >= 200 && t < 240;
    const person = {
      seconds: 600,
      share: 0.05,
      prod: (t: number) =>
        side(28, t % 4 === 0 ? 1 : 0, {seen: t < 300 ? 19 : 0, failed: t % 8 === 0 ? 1 : 0}),
      gray: (t: number) =>
        side(loop(t) ? 3 : 2, loop(t) || t % 50 === 0 ? 1 : 0, {
          seen: t < 300 ? 1 : 0,
          failed: t === 200 || t % 100 === 50 ? 1 : 0,
        }),
      history: (t: number) => side(30, t % 3 === 0 ? 1 : 0),
    };
    expect(stopOf(person)).toBeNull();
  });
});
