import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {expectedShare, followRatio, NO_RATIO} from '../../../source/analysis/judge/sample-ratio.ts';
import {seeded} from '../../../source/demo/behaviour.ts';
import {condition, Scene, traffic} from './scene.ts';

const everyone = (percent: number) => [{audience: null, percent}];

describe('the share that is expected', () => {
  test('lies around the percentage, closer the more people are counted', () => {
    const many = expectedShare(everyone(20), {requests: 1e6, users: 1e6})!;
    const few = expectedShare(everyone(20), {requests: 1e6, users: 100})!;
    expect(many.low).toBeGreaterThan(0.18);
    expect(many.high).toBeLessThan(0.22);
    expect(few.low).toBeLessThan(0.1);
    expect(few.high).toBeGreaterThan(0.35);
  });

  test('of an audience beside everyone lies between the two percentages', () => {
    const tiers = [{audience: {group: 'internal'}, percent: 50}, ...everyone(10)];
    const {low, high} = expectedShare(tiers, {requests: 1e9, users: null})!;
    expect(low).toBeGreaterThan(0.08);
    expect(low).toBeLessThan(0.1);
    expect(high).toBeGreaterThan(0.5);
    expect(high).toBeLessThan(0.56);
  });

  test('is always around what the split says', () => {
    fc.assert(
      fc.property(
        fc.double({min: 0, max: 100, noNaN: true}),
        fc.nat(1e6),
        fc.option(fc.nat(1e5), {nil: null}),
        (percent, requests, users) => {
          const {low, high} = expectedShare(everyone(percent), {requests, users})!;
          expect(low).toBeLessThanOrEqual(percent / 100 + 1e-12);
          expect(high).toBeGreaterThanOrEqual(percent / 100 - 1e-12);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});

/** Seconds until the split is called out; null within `seconds`. Requests come in clumps of one person. */
function calledAfter(
  seed: number,
  options: {percent: number; share: number; perSecond: number; clump: number; seconds: number},
): number | null {
  const {percent, share, perSecond, clump, seconds} = options;
  const random = seeded(seed);
  let track = NO_RATIO;
  for (let second = 1; second <= seconds; second++) {
    const second_ = {gray: 0, prod: 0};
    for (let left = perSecond; left > 0; left -= clump) second_[random() < share ? 'gray' : 'prod'] += clump;
    const crowd = {requests: Math.min(second, 300) * perSecond, users: null};
    track = followRatio(track, second_, expectedShare(everyone(percent), crowd)!, 10, {
      share: null,
      requests: 0,
    });
    if (track.isOff) return second;
  }
  return null;
}

describe('the share that is seen', () => {
  test('is not called out where the split is obeyed, clumps and all, however often one looks', () => {
    const called = [1, 5, 20, 50, 99].flatMap(percent =>
      Array.from({length: 60}, (_, seed) =>
        calledAfter(seed, {percent, share: percent / 100, perSecond: 60, clump: 10, seconds: 600}),
      ).filter(second => second !== null),
    );
    expect(called).toEqual([]);
  });

  test('is not called out because the busiest people of a small crowd happen to be on one side', () => {
    const called = Array.from({length: 40}, (_, seed) => {
      const random = seeded(seed + 1000);
      // Some are a hundred times as busy as others.
      const people = Array.from({length: 300}, () => ({
        isGray: random() < 0.2,
        weight: 1 / (0.01 + random()),
      }));
      const all = people.reduce((sum, {weight}) => sum + weight, 0);
      let track = NO_RATIO;
      for (let second = 1; second <= 600 && !track.isOff; second++) {
        const now = {gray: 0, prod: 0};
        for (let request = 0; request < 40; request++) {
          let rest = random() * all;
          const who = people.find(({weight}) => (rest -= weight) <= 0);
          now[who?.isGray === true ? 'gray' : 'prod']++;
        }
        const crowd = {requests: Math.min(second, 300) * 40, users: 300};
        const together = crowd.requests / crowd.users;
        track = followRatio(track, now, expectedShare(everyone(20), crowd)!, together, {
          share: null,
          requests: 0,
        });
      }
      return track.isOff;
    });
    expect(called.filter(Boolean)).toEqual([]);
  });

  test.each([
    ['a split that was never applied: 5 % instead of 20 %', 20, 0.05, 200],
    ['gray that gets nothing', 20, 0, 60],
    ['gray that gets all', 20, 1, 10],
    ['half of what it should', 50, 0.25, 200],
    ['a prod that goes on at 100 %', 100, 0.8, 60],
  ])('%s is called out within minutes', (_, percent, share, most) => {
    for (let seed = 0; seed < 10; seed++) {
      const second = calledAfter(seed, {percent, share, perSecond: 50, clump: 1, seconds: 600});
      expect(second).not.toBeNull();
      expect(second!).toBeLessThan(most);
    }
  });

  test('one that begins to be wrong after an hour is called out as well', () => {
    let track = NO_RATIO;
    const expected = expectedShare(everyone(20), {requests: 15_000, users: null})!;
    const recent = {share: 0.2, requests: 15_000};
    for (let second = 0; second < 3600; second++)
      track = followRatio(track, {gray: 10, prod: 40}, expected, 10, recent);
    expect(track.isOff).toBe(false);
    let late = 0;
    while (!track.isOff && late < 600) {
      track = followRatio(track, {gray: 2, prod: 48}, expected, 10, recent);
      late++;
    }
    expect(late).toBeLessThan(120);
  });

  test('is forgiven once it is as it should be', () => {
    const expected = {low: 0.15, high: 0.25};
    const off = {seconds: 10, capital: [9], isOff: true};
    const now = {gray: 10, prod: 40};
    expect(followRatio(off, now, expected, 1, {share: 0.1, requests: 1e4}).isOff).toBe(true);
    expect(followRatio(off, now, expected, 1, {share: 0.2, requests: 50}).isOff).toBe(true);
    expect(followRatio(off, now, expected, 1, {share: 0.2, requests: 1e4})).toEqual(NO_RATIO);
  });
});

describe('a release whose split is not obeyed', () => {
  test('is held and alerts, and goes on by itself when it is', () => {
    const scene = new Scene();
    scene.percent = 20;
    scene.applied = 20;
    scene.ranMs = 1e9;
    const {verdict, alerts, ratio} = scene.watch(600, traffic(2), traffic(48));
    expect(verdict).toMatchObject({action: 'hold', reasons: [{code: 'sample_ratio', threshold: 20}]});
    expect(ratio).toMatchObject({isOff: true, requests: 15_000, by: 'requests'});
    expect(ratio.observed).toBeCloseTo(4);
    expect(alerts.map(({key}) => key)).toEqual(['judge sample_ratio']);
    expect(verdict.reasons[0]!.text).toMatch(
      /^gray got 4 % of 15,000 eligible requests, the split says 20 % \(/u,
    );
    expect(scene.watch(300, traffic(10), traffic(40)).verdict.action).toBe('advance');
  });

  test('still rolls back', () => {
    const scene = new Scene({
      guardrails: [
        {
          when: condition('error_rate > 10 %'),
          forMs: 0,
          then: 'rollback',
          level: 'critical',
        },
      ],
    });
    scene.percent = 20;
    scene.applied = 20;
    const {verdict, ratio} = scene.watch(600, traffic(2, 2), traffic(48));
    expect(ratio.isOff).toBe(true);
    expect(verdict.action).toBe('rollback');
  });

  test.each([
    ['as the split says, though gray makes most of the requests', 2, 8, false],
    ['not as the split says, though requests are', 8, 2, true],
  ])('is judged by people where they are known: %s', (_, gray, prod, isOff) => {
    const scene = new Scene();
    scene.percent = 20;
    scene.applied = 20;
    scene.windows.people = (side, {from, to}) => ({
      seen: ((to - from) / 1000) * (side === 'gray' ? gray : prod),
      failed: 0,
      converted: 0,
    });
    const {ratio} = scene.watch(300, traffic(isOff ? 10 : 90), traffic(isOff ? 40 : 10));
    expect(ratio).toMatchObject({isOff, by: 'people', requests: 3000});
  });

  test('is not called so by senders of batches, however large, whose totals are what the split asks for', () => {
    for (const size of [1, 30, 1000]) {
      const scene = new Scene();
      scene.percent = 50;
      scene.applied = 50;
      for (let second = 0; second < 1200; second++) {
        const isGray = Math.sin(second * second) > 0;
        scene.second(isGray ? traffic(size) : null, isGray ? null : traffic(size));
        expect(scene.judge().ratio.isOff).toBe(false);
      }
    }
  });

  test('is not called so by a sender that is a minute behind the other', () => {
    const scene = new Scene();
    scene.percent = 20;
    scene.applied = 20;
    for (let minute = 0; minute < 10; minute++) {
      expect(scene.watch(59, null, traffic(40)).ratio.isOff).toBe(false);
      expect(scene.watch(1, traffic(600), traffic(40)).ratio.isOff).toBe(false);
    }
  });

  test('is counted a few minutes at a time, late requests and all', () => {
    const scene = new Scene();
    scene.watch(400, traffic(5), traffic(5));
    const {since, from} = scene.memory!.ratio;
    expect(since).toBe(scene.since);
    expect(scene.at - from).toBeGreaterThanOrEqual(120_000);
    expect(scene.at - from).toBeLessThanOrEqual(301_000);
  });

  test('is not called so by what was routed before every router had applied it', () => {
    const scene = new Scene();
    scene.percent = 20;
    scene.applied = 5;
    expect(scene.watch(300, traffic(2), traffic(48)).ratio.isOff).toBe(false);
    scene.applied = 20;
    expect(scene.watch(60, traffic(10), traffic(40)).ratio.isOff).toBe(false);
  });
});
