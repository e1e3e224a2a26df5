import {expect, test} from 'vitest';
import {isPercent, stepFrom} from '../../source/release/split.ts';

test('every hundredth of a percent from 0 to 100 is a percentage', () => {
  const hundredths = Array.from({length: 10_001}, (_, n) => n / 100);
  expect(hundredths.filter(percent => !isPercent(percent))).toEqual([]);
});

test.each([
  -1,
  -0,
  100.01,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  0.001,
  33.333,
  5.000_000_01,
  0.1 + 0.2,
  '5',
  null,
  undefined,
  [5],
])('%s is no percentage a router can express', value => {
  expect(isPercent(value)).toBe(false);
});

test('one step up and one down walk the rungs and stop at either end', () => {
  const up = [0, 1, 2, 5, 7, 10, 90, 95, 100].map(percent => stepFrom(percent, 'up'));
  expect(up).toEqual([1, 2, 5, 10, 10, 20, 100, 100, 100]);
  const down = [0, 0.5, 1, 2, 5, 7, 100].map(percent => stepFrom(percent, 'down'));
  expect(down).toEqual([0, 0, 0, 1, 2, 5, 90]);
});

test('a release with a ramp of its own takes its steps', () => {
  expect(stepFrom(20, 'up', 10)).toBe(30);
  expect(stepFrom(95, 'up', 10)).toBe(100);
  expect(stepFrom(5, 'down', 10)).toBe(0);
  expect(isPercent(stepFrom(0.1, 'up', 0.2))).toBe(true);
});
