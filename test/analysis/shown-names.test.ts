import {expect, it} from 'vitest';
import {counterOfShare, shownNames} from '../../source/analysis/metric-value.ts';

const counters = (values: Record<string, number>) => ({counters: values});

it('what was used is shown as a part of the requests, other names as they are', () => {
  expect(shownNames(['queue', 'uses.export'], {prod: null, gray: null})).toEqual([
    'queue',
    'feature_use_rate.export',
  ]);
  expect(counterOfShare('feature_use_rate.export')).toBe('uses.export');
  expect(counterOfShare('queue')).toBeNull();
  expect(counterOfShare('error_rate')).toBeNull();
});

it('of errors the most frequent are shown, the worst of gray first, and none that did not happen', () => {
  const names = ['errors.A', 'errors.B', 'errors.C', 'errors.D', 'errors.E'];
  const sides = {
    gray: counters({'errors.A': 1, 'errors.B': 9, 'errors.C': 0, 'errors.E': 1}),
    prod: counters({'errors.A': 50, 'errors.C': 99, 'errors.D': 3}),
  };
  const shown = shownNames(names, sides);
  expect(shown).toEqual(['error_rate.B', 'error_rate.A', 'error_rate.E']);
  expect(shownNames(names, sides, 10)).toEqual([...shown, 'error_rate.C', 'error_rate.D']);
  expect(counterOfShare('error_rate.B')).toBe('errors.B');
});
