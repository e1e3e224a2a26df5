import {describe, expect, test} from 'vitest';
import {evidenceTick} from '../../../source/analysis/judge/evidence-tick.ts';
import {ofRelease} from '../../../source/analysis/judge/situation.ts';
import {Windows} from '../../../source/analysis/windows/windows.ts';
import {builtInPlan} from '../../../source/config/plan/built-in.ts';
import {decide} from '../../../source/release/decide/decide.ts';
import {evolve} from '../../../source/release/evolve/evolve.ts';
import {initialState, type Release} from '../../../source/release/state.ts';
import {feed, T0} from '../feed.ts';

const span = (fromSecond: number, toSecond: number) => ({
  from: T0 + fromSecond * 1000,
  to: T0 + toSecond * 1000,
});

describe('when a side was heard', () => {
  const windows = new Windows();
  for (const second of [0, 3, 7]) feed(windows, T0 + second * 1000 + 500, 'side gray requests 20');
  feed(windows, T0 + 9500, 'side gray requests 4 cohort chosen');
  feed(windows, T0 + 9500, 'side prod requests 4');

  test('is the end of the last second that holds something, never beyond the span', () => {
    expect(windows.heardAt('gray', span(0, 60), 'eligible')).toBe(T0 + 8000);
    expect(windows.heardAt('gray', span(0, 60))).toBe(T0 + 10_000);
    expect(windows.heardAt('gray', span(0, 7), 'eligible')).toBe(T0 + 4000);
    expect(windows.heardAt('gray', {from: T0, to: T0 + 7800}, 'eligible')).toBe(T0 + 7800);
  });

  test('is unknown where nothing was', () => {
    expect(windows.heardAt('gray', span(4, 7), 'eligible')).toBeNull();
    expect(windows.heardAt('prod', span(0, 9))).toBeNull();
    expect(new Windows().heardAt('gray', span(0, 60))).toBeNull();
  });

  test('arrivals are requests and the entries they came in', () => {
    expect(windows.arrivals('gray', span(0, 60), 'eligible')).toEqual({requests: 60, entries: 3});
    expect(windows.arrivals('gray', span(0, 60))).toEqual({requests: 64, entries: 4});
    expect(windows.arrivals('gray', span(1, 3))).toEqual({requests: 0, entries: 0});
  });

  test('nothing from before the split began is heard', () => {
    const later = new Windows();
    feed(later, T0, 'side gray requests 20');
    later.begin({release: 'r', splitVersion: 2, since: T0 + 5000});
    expect(later.heardAt('gray', span(0, 60))).toBeNull();
    expect(later.arrivals('gray', span(0, 60))).toEqual({requests: 0, entries: 0});
  });
});

describe('a second for evidence', () => {
  test('holds the eligible of both sides, times in eighths of an octave', () => {
    const windows = new Windows();
    feed(windows, T0, 'side gray requests 3 errors 1 conversions 2 response_time 100');
    feed(windows, T0, 'side gray requests 9 errors 9 cohort chosen');
    feed(windows, T0, 'side prod requests 7 errors 0 response_time 200');
    expect(evidenceTick(windows, T0, 20)).toEqual({
      t: T0 / 1000,
      grayShare: 0.2,
      prod: {requests: 7, errors: 0, conversions: 0, latencySumMs: 200, hist: [[61, 1]]},
      gray: {requests: 3, errors: 1, conversions: 2, latencySumMs: 100, hist: [[53, 1]]},
    });
  });

  test('counts nothing of a side that was silent, and is none where nothing is kept', () => {
    const windows = new Windows();
    feed(windows, T0, 'side prod requests 7');
    expect(evidenceTick(windows, T0, null)).toMatchObject({
      grayShare: null,
      gray: {requests: 0, errors: 0, conversions: 0, hist: []},
    });
    expect(evidenceTick(windows, T0 - 1000, null)?.prod.requests ?? 0).toBe(0);
    expect(evidenceTick(windows, T0 + 5000, null)).toBeNull();
  });
});

test('the clock of a phase is read with what has run since it was started last', () => {
  const decision = decide(initialState('pay'), {
    type: 'start',
    release: 'r1',
    version: 'v2',
    plan: builtInPlan,
    by: {name: 'liu', kind: 'person'},
    at: T0,
  });
  const events = decision.ok ? decision.events : [];
  const {release} = events.reduce(
    (state, event) => evolve(state, event, {at: T0, by: 'liu'}),
    initialState('pay'),
  );
  const read = (clock: Release['clock'], at: number) => ofRelease({...release!, clock}, at).ranMs;
  expect(read({ranMs: 5000, since: T0, held: null}, T0 + 2000)).toBe(7000);
  expect(read({ranMs: 5000, since: null, held: 'no data'}, T0 + 2000)).toBe(5000);
  expect(read({ranMs: 5000, since: T0, held: null}, T0 - 60_000)).toBe(5000);
});
