import {expect, test} from 'vitest';
import {firstSilence} from '../../source/guard/active-guard.ts';

/** Gray, heard in these seconds. */
function heard(...seconds: number[]) {
  const ends = new Set(seconds.map(second => (second + 1) * 1000));
  return {
    heardAt: (_: 'prod' | 'gray', {from, to}: {from: number; to: number}) =>
      [...ends]
        .filter(end => end > from && end - 1000 < to)
        .reduce<number | null>((newest, end) => Math.max(newest ?? 0, Math.min(end, to)), null),
  };
}

const every = (from: number, to: number) => Array.from({length: to - from}, (_, index) => from + index);

test.each([
  ['a steady stream has no silence', every(0, 600), null],
  ['a pause of half a minute is none', [...every(0, 300), ...every(330, 600)], null],
  [
    'a silence that is over begins where gray was heard last',
    [...every(0, 300), ...every(400, 600)],
    300_000,
  ],
  ['a silence that lasts, too', every(0, 300), 300_000],
  ['of two the first counts', [...every(0, 100), ...every(200, 300), ...every(400, 600)], 100_000],
  ['gray that was never heard is silent from the start', [], 0],
])('%s', (_, seconds, first) => {
  expect(firstSilence(heard(...seconds), {from: 0, to: 600_000})).toBe(first);
});
