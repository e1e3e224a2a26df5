import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import type {LogHistogram} from '../../../source/analysis/sketches/log-histogram.ts';
import type {RawSeries} from '../../../source/metrics/prometheus/answer.ts';
import {Scrapes, type FoundSeries, type Interval} from '../../../source/metrics/prometheus/scrapes.ts';
import {bySeconds} from '../../../source/metrics/prometheus/spread.ts';

type Points = Record<number, number>;

const labels = (more: Record<string, string> = {}) => ({job: 'pay', instance: 'web-1:9100', ...more});
const series = (points: Points, more: Record<string, string> = {}): RawSeries => ({
  labels: labels(more),
  points: Object.entries(points).map(([at, value]) => ({at: Number(at) * 1000, value})),
  histograms: [],
});
const requests = (...all: RawSeries[]): FoundSeries => ({side: 'gray', counts: 'requests', series: all});
const errors = (...all: RawSeries[]): FoundSeries => ({side: 'gray', counts: 'errors', series: all});
const times = (...all: RawSeries[]): FoundSeries => ({side: 'gray', counts: 'times', series: all});
const counts = (intervals: Interval[]) =>
  intervals.map(({from, to, requests: n, errors: x}) => [from / 1000, to / 1000, n, x]);

describe('counters between two scrapes', () => {
  test('count what came since; the first scrape of a target says only where they stand', () => {
    const scrapes = new Scrapes('instance');
    expect(counts(scrapes.take([requests(series({0: 1000, 15: 1030, 30.2: 1075}))]))).toEqual([
      [0, 15, 30, 0],
      [15, 30.2, 45, 0],
    ]);
    // Read again with what is new.
    expect(counts(scrapes.take([requests(series({15: 1030, 30.2: 1075, 45: 1080}))]))).toEqual([
      [30.2, 45, 5, 0],
    ]);
    expect(scrapes.take([requests(series({30.2: 1075, 45: 1080}))])).toEqual([]);
  });

  test('count from 0 after a restart, in whichever series', () => {
    const scrapes = new Scrapes('instance');
    const found = [
      requests(series({0: 500, 15: 520, 30: 7, 45: 9})),
      errors(series({0: 4, 15: 5, 30: 0, 45: 1})),
    ];
    expect(counts(scrapes.take(found))).toEqual([
      [0, 15, 20, 1],
      [15, 30, 7, 0],
      [30, 45, 2, 1],
    ]);
  });

  test('span a scrape that failed, and say nothing over a gap of minutes', () => {
    const scrapes = new Scrapes('instance');
    expect(counts(scrapes.take([requests(series({0: 0, 15: 10, 60: 50, 500: 900, 515: 910}))]))).toEqual([
      [0, 15, 10, 0],
      [15, 60, 40, 0],
      [500, 515, 10, 0],
    ]);
  });

  test('begin at 0 with a label that a running process tells for the first time', () => {
    const scrapes = new Scrapes('instance');
    const ok = series({0: 100, 15: 200, 30: 290}, {code: '200'});
    const failed = series({15: 12, 30: 22}, {code: '500'});
    expect(counts(scrapes.take([requests(ok, failed), errors(failed)]))).toEqual([
      [0, 15, 112, 12],
      [15, 30, 100, 10],
    ]);
  });

  test('do not jump where all series of a target get another name', () => {
    const scrapes = new Scrapes('instance');
    const before = series({0: 9000, 15: 9010}, {path: '/pay'});
    const after = series({30: 9020, 45: 9030}, {path: '/pay', zone: 'a'});
    const failed = series({30: 4000, 45: 4001}, {path: '/pay', zone: 'a', code: '500'});
    expect(counts(scrapes.take([requests(before, after, failed), errors(failed)]))).toEqual([
      [0, 15, 10, 0],
      [30, 45, 11, 1],
    ]);
  });

  test('are those of each target by itself: instances come, go and start again', () => {
    const scrapes = new Scrapes('pod');
    const at = (pod: string, points: Points) => series(points, {instance: `${pod}:9100`, pod});
    const found = requests(
      at('a', {0: 10, 15: 20}),
      at('b', {3: 100, 18: 130, 33: 160}),
      at('c', {20: 70_000, 35: 70_010}),
    );
    const told = scrapes.take([found]).map(({instance, from, requests: n}) => [instance, from / 1000, n]);
    expect(told).toEqual([
      ['a', 0, 10],
      ['b', 3, 30],
      ['b', 18, 30],
      ['c', 20, 10],
    ]);
  });

  test('wait for a scrape that only what was asked for later has seen', () => {
    const scrapes = new Scrapes('instance');
    expect(
      counts(scrapes.take([requests(series({0: 0, 15: 10})), errors(series({0: 0, 15: 1, 30: 9}))])),
    ).toEqual([[0, 15, 10, 1]]);
    expect(
      counts(scrapes.take([requests(series({15: 10, 30: 20})), errors(series({15: 1, 30: 9}))])),
    ).toEqual([[15, 30, 10, 8]]);
  });

  test('never have more errors than requests, whatever two metrics say', () => {
    const [interval] = new Scrapes('instance').take([
      requests(series({0: 0, 15: 2})),
      errors(series({0: 0, 15: 40}, {__name__: 'failures'})),
    ]);
    expect(interval).toMatchObject({requests: 40, errors: 40});
  });
});

