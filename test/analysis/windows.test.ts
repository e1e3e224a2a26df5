import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {summaryBy} from '../../source/analysis/metrics.ts';
import {DistinctSketch} from '../../source/analysis/sketches/distinct-sketch.ts';
import {LogHistogram} from '../../source/analysis/sketches/log-histogram.ts';
import type {Cohort, Side} from '../../source/analysis/numbers.ts';
import {Windows} from '../../source/analysis/windows/windows.ts';
import {T0, feed} from './feed.ts';
import {cpuMs} from '../cpu.ts';

const MINUTE = 60_000;
const last5 = (now: number) => ({from: now - 5 * MINUTE, to: now});

describe('the numbers of a side', () => {
  it('are rates in percent, times in milliseconds and requests per second', () => {
    const windows = new Windows();
    for (let second = 0; second < 10; second++)
      feed(
        windows,
        T0 + second * 1000,
        'side gray requests 20 errors 1 conversions 2 unavailable 0 response_time 87',
      );
    const numbers = windows.numbers('gray', {from: T0, to: T0 + 10_000});
    expect(numbers).toMatchObject({
      requests: 200,
      requestsPerSecond: 20,
      errors: 10,
      errorRate: 5,
      conversionRate: 10,
      availability: 100,
      activeUsers: null,
      counters: {},
      gauges: {},
    });
    expect(numbers.responseTime.mean).toBe(87);
    for (const p of ['p50', 'p95', 'p99'] as const)
      expect(Math.abs(numbers.responseTime[p]! / 87 - 1)).toBeLessThan(0.0087);
  });

  it('are unknown, not 0, where nobody measures', () => {
    const windows = new Windows();
    feed(windows, T0, 'side gray requests 10');
    expect(windows.numbers('gray', last5(T0 + 1000))).toMatchObject({
      requests: 10,
      errors: null,
      errorRate: null,
      conversions: null,
      conversionRate: null,
      availability: null,
      activeUsers: null,
      responseTime: summaryBy(() => null),
    });
    expect(windows.numbers('prod', last5(T0 + 1000))).toMatchObject({requests: 0, requestsPerSecond: null});
  });

  it('have no rates without requests', () => {
    const windows = new Windows();
    feed(windows, T0, 'side gray requests 0 errors 0 conversions 0 unavailable 0');
    expect(windows.numbers('gray', last5(T0 + 1000))).toMatchObject({
      requestsPerSecond: 0,
      errors: 0,
      errorRate: null,
      conversionRate: null,
      availability: null,
    });
  });

  it('know availability once anybody said `unavailable` on that side, and only there', () => {
    const windows = new Windows();
    feed(windows, T0, 'side gray requests 100 unavailable 1');
    feed(windows, T0 + 30_000, 'side gray requests 100');
    feed(windows, T0 + 30_000, 'side prod requests 100');
    const span = {from: T0 + 20_000, to: T0 + 40_000};
    expect(windows.numbers('gray', span).availability).toBe(100);
    expect(windows.numbers('gray', last5(T0 + 40_000)).availability).toBe(99.5);
    expect(windows.numbers('prod', span).availability).toBeNull();
  });

  it('divide by the time there were samples for, when the span began before', () => {
    const windows = new Windows();
    for (let second = 0; second < 20; second++) feed(windows, T0 + second * 1000, 'side prod requests 30');
    expect(windows.numbers('prod', last5(T0 + 20_000)).requestsPerSecond).toBe(30);
    // The stream went silent: the time since counts.
    expect(windows.numbers('prod', last5(T0 + 60_000)).requestsPerSecond).toBe(10);
    // The current second has only begun.
    feed(windows, T0 + 60_000, 'side prod requests 15');
    expect(windows.numbers('prod', {from: T0 + 60_000, to: T0 + 60_500}).requestsPerSecond).toBe(30);
  });

  it('reach back to where somebody filled in the past', () => {
    const windows = new Windows();
    for (let ago = 600; ago > 0; ago--) feed(windows, T0, `side prod age ${ago * 1000} requests 12`);
    expect(windows.numbers('prod', last5(T0)).requestsPerSecond).toBe(12);
    expect(windows.series('prod', 'throughput', {from: T0 - 600_000, to: T0}, 120_000)).toEqual([
      12, 12, 12, 12, 12,
    ]);
  });

  it('are of one cohort when it is named, of all when not', () => {
    const windows = new Windows();
    feed(windows, T0, 'side gray requests 5');
    feed(windows, T0, 'side gray cohort chosen requests 3');
    feed(windows, T0, 'side gray cohort outside requests 2');
    const span = last5(T0 + 1000);
    expect(windows.numbers('gray', span).requests).toBe(10);
    for (const [cohort, requests] of [
      ['eligible', 5],
      ['chosen', 3],
      ['outside', 2],
    ] as const)
      expect(windows.numbers('gray', span, cohort).requests).toBe(requests);
  });

  it('name every other counter and the newest value of every gauge', () => {
    const windows = new Windows({gauges: ['queue'], distributions: ['db_time']});
    feed(windows, T0 + 900, 'side gray uses.export 2 queue 7');
    feed(windows, T0 + 300, 'side gray uses.export 1 queue 9 db_time 4');
    feed(windows, T0 + 5000, 'side prod queue 1');
    const numbers = windows.numbers('gray', last5(T0 + 6000));
    expect(numbers.counters).toEqual({'uses.export': 3});
    expect(numbers.gauges).toEqual({queue: 7});
    expect(windows.otherNames()).toEqual(['queue', 'uses.export']);
    expect(windows.distribution('gray', 'db_time', last5(T0 + 6000))?.count).toBe(1);
    expect(windows.distribution('prod', 'db_time', last5(T0 + 6000))).toBeNull();
  });

  it('count users once, however often and wherever they came', () => {
    const windows = new Windows();
    for (let second = 0; second < 40; second++) {
      const users = new DistinctSketch();
      for (let user = 0; user < 50; user++) users.add(`u-${user + second}`);
      feed(windows, T0 + second * 1000, `side prod users ${users.encode()}`);
    }
    expect(Math.abs(windows.numbers('prod', last5(T0 + 40_000)).activeUsers! - 89)).toBeLessThan(5);
  });

  it('take sketches and single values alike', () => {
    const windows = new Windows();
    const times = new LogHistogram();
    for (let ms = 1; ms <= 99; ms++) times.add(ms);
    feed(windows, T0, `side gray response_time ${times.encode()}`);
    feed(windows, T0, 'side gray response_time 100');
    expect(windows.numbers('gray', last5(T0 + 1000)).responseTime.mean).toBe(50.5);
  });
});

