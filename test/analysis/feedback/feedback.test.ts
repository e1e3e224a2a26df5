import {describe, expect, it} from 'vitest';
import {
  decodeFeedback,
  encodeFeedback,
  LONGEST_MESSAGE,
  readFeedback,
  type Feedback,
  type GivenFeedback,
} from '../../../source/analysis/feedback/feedback.ts';
import {feedbackNumbers, sideOfFeedback} from '../../../source/analysis/feedback/sides.ts';
import {feedbackGroups, feedbackStats, selectFeedback} from '../../../source/analysis/feedback/stats.ts';

const BUG: Feedback = {
  type: 'bug',
  message: 'the amount <b>is</b> wrong \u0007',
  rating: 2,
  phase: 'beta',
  version: 'v1.1.0',
  user: '1001',
};
const given = (fields: Partial<GivenFeedback>): GivenFeedback => ({...BUG, at: 0, ...fields});

describe('feedback as it lies in the store', () => {
  it('is read as it was written, markup and control characters too', () => {
    expect(decodeFeedback(encodeFeedback(BUG))).toEqual(BUG);
    const bare: Feedback = {...BUG, rating: null, phase: null, version: null, user: null};
    expect(encodeFeedback(bare)).not.toContain('null');
    expect(decodeFeedback(encodeFeedback(bare))).toEqual(bare);
  });

  it.each([
    '',
    'null',
    '[]',
    '"bug"',
    '{"type":"bug"}',
    '{"message":"slow"}',
    '{"type":"praise","message":"nice"}',
    '{"type":"bug","message":7}',
    `{"type":"bug","message":"${'x'.repeat(1_000_000)}"}`,
  ])('is counted as junk where it is none: %.40s', text => {
    expect(readFeedback([{at: 1, text}])).toEqual({given: [], junk: 1});
  });

  it.each([0, 6, 4.5, -1, '5', null, true, {}])('has no rating where that is %j', rating => {
    const text = JSON.stringify({type: 'bug', message: 'x', rating});
    expect(decodeFeedback(text)).toMatchObject({rating: null});
  });

  it('is cut where it is too long, and takes the number of a user for his name', () => {
    const text = JSON.stringify({
      type: 'bug',
      message: 'x'.repeat(LONGEST_MESSAGE + 1),
      user_id: 1001,
      deployment_phase: 'p'.repeat(1000),
      deployment_version: ' ',
    });
    const read = decodeFeedback(text)!;
    expect(read.message).toHaveLength(LONGEST_MESSAGE);
    expect(read.phase).toHaveLength(128);
    expect(read).toMatchObject({user: '1001', version: null});
  });
});

describe('feedback in numbers', () => {
  const some = [
    given({at: 10, rating: 5, type: 'experience'}),
    given({at: 30, rating: null, phase: 'alpha'}),
    given({at: 20, rating: 2}),
    given({at: 40, rating: 4, version: null, phase: null, type: 'suggestion'}),
  ];

  it('has the mean of those who rated, and how many said what', () => {
    expect(feedbackStats(some)).toEqual({
      count: 4,
      rating: 11 / 3,
      rated: 3,
      ratings: {1: 0, 2: 1, 3: 0, 4: 1, 5: 1},
      types: {bug: 2, suggestion: 1, experience: 1, performance: 0},
      firstAt: 10,
      lastAt: 40,
    });
    expect(feedbackStats([])).toMatchObject({count: 0, rating: null, firstAt: null, lastAt: null});
  });

  it('is told by phase and version, in the order they were first spoken of', () => {
    expect(feedbackGroups(some.toReversed())).toMatchObject([
      {phase: 'beta', version: 'v1.1.0', count: 2, rating: 3.5},
      {phase: 'alpha', version: 'v1.1.0', count: 1, rating: null},
      {phase: null, version: null, count: 1, rating: 4},
    ]);
  });

  it('may be asked for one phase, one version, and a stretch of time', () => {
    const times = (filter: Parameters<typeof selectFeedback>[1]) =>
      selectFeedback(some, filter).map(({at}) => at);
    expect(times({})).toEqual([10, 30, 20, 40]);
    expect(times({phase: 'beta'})).toEqual([10, 20]);
    expect(times({version: 'v1.1.0', from: 20, to: 30})).toEqual([30, 20]);
  });
});

describe('feedback on both sides', () => {
  const target = {version: 'v1.1.0', prodVersion: 'v1.0.9', phases: ['alpha', 'beta'], startedAt: 1000};

  it.each([
    ['v1.1.0', null, 'gray'],
    ['v1.0.9', 'beta', 'prod'],
    ['v0.1', 'beta', null],
    [null, 'beta', 'gray'],
    [null, 'omega', null],
    [null, null, null],
  ] as const)('of version %s in phase %s is of %s', (version, phase, side) => {
    expect(sideOfFeedback({version, phase}, target)).toBe(side);
  });

  it('counts what was said since the release began, within the window', () => {
    const some = [
      given({at: 999}),
      given({at: 1000, rating: 1}),
      given({at: 5000, rating: 4}),
      given({at: 5000, rating: 5, type: 'experience'}),
      given({at: 6000, version: 'v1.0.9', rating: 3}),
      given({at: 9001}),
    ];
    const read = (metric: 'bug_reports' | 'user_satisfaction', overMs: number) =>
      feedbackNumbers(some, metric, target, 9000, overMs);
    expect(read('bug_reports', 1e9)).toEqual({
      prod: {value: 1, samples: 1},
      gray: {value: 2, samples: 2},
    });
    expect(read('user_satisfaction', 4000)).toEqual({
      prod: {value: 3, samples: 1},
      gray: {value: 4.5, samples: 2},
    });
    expect(read('user_satisfaction', 100)).toEqual({
      prod: {value: null, samples: 0},
      gray: {value: null, samples: 0},
    });
    expect(read('bug_reports', 100).gray).toEqual({value: 0, samples: 0});
  });
});