describe('histograms between two scrapes', () => {
  test('of the classic kind are differences of buckets', () => {
    const le = (bound: string, points: Points) => series(points, {le: bound});
    const [interval] = new Scrapes('instance').take([
      requests(series({0: 0, 15: 30})),
      times(le('0.1', {0: 5, 15: 15}), le('0.5', {0: 6, 15: 33}), le('+Inf', {0: 6, 15: 36})),
    ]);
    expect(interval?.times).toEqual([
      {from: 0, to: 0.1, count: 10},
      {from: 0.1, to: 0.5, count: 17},
      {from: 0.5, to: 0.5, count: 3},
    ]);
  });

  test('of the native kind too, also where buckets become wider or the process starts again', () => {
    const native = (at: number, count: number, buckets: [number, number, number][]) => ({
      at: at * 1000,
      histogram: {count, buckets},
    });
    const histograms = [
      native(0, 4, [
        [0.1, 0.2, 1],
        [0.2, 0.4, 3],
      ]),
      native(15, 9, [
        [0.1, 0.2, 2],
        [0.2, 0.4, 7],
      ]),
      native(30, 12, [[0.1, 0.4, 12]]),
      native(45, 2, [[0.1, 0.2, 2]]),
    ];
    const one: RawSeries = {labels: labels(), points: [], histograms};
    const summary = series({0: 0.3, 15: 0.2}, {quantile: '0.5'});
    const told = new Scrapes('instance')
      .take([requests(series({0: 4, 15: 9, 30: 12, 45: 2})), times(summary), times(one)])
      .map(({times: buckets}) => buckets);
    expect(told).toEqual([
      [
        {from: 0.1, to: 0.2, count: 1},
        {from: 0.2, to: 0.4, count: 4},
      ],
      [{from: 0.1, to: 0.4, count: 3}],
      [{from: 0.1, to: 0.2, count: 2}],
    ]);
  });
});

describe('an interval by the second', () => {
  const whole: Interval = {
    side: 'gray',
    instance: 'web-1',
    from: 700,
    to: 15_700,
    requests: 300,
    errors: 30,
    conversions: 0,
    times: [
      {from: 0, to: 0.1, count: 200},
      {from: 0.1, to: 0.4, count: 100},
    ],
  };

  test('spreads requests, errors and response times evenly', () => {
    const seconds = bySeconds(whole, {errors: true, conversions: false, msPerUnit: 1000});
    expect(seconds).toHaveLength(16);
    expect(seconds[5]).toMatchObject({
      at: 5999,
      measured: {side: 'gray', instance: 'web-1', counters: {requests: 20, errors: 2}},
    });
    const slow = seconds.slice(1, -1).map(({measured}) => {
      const values = measured.distributions?.['response_time'] as LogHistogram;
      return values.count - values.countUpTo(100);
    });
    expect(Math.min(...slow)).toBeGreaterThan(3);
    expect(Math.max(...slow)).toBeLessThan(10);
  });

  test('loses and invents nothing', () => {
    fc.assert(
      fc.property(
        fc.integer({min: 0, max: 100_000}),
        fc.integer({min: 1, max: 90_000}),
        fc.integer({min: 0, max: 400}),
        fc.nat({max: 400}),
        fc.array(fc.nat({max: 60}), {maxLength: 6}),
        (from, lengthMs, n, x, buckets) => {
          const interval: Interval = {
            ...whole,
            from,
            to: from + lengthMs,
            requests: n,
            errors: Math.min(x, n),
            times: buckets.map((count, index) => ({from: index, to: index + 1, count})),
          };
          const seconds = bySeconds(interval, {errors: true, conversions: true, msPerUnit: 1});
          const sum = (name: string) =>
            seconds.reduce((all, {measured}) => all + (measured.counters?.[name] ?? 0), 0);
          expect(sum('requests')).toBe(n);
          expect(sum('errors')).toBe(interval.errors);
          const valuesOf = ({measured}: (typeof seconds)[number]) =>
            (measured.distributions?.['response_time'] as LogHistogram | undefined)?.count ?? 0;
          const all = buckets.reduce((total, count) => total + count, 0);
          expect(seconds.reduce((total, second) => total + valuesOf(second), 0)).toBe(Math.min(all, n));
          for (const second of seconds) {
            const {requests: here = 0, errors: failed = 0} = second.measured.counters ?? {};
            expect(failed).toBeLessThanOrEqual(here);
            expect(valuesOf(second)).toBeLessThanOrEqual(here);
            expect(second.at).toBeGreaterThanOrEqual(Math.floor(from / 1000) * 1000);
            expect(second.at).toBeLessThan(from + lengthMs + 1);
          }
        },
      ),
    );
  });
});
