import {describe, expect, it} from 'vitest';
import {together, type ExternalNumbers} from '../../../source/analysis/judge/read-metric.ts';
import {outcomeWords} from '../../../source/analysis/judge/outcome-words.ts';
import {Scene, traffic} from './scene.ts';

/** Feedback that has come to this. */
function feedback(gray: number | null, ratings: number): ExternalNumbers {
  return {
    read: metric =>
      metric === 'user_satisfaction'
        ? {
            prod: 4,
            gray,
            ageMs: 500,
            state: gray === null ? 'no-data' : 'ok',
            source: 'feedback',
            samples: {prod: 9, gray: ratings},
            coveredMs: 7_200_000,
          }
        : null,
  };
}

function outcome(text: string, external: ExternalNumbers) {
  const scene = new Scene();
  scene.seconds(5, traffic(10), traffic(10));
  scene.external = external;
  return scene.outcome(text);
}

describe('a criterion on what people say', () => {
  const text = 'user_satisfaction > 4.5 over 48h min 20 requests';

  it('holds and fails by the mean rating of gray, and says of how many and how long', () => {
    expect(outcome(text, feedback(4.6, 20))).toMatchObject({
      kind: 'holds',
      value: 4.6,
      prod: 4,
      samples: 20,
      prodSamples: 9,
      windowSeconds: 7200,
      source: 'feedback',
    });
    expect(outcome(text, feedback(4.5, 20))).toMatchObject({kind: 'fails', value: 4.5});
  });

  it('waits for as many answers as it asks for', () => {
    const few = outcome(text, feedback(5, 3));
    expect(few).toMatchObject({kind: 'undecided', why: 'few-requests', have: 3, need: 20});
    expect(outcomeWords(few, false)).toContain('3 of 20 answers, about 11 h 20 min more');
  });

  it('cannot be measured while nobody rates', () => {
    expect(outcome(text, feedback(null, 0))).toMatchObject({kind: 'cannot-measure', why: 'no-data'});
  });

  it('may be compared with prod', () => {
    expect(outcome('user_satisfaction > 1.1x prod', feedback(4.5, 20))).toMatchObject({kind: 'holds'});
    expect(outcome('user_satisfaction > 1.1x prod', feedback(4.3, 20))).toMatchObject({kind: 'fails'});
  });
});

it('of several sources the first that measures a metric speaks for it', () => {
  const own: ExternalNumbers = {
    read: () => ({prod: 1, gray: 1, ageMs: 0, state: 'ok', source: 'prometheus'}),
  };
  expect(together(own, feedback(5, 1)).read('user_satisfaction', 1)?.source).toBe('prometheus');
  expect(together(null, feedback(5, 1), own).read('user_satisfaction', 1)?.source).toBe('feedback');
  expect(together(feedback(5, 1)).read('cpu', 1)).toBeNull();
});