describe('a sample', () => {
  it('is counted when it happened, not when it arrived', () => {
    const windows = new Windows();
    feed(windows, T0 + 10_000, 'side gray age 8000 requests 1');
    expect(windows.numbers('gray', {from: T0 + 2000, to: T0 + 3000}).requests).toBe(1);
    expect(windows.newestAt('gray')).toBe(T0 + 2000);
    expect(windows.newestAt('prod')).toBeNull();
  });

  it('is dropped when its instance sent the same number before', () => {
    const windows = new Windows();
    expect(feed(windows, T0, 'side gray instance web-3 seq 812 requests 1')).toBe('counted');
    expect(feed(windows, T0 + 300, 'side gray instance web-3 seq 812 requests 1')).toBe('repeat');
    expect(windows.numbers('gray', last5(T0 + 1000)).requests).toBe(1);
    expect(windows.repeats).toBe(1);
  });

  it('from far ahead is set aside, and does not empty the windows', () => {
    const windows = new Windows();
    feed(windows, T0, 'side gray requests 1');
    expect(feed(windows, T0 + 6000, 'side gray requests 1', T0)).toBe('ahead');
    expect(feed(windows, T0 + 4 * 3_600_000, 'side gray requests 1', T0)).toBe('ahead');
    expect(feed(windows, T0 + 4000, 'side gray requests 1', T0)).toBe('counted');
    expect(windows.numbers('gray', {from: T0, to: T0 + 10_000}).requests).toBe(2);
    expect(windows.setAside.ahead).toBe(2);
  });

  it('older than the ring is set aside', () => {
    const windows = new Windows({keepSeconds: 60});
    feed(windows, T0, 'side gray requests 1');
    expect(feed(windows, T0, 'side gray age 60000 requests 1')).toBe('too-old');
    expect(feed(windows, T0, 'side gray age 59000 requests 1')).toBe('counted');
    expect(feed(windows, 0, 'side gray age 1000 requests 1')).toBe('too-old');
    expect(windows.setAside.tooOld).toBe(2);
  });

  it('after years of silence is counted at once', () => {
    const windows = new Windows();
    const spent = cpuMs(() => {
      feed(windows, 5000, 'side gray requests 1');
      feed(windows, T0, 'side gray requests 2');
    });
    expect(spent).toBeLessThan(500);
    expect(windows.numbers('gray', {from: 0, to: T0 + 1000}).requests).toBe(2);
  });

  it('is forgotten when its second leaves the ring', () => {
    const windows = new Windows({keepSeconds: 60, gauges: ['queue']});
    feed(windows, T0, 'side gray requests 1 response_time 5 queue 3 age 100');
    feed(windows, T0 + 200_000, 'side gray requests 1');
    expect(windows.numbers('gray', {from: T0 - 1000, to: T0 + 300_000})).toMatchObject({
      requests: 1,
      gauges: {},
      responseTime: {mean: null},
    });
  });
});

