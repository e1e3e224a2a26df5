import {describe, expect, it} from 'vitest';
import type {ExternalReading} from '../../source/analysis/judge/read-metric.ts';
import {feedbackRows} from '../../source/metrics/feedback-rows.ts';
import type {Remembered} from '../../source/metrics/feedback.ts';

const TARGET = {id: 'r-1', version: 'v2', prodVersion: 'v1', phases: ['beta'], startedAt: 10_000};

function said(
  at: number,
  type: Remembered['type'],
  rating: Remembered['rating'],
  version = 'v2',
): Remembered {
  return {at, type, rating, version, phase: 'beta'};
}

function rows(given: Remembered[], state: ExternalReading['state'] = 'ok', planned: string[] = []) {
  const follower = {
    given,
    target: TARGET,
    read: (metric: string): ExternalReading => ({
      prod: metric === 'bug_reports' ? 0 : null,
      gray: metric === 'bug_reports' ? 2 : 3.5,
      ageMs: 1500,
      state,
      source: 'feedback',
    }),
  };
  return feedbackRows(follower, {
    isPlanned: name => planned.includes(name),
    isElsewhere: name => name === 'cpu',
  });
}

describe('what people say, on the screen', () => {
  it('is a row for ratings and one for bug reports once somebody has spoken', () => {
    expect(rows([]).snapshot()).toEqual([]);
    expect(rows([], 'ok', ['bug_reports']).snapshot()).toMatchObject([{name: 'bug_reports'}]);
    const shown = rows([said(11_000, 'bug', 2)]);
    expect(shown.snapshot()).toMatchObject([
      {
        name: 'user_satisfaction',
        source: 'feedback',
        better: 'higher',
        prod: null,
        gray: 3.5,
        state: 'ok',
        ageSeconds: 1.5,
        sides: {prod: {state: 'empty'}, gray: {state: 'ok'}},
      },
      {name: 'bug_reports', better: 'lower', prod: 0, gray: 2, state: 'ok'},
    ]);
    expect(shown.value('user_satisfaction', 'gray')).toBe(3.5);
    expect(shown.value('error_rate', 'gray')).toBeNull();
    expect([shown.has('bug_reports'), shown.has('cpu')]).toEqual([true, false]);
  });

  it('is no number while the store does not answer, and says why', () => {
    expect(rows([said(11_000, 'bug', 2)], 'away').snapshot()).toMatchObject([
      {gray: null, state: 'unreachable', why: 'the store does not answer'},
      {gray: null, state: 'unreachable'},
    ]);
  });

  it('has a line: bugs as they come, ratings as their mean since the release began', () => {
    const some = [
      said(9000, 'bug', 1),
      said(12_100, 'bug', 2),
      said(12_900, 'experience', 4),
      said(14_000, 'bug', null),
      said(14_500, 'bug', 5, 'v1'),
    ];
    const span = {from: 8000, to: 15_500};
    const {series} = rows(some);
    expect(series('bug_reports', 'gray', span, 1000)).toEqual([null, null, 0, 0, 1, 0, 1, 0]);
    expect(series('user_satisfaction', 'gray', span, 1000)).toEqual([null, null, null, null, 3, 3, 3, 3]);
    expect(series('user_satisfaction', 'prod', span, 1000).at(-1)).toBe(5);
    expect(series('error_rate', 'gray', span, 1000)).toEqual([]);
    expect(series('bug_reports', 'gray', {from: 5, to: 5}, 1000)).toEqual([]);
  });
});
