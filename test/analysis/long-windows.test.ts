import {describe, expect, test} from 'vitest';
import {LongWindows} from '../../source/analysis/windows/long-windows.ts';
import {Minutes, MINUTE_MS} from '../../source/analysis/windows/minutes.ts';
import type {Side} from '../../source/analysis/numbers.ts';
import {decodeTally, encodeTally, mergeTallies, type Tally} from '../../source/analysis/windows/roll-up.ts';
import {Windows} from '../../source/analysis/windows/windows.ts';
import {DistinctSketch} from '../../source/analysis/sketches/distinct-sketch.ts';
import {feed} from './feed.ts';

const HOUR = 60 * MINUTE_MS;
/** A whole minute. */
const BEGIN = 1_800_000_000_000;

/** Somebody's users in a stretch of time, as samples carry them. */
function people(from: number, count: number): string {
  const sketch = new DistinctSketch();
  for (let index = 0; index < count; index++) sketch.add(`u-${from + index}`);
  return sketch.encode();
}

/** Traffic of `hours`, with an entry a side every ten seconds, told to all of them. */
function traffic(hours: number, tell: (at: number, entry: string) => void): number {
  const end = BEGIN + hours * HOUR;
  for (let at = BEGIN, index = 0; at < end; at += 10_000, index++) {
    const errors = index % 7;
    tell(
      at,
      `side prod requests 100 errors 1 response_time ${50 + (index % 40)} users ${people(index % 500, 5)}`,
    );
    tell(at, `side gray requests 20 errors ${errors} response_time ${90 + (index % 300)} uses.export 3`);
    tell(at, `side gray cohort chosen requests 2 errors 2`);
  }
  return end;
}

/** Somebody who was there all along, with everything by the second; and the minutes as a store would keep them. */
function live(hours: number): {exact: Windows; near: Windows; minutes: Map<number, string>; end: number} {
  const exact = new Windows({keepSeconds: hours * 3600 + 60});
  const near = new Windows();
  const seconds = new Map<number, Tally[]>();
  const rolled = new Windows({keepSeconds: 60});
  let last = -1;
  const end = traffic(hours, (at, entry) => {
    for (const windows of [exact, near, rolled]) feed(windows, at, entry, at);
    const second = Math.floor(at / 1000) * 1000;
    if (second !== last && last >= 0) keep(last);
    last = second;
  });
  keep(last);
  function keep(t: number): void {
    const tally = rolled.rollUp(t);
    const minute = Math.floor(t / MINUTE_MS) * MINUTE_MS;
    if (tally !== null) seconds.set(minute, [...(seconds.get(minute) ?? []), tally]);
  }
  const minutes = new Map(
    Array.from(seconds, ([t, tallies]) => [t, encodeTally(mergeTallies(t, MINUTE_MS, tallies))] as const),
  );
  return {exact, near, minutes, end};
}

function past(rows: ReadonlyMap<number, string>, until = Number.POSITIVE_INFINITY): Minutes {
  const minutes = new Minutes(49 * 60);
  for (const [t, body] of rows) if (t < until) minutes.restore(decodeTally(t, body)!);
  return minutes;
}

const SIDES: Side[] = ['prod', 'gray'];

describe('a window that is longer than anything kept by the second', () => {
  const {exact, near, minutes, end} = live(48);
  const far = past(minutes);
  const long = new LongWindows(near, () => far);

  test.each([1, 6, 47])('of %i hours holds every request, error, value and user', hours => {
    const span = {from: end - hours * HOUR, to: end};
    for (const side of SIDES) {
      expect(long.arrivals(side, span, 'eligible')).toEqual(exact.arrivals(side, span, 'eligible'));
      expect(long.arrivals(side, span)).toEqual(exact.arrivals(side, span));
      for (const name of ['errors', 'uses.export', 'nobody'])
        expect(long.counted(side, name, span, 'eligible')).toBe(exact.counted(side, name, span, 'eligible'));
      expect(long.users(side, span)).toBe(exact.users(side, span));
      const values = long.distribution(side, 'response_time', span)!;
      const wanted = exact.distribution(side, 'response_time', span)!;
      expect(values.buckets()).toEqual(wanted.buckets());
      expect(values.mean()).toBeCloseTo(wanted.mean()!, 6);
    }
    expect(long.keptMs).toBeGreaterThanOrEqual(hours * HOUR);
  });

  test('is the same for who was there all along and for who came just now', () => {
    const late = new Windows();
    const from = end - 15 * MINUTE_MS;
    traffic(48, (at, entry) => at >= from && feed(late, at, entry, at));
    const own = past(minutes);
    const other = new LongWindows(late, () => own);
    for (const hours of [0.2, 0.3, 1, 5, 47]) {
      for (const after of [0, 17_000, 44_000]) {
        const span = {from: end - after - hours * HOUR, to: end - after};
        for (const side of SIDES) {
          expect(other.arrivals(side, span)).toEqual(long.arrivals(side, span));
          expect(other.counted(side, 'errors', span)).toBe(long.counted(side, 'errors', span));
          expect(other.distribution(side, 'response_time', span)!.buckets()).toEqual(
            long.distribution(side, 'response_time', span)!.buckets(),
          );
          expect(other.users(side, span)).toBe(long.users(side, span));
          expect(other.heardAt(side, span)).toBe(long.heardAt(side, span));
        }
      }
    }
  });

  test('reads by the second what nobody has rolled up yet', () => {
    const few = past(minutes, end - 30 * MINUTE_MS);
    const behind = new LongWindows(near, () => few);
    const span = {from: end - 5 * HOUR, to: end};
    expect(behind.arrivals('gray', span)).toEqual(exact.arrivals('gray', span));
  });

  test('knows no more than was ever measured', () => {
    const few = past(new Map([...minutes].filter(([t]) => t >= end - 3 * HOUR)));
    expect(new LongWindows(near, () => few).keptMs).toBeLessThan(3.1 * HOUR);
    expect(new LongWindows(near, () => null).keptMs).toBe(near.keptMs);
  });

  test('without minutes sees what is kept by the second', () => {
    const span = {from: end - 5 * HOUR, to: end};
    const alone = new LongWindows(near, () => null);
    expect(alone.arrivals('gray', span)).toEqual(near.arrivals('gray', span));
    expect(alone.heardAt('gray', span)).toBe(near.heardAt('gray', span));
  });
});

test('a minute that is written again is read anew', () => {
  const {minutes, end} = live(1);
  const far = past(minutes);
  const span = {from: end - HOUR, to: end};
  const before = far.values('gray', 'response_time', span).count;
  const t = end - 10 * MINUTE_MS;
  const tally = decodeTally(t, minutes.get(t)!)!;
  const gray = tally.parts.find(({side, place}) => side === 'gray' && place === 'eligible')!;
  gray.distributions.get('response_time')!.add(100, 50);
  far.restore(tally);
  expect(far.values('gray', 'response_time', span).count).toBe(before + 50);
});

test('what is no minute is not taken for one', () => {
  const far = new Minutes(60);
  expect(far.restore({t: BEGIN, ms: 1000, release: null, parts: []})).toBe(false);
  expect(far.restore({t: BEGIN + 1, ms: MINUTE_MS, release: null, parts: []})).toBe(false);
  expect(far.known).toBeNull();
  expect(far.restore({t: BEGIN, ms: MINUTE_MS, release: null, parts: []})).toBe(true);
  expect(far.known).toEqual({from: BEGIN, to: BEGIN + MINUTE_MS});
});