describe('the windows of a release', () => {
  const begun = {release: 'r2', splitVersion: 10, since: T0 + 60_000};

  function beganAt(): Windows {
    const windows = new Windows();
    windows.begin({release: 'r2', splitVersion: 5, since: T0});
    for (let second = 0; second < 60; second++) {
      feed(windows, T0 + second * 1000, 'side gray release r2 split 5 requests 1 errors 1');
      feed(windows, T0 + second * 1000, 'side prod release r2 split 5 requests 1 errors 0');
    }
    windows.begin(begun);
    return windows;
  }

  it('begin again where the split changed', () => {
    const windows = beganAt();
    expect(windows.numbers('gray', last5(T0 + 61_000)).requests).toBe(0);
    expect(windows.observedPercent(last5(T0 + 61_000))).toBeNull();
    feed(windows, T0 + 61_000, 'side gray release r2 split 10 requests 4 errors 0');
    expect(windows.numbers('gray', last5(T0 + 62_000))).toMatchObject({
      requests: 4,
      requestsPerSecond: 2,
      errorRate: 0,
    });
  });

  describe('that begins in the middle of a second', () => {
    const since = T0 + 60_400;
    const all = 'release r2 requests 2 errors 1 queue 7 response_time 40';

    function across(entries: readonly [at: number, entry: string][], isThere: boolean): Windows {
      const windows = new Windows({gauges: ['queue']});
      if (isThere) windows.begin({release: 'r2', splitVersion: 5, since: T0});
      else windows.begin({release: 'r2', splitVersion: 10, since});
      for (const [at, entry] of entries) {
        if (isThere && at >= since && windows.newestAt('gray') !== null && windows.newestAt('gray')! < since)
          windows.begin({release: 'r2', splitVersion: 10, since});
        feed(windows, at, entry);
      }
      return windows;
    }

    it('count from that millisecond on, for who was there and for who opens late', () => {
      const entries = [60_000, 60_399, 60_400, 60_401, 60_999, 61_000].map(
        after => [T0 + after, `side gray ${all}`] as [number, string],
      );
      for (const isThere of [true, false]) {
        const windows = across(entries, isThere);
        const numbers = windows.numbers('gray', last5(T0 + 61_400));
        expect(numbers).toMatchObject({
          requests: 8,
          requestsPerSecond: 8,
          errors: 4,
          gauges: {queue: 7},
        });
        const span = {from: T0 + 60_000, to: T0 + 62_000};
        // What was there before is still in the charts.
        expect(windows.series('gray', 'throughput', span, 1000)[0]).toBe(6 * 2 - 2);
        expect(windows.second('gray', T0 + 60_000, 'eligible')).toMatchObject({requests: 6});
        expect(windows.second('gray', T0 + 60_000, 'eligible')?.responseTime?.count).toBe(3);
      }
    });

    it('keep what they counted when they are told the same again, as with every commit', () => {
      const windows = across([[T0 + 60_500, `side gray ${all}`]], false);
      windows.begin({release: 'r2', splitVersion: 10, since});
      expect(windows.numbers('gray', last5(T0 + 61_000)).requests).toBe(2);
    });

    it('count what names their split, though its clock says a moment before', () => {
      const windows = across([], false);
      feed(windows, T0 + 60_500, 'side gray release r2 split 10 requests 3 age 150');
      feed(windows, T0 + 60_500, 'side gray release r2 requests 5 age 150');
      expect(windows.numbers('gray', last5(T0 + 61_000)).requests).toBe(3);
    });
  });

  it('leave out who still decides on the old split, and say how many', () => {
    const windows = beganAt();
    expect(feed(windows, T0 + 62_000, 'side gray release r2 split 9 requests 7')).toBe('older-split');
    expect(feed(windows, T0 + 62_000, 'side gray release r2 split 12 requests 1')).toBe('counted');
    expect(feed(windows, T0 + 62_000, 'side gray requests 1')).toBe('counted');
    expect(windows.numbers('gray', last5(T0 + 63_000)).requests).toBe(2);
    expect(windows.setAside.olderSplit).toBe(1);
  });

  it('leave out samples that name another release', () => {
    const windows = beganAt();
    expect(feed(windows, T0 + 62_000, 'side gray release r1 requests 7')).toBe('other-release');
    expect(feed(windows, T0 + 62_000, 'side prod release r1 requests 7')).toBe('other-release');
    expect(windows.numbers('gray', last5(T0 + 63_000)).requests).toBe(0);
    expect(windows.numbers('prod', last5(T0 + 63_000)).requests).toBe(0);
    expect(windows.setAside.otherRelease).toBe(2);
  });

  it('keep what was measured before anybody said which release runs', () => {
    const windows = new Windows();
    feed(windows, T0 + 61_000, 'side gray release r2 split 10 requests 3');
    windows.begin(begun);
    expect(windows.numbers('gray', last5(T0 + 62_000)).requests).toBe(3);
  });

  it('of another release keep what came after its begin, and know only what it reported', () => {
    const windows = new Windows();
    windows.begin({release: null, splitVersion: 0, since: 0});
    feed(windows, T0, 'side gray requests 5 unavailable 0');
    feed(windows, T0 + 62_000, 'side gray requests 3');
    windows.begin(begun);
    expect(windows.series('gray', 'throughput', {from: T0, to: T0 + 70_000}, 10_000).slice(0, 6)).toEqual([
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
    expect(windows.numbers('gray', last5(T0 + 63_000)).requests).toBe(3);
    windows.begin({release: 'r3', splitVersion: 11, since: T0 + 70_000});
    feed(windows, T0 + 71_000, 'side gray requests 1');
    expect(windows.numbers('gray', last5(T0 + 72_000))).toMatchObject({requests: 1, availability: null});
  });

  it('do not call the past of this release set aside when it is read later', () => {
    const windows = new Windows();
    windows.begin(begun);
    feed(windows, T0 + 5000, 'side gray release r1 split 2 requests 1');
    expect(windows.setAside.otherRelease).toBe(0);
    feed(windows, T0 + 10_000, 'side gray release r2 split 5 requests 1');
    expect(windows.setAside.olderSplit).toBe(0);
    expect(windows.numbers('gray', last5(T0 + 62_000)).requests).toBe(0);
  });

  it('show the same to who opens late as to who was there all the time', () => {
    const entries: [at: number, entry: string][] = [];
    for (let second = 0; second < 120; second++)
      for (const side of ['prod', 'gray'])
        entries.push([
          T0 + second * 1000,
          `side ${side} release r2 split ${second < 60 ? 5 : 10} requests ${second} errors 1`,
        ]);
    const present = new Windows();
    present.begin({release: 'r2', splitVersion: 5, since: T0});
    for (const [at, entry] of entries) {
      if (at === begun.since) present.begin(begun);
      feed(present, at, entry);
    }
    const late = new Windows();
    late.begin(begun);
    for (const [at, entry] of entries) feed(late, at, entry);
    const span = last5(T0 + 120_000);
    for (const side of ['prod', 'gray'] as const) {
      expect(late.numbers(side, span)).toEqual(present.numbers(side, span));
      for (const metric of ['throughput', 'error_rate'])
        expect(late.series(side, metric, span, 5000)).toEqual(present.series(side, metric, span, 5000));
    }
  });

  it('go on in the charts across splits; another release begins gray with nothing, while prod goes on', () => {
    const windows = beganAt();
    const span = {from: T0, to: T0 + 60_000};
    expect(windows.series('gray', 'throughput', span, 10_000)).toEqual([1, 1, 1, 1, 1, 1]);
    windows.begin({release: 'r3', splitVersion: 20, since: T0 + 60_000});
    expect(windows.series('gray', 'throughput', span, 10_000)).toEqual([null, null, null, null, null, null]);
    expect(windows.series('prod', 'throughput', span, 10_000)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(windows.newestAt('gray')).toBeNull();
  });

  it('know gray’s share of the eligible requests, chosen users aside', () => {
    const windows = new Windows();
    feed(windows, T0, 'side prod requests 80');
    feed(windows, T0, 'side gray requests 20');
    feed(windows, T0, 'side gray cohort chosen requests 500');
    expect(windows.observedPercent(last5(T0 + 1000))).toBe(20);
  });

  it('know gray’s share of decisions for other programs where no requests are known, and call no side heard by them', () => {
    const windows = new Windows();
    windows.begin({release: 'r2', splitVersion: 5, since: T0});
    feed(windows, T0, 'side prod release r2 split 5 routed 90');
    feed(windows, T0, 'side gray release r2 split 5 routed 10');
    feed(windows, T0, 'side gray release r2 split 4 routed 900');
    feed(windows, T0, 'side gray release r2 split 5 cohort chosen routed 500');
    const span = last5(T0 + 1000);
    expect(windows.observedPercent(span)).toBe(10);
    expect(windows.newestAt('gray')).toBeNull();
    expect(windows.heardAt('gray', span)).toBeNull();
    expect(windows.otherNames()).toEqual([]);
    feed(windows, T0, 'side prod requests 80');
    feed(windows, T0, 'side gray requests 20');
    expect(windows.observedPercent(span)).toBe(20);
  });
});

describe('a series', () => {
  const windows = new Windows({gauges: ['queue'], distributions: ['db_time']});
  for (let second = 0; second < 60; second++) {
    if (second >= 20 && second < 30) continue;
    feed(
      windows,
      T0 + second * 1000,
      `side gray requests 4 errors ${second < 40 ? 0 : 1} unavailable 0 paid 2`,
    );
    feed(
      windows,
      T0 + second * 1000,
      `side gray response_time ${second < 40 ? 50 : 500} queue ${second} uses.x 1`,
    );
  }
  const span = {from: T0, to: T0 + 60_000};
  const of = (metric: string) => windows.series('gray', metric, span, 10_000);

  it('has one value for each step, and none where nothing was measured', () => {
    expect(of('throughput')).toEqual([4, 4, null, 4, 4, 4]);
    expect(of('error_rate')).toEqual([0, 0, null, 0, 25, 25]);
    expect(of('availability')).toEqual([100, 100, null, 100, 100, 100]);
    expect(of('conversion_rate')).toEqual([null, null, null, null, null, null]);
    expect(of('response_time')).toEqual([50, 50, null, 50, 500, 500]);
    expect(of('paid')).toEqual([2, 2, null, 2, 2, 2]);
    expect(of('queue')).toEqual([9, 19, null, 39, 49, 59]);
    expect(of('feature_use_rate.x')).toEqual([25, 25, null, 25, 25, 25]);
    expect(of('nobody_knows')).toEqual([null, null, null, null, null, null]);
    for (const metric of ['response_time_p50', 'response_time_p95', 'response_time_p99'])
      expect(of(metric).map(value => value && Math.round(value / 10) * 10)).toEqual([
        50,
        50,
        null,
        50,
        500,
        500,
      ]);
  });

  it('keeps its steps where they are while time passes', () => {
    const before = windows.series('gray', 'queue', {from: T0 + 1, to: T0 + 50_001}, 10_000);
    const after = windows.series('gray', 'queue', {from: T0 + 9000, to: T0 + 59_000}, 10_000);
    expect(before).toEqual([19, null, 39, 49, 59]);
    expect(after).toEqual(before);
  });

  it('takes in what comes late, even where it was read before', () => {
    const windows = new Windows();
    for (let second = 0; second < 60; second++)
      feed(windows, T0 + second * 1000, 'side gray response_time 10');
    const read = () => windows.series('gray', 'response_time', {from: T0, to: T0 + 60_000}, 10_000);
    expect(read()).toEqual([10, 10, 10, 10, 10, 10]);
    feed(windows, T0 + 60_000, 'side gray age 55000 response_time 120');
    expect(read()).toEqual([20, 10, 10, 10, 10, 10]);
    expect(windows.numbers('gray', last5(T0 + 61_000)).responseTime.mean).toBeCloseTo(720 / 61, 9);
  });

  it('has no rate for a step that has only begun', () => {
    expect(windows.series('gray', 'throughput', {from: T0 + 30_000, to: T0 + 50_300}, 10_000)).toEqual([
      4,
      4,
      null,
    ]);
  });

  it('is empty for a span or a step that is none', () => {
    expect(windows.series('gray', 'throughput', {from: T0, to: T0}, 1000)).toEqual([]);
    for (const step of [0, -1, Number.NaN])
      expect(windows.series('gray', 'throughput', span, step)).toEqual([]);
    expect(windows.series('gray', 'queue', {from: 0, to: T0}, 1).length).toBeLessThanOrEqual(4096);
  });
});

describe('one second', () => {
  it('is there for who judges second by second, before the split too', () => {
    const windows = new Windows();
    feed(windows, T0, 'side prod requests 9 errors 1 response_time 40');
    windows.begin({release: 'r1', splitVersion: 1, since: T0 + 10_000});
    const second = windows.second('prod', T0 + 999, 'eligible');
    expect(second).toMatchObject({requests: 9, errors: 1, conversions: 0, unavailable: 0});
    expect(second?.responseTime?.count).toBe(1);
    expect(windows.second('gray', T0, 'eligible')).toMatchObject({requests: 0, responseTime: null});
    expect(windows.second('prod', T0 + 60_000, 'eligible')).toBeNull();
  });
});

const round = (value: number | null) => value && Math.round(value * 1e6) / 1e6;

interface Entry {
  at: number;
  lateBy: number;
  side: Side;
  cohort: Cohort;
  requests: number;
  time: number;
}

describe('whatever order samples come in', () => {
  const entry: fc.Arbitrary<Entry> = fc.record({
    at: fc.integer({min: 0, max: 150_000}),
    lateBy: fc.oneof(fc.constant(0), fc.integer({min: 0, max: 70_000})),
    side: fc.constantFrom<Side[]>('prod', 'gray'),
    cohort: fc.constantFrom<Cohort[]>('eligible', 'chosen', 'outside'),
    requests: fc.integer({min: 0, max: 9}),
    time: fc.integer({min: 1, max: 900}),
  });
  const span = fc
    .tuple(fc.integer({min: 0, max: 240}), fc.integer({min: 0, max: 240}))
    .map(([a, b]) => ({from: T0 + Math.min(a, b) * 1000, to: T0 + Math.max(a, b) * 1000}));

  it('a window holds exactly what happened in it', () => {
    fc.assert(
      fc.property(
        fc.array(entry, {maxLength: 80}),
        fc.array(span, {minLength: 1, maxLength: 6}),
        (entries, spans) => {
          const windows = new Windows({keepSeconds: 300});
          const arrived = entries.map(one => ({...one, arrives: one.at + one.lateBy}));
          arrived.sort((a, b) => a.arrives - b.arrives);
          const half = Math.floor(arrived.length / 2);
          for (const [index, one] of arrived.entries()) {
            // Reading in between fills whatever is remembered of blocks and steps.
            if (index === half) for (const {from, to} of spans) windows.numbers('gray', {from, to});
            const about = `side ${one.side} cohort ${one.cohort} age ${one.lateBy}`;
            feed(windows, T0 + one.arrives, `${about} requests ${one.requests} response_time ${one.time}`);
          }
          for (const {from, to} of spans)
            for (const side of ['prod', 'gray'] as const) {
              const inside = entries.filter(one => {
                const second = T0 + Math.floor(one.at / 1000) * 1000;
                return one.side === side && second >= from && second < to;
              });
              const sum = (of: (one: Entry) => number) => inside.reduce((total, one) => total + of(one), 0);
              const numbers = windows.numbers(side, {from, to});
              expect(numbers.requests).toBe(sum(one => one.requests));
              const mean = inside.length === 0 ? null : sum(one => one.time) / inside.length;
              expect(round(numbers.responseTime.mean)).toBe(round(mean));
              expect(windows.distribution(side, 'response_time', {from, to})?.count ?? 0).toBe(inside.length);
            }
        },
      ),
      {numRuns: 200},
    );
  });
});

describe('a window that moves on by the second', () => {
  it('holds what one holds that is read for the first time, after something late and around the ring, too', () => {
    const fed: [at: number, entry: string][] = [];
    const moving = new Windows({keepSeconds: 240});
    const read = (windows: Windows, second: number) =>
      [45, 120, 200].map(length => {
        const span = {from: T0 + (second - length) * 1000, to: T0 + second * 1000};
        const values = windows.distribution('gray', 'response_time', span);
        return [values?.count, values?.mean(), values?.quantile(0.95), windows.users('gray', span)];
      });
    for (let second = 0; second < 600; second++) {
      const user = new DistinctSketch();
      user.add(`user-${second % 97}`);
      const age = second % 7 === 0 ? (second % 90) * 1000 : 0;
      const entry = `side gray age ${age} response_time ${1 + ((second * 37) % 400)} users ${user.encode()}`;
      fed.push([T0 + second * 1000, entry]);
      feed(moving, T0 + second * 1000, entry);
      const seen = read(moving, second);
      if (second % 23 !== 0) continue;
      const fresh = new Windows({keepSeconds: 240});
      for (const [at, one] of fed) feed(fresh, at, one);
      expect(seen).toEqual(read(fresh, second));
    }
  });
});

describe('memory', () => {
  it('has room for 64 names beyond the known ones, and the rest is counted as left out', () => {
    const windows = new Windows();
    for (let index = 0; index < 100; index++) feed(windows, T0, `side gray requests 1 name_${index} 1`);
    expect(windows.otherNames()).toHaveLength(64);
    expect(windows.setAside.unnamed).toBe(36);
    expect(windows.numbers('gray', last5(T0 + 1000)).requests).toBe(100);
  });

  it('always has room for counters of the configuration and of the plan that runs', () => {
    const windows = new Windows({counters: ['refunds']});
    const plan = {
      release: 'r-1',
      splitVersion: 1,
      since: T0 - 10_000,
      counters: ['uses.export', 'constructor'],
    };
    windows.begin(plan);
    for (let index = 0; index < 100; index++) feed(windows, T0, `side gray requests 1 name_${index} 1`);
    feed(windows, T0, 'side gray uses.export 3 refunds 2 constructor 4');
    const {counters} = windows.numbers('gray', last5(T0 + 1000));
    expect(Object.entries(counters)).toEqual(
      expect.arrayContaining([
        ['uses.export', 3],
        ['refunds', 2],
        ['constructor', 4],
      ]),
    );
    expect(windows.setAside.unnamed).toBe(36);
    // Another plan later, when every place is taken.
    windows.begin({...plan, release: 'r-2', since: T0 + 1000, counters: ['uses.import']});
    feed(windows, T0 + 2000, 'side gray requests 1 uses.import 5');
    expect(windows.numbers('gray', last5(T0 + 3000)).counters).toMatchObject({'uses.import': 5});
  });

  it('is bounded, however many plans come and go', () => {
    const windows = new Windows({keepSeconds: 60});
    for (let plan = 0; plan < 200; plan++) {
      const since = T0 + plan * 61_000;
      windows.begin({release: `r-${plan}`, splitVersion: plan, since, counters: [`of_plan_${plan}`]});
      feed(windows, since + 1000, `side gray requests 1 of_plan_${plan} 7 other_${plan} 1`);
      expect(windows.counted('gray', `of_plan_${plan}`, {from: since, to: since + 5000})).toBe(7);
    }
    expect(windows.table.all.length).toBeLessThanOrEqual(6 + 128);
  });

  it('gives the place of a name nobody used for an hour to a new one', () => {
    const windows = new Windows({keepSeconds: 60});
    for (let index = 0; index < 64; index++) feed(windows, T0, `side gray old_${index} 1`);
    feed(windows, T0 + 120_000, 'side gray new_one 5');
    expect(windows.numbers('gray', last5(T0 + 121_000)).counters).toMatchObject({new_one: 5});
    expect(windows.setAside.unnamed).toBe(0);
  });
});
