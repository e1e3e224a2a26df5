import {expect, test} from 'vitest';
import {History} from '../../../source/metrics/prometheus/history.ts';

function historyOf(points: [at: number, value: number][], keepMs = 60_000): History {
  const history = new History(() => keepMs);
  for (const [at, value] of points) history.add({at, value});
  return history;
}

test('a value stands in every step until the next one, and no longer than it may', () => {
  const history = historyOf([
    [1500, 1],
    [4500, 2],
  ]);
  expect(history.series({from: 0, to: 9000}, 1000, 2500)).toEqual([null, 1, 1, 1, 2, 2, 2, 2, null]);
  expect(history.series({from: 0, to: 9000}, 3000, 0)).toEqual([1, 2, null]);
  expect(history.series({from: 0, to: 0}, 1000, 0)).toEqual([]);
});

test('nothing of after a span is told', () => {
  const history = historyOf([
    [1000, 1],
    [5000, 9],
  ]);
  expect(history.series({from: 0, to: 4000}, 2000, 2000)).toEqual([1, 1]);
  expect(history.newest({from: 0, to: 5000})).toBe(1);
  expect(history.mean({from: 0, to: 6000}, 1000)).toBe(5);
  expect(history.mean({from: 2000, to: 4000}, 1000)).toBeNull();
});

test('every step of a window counts alike: a past that is known coarsely is not outvoted by the last minute', () => {
  const coarse = Array.from({length: 9}, (_, index): [number, number] => [index * 10_000, 1]);
  const fine = Array.from({length: 10}, (_, index): [number, number] => [90_000 + index * 1000, 11]);
  const history = historyOf([...coarse, ...fine], 3_600_000);
  expect(history.mean({from: 0, to: 100_000}, 10_000)).toBe(2);
  expect(history.countIn({from: 90_000, to: 95_000})).toBe(5);
  expect(history.oldestAt({from: 15_000, to: 100_000})).toBe(20_000);
  expect(history.oldestAt({from: 200_000, to: 300_000})).toBeNull();
});

test('as much is kept as is wanted by now', () => {
  let keepMs = 10_000;
  const history = new History(() => keepMs);
  for (let at = 0; at <= 60_000; at += 1000) history.add({at, value: 1});
  expect(history.oldestAt({from: 0, to: 60_000})).toBeGreaterThan(45_000);
  keepMs = 60_000;
  for (let at = 61_000; at <= 100_000; at += 1000) history.add({at, value: 1});
  expect(history.oldestAt({from: 0, to: 100_000})).toBeLessThan(52_000);
});

test('the past is filled in where nothing is known, and what is known stays', () => {
  const history = historyOf([
    [10_000, 5],
    [15_000, 6],
  ]);
  const past = [0, 5000, 10_000, 15_000].map(at => ({at: at + 100, value: 1}));
  history.fill(past, 5000);
  expect(history.series({from: 0, to: 20_000}, 5000, 0)).toEqual([1, 1, 5, 6]);
});

test('what is older than it keeps is forgotten', () => {
  const history = historyOf([], 10_000);
  for (let at = 0; at <= 100_000; at += 100) history.add({at, value: at});
  expect(history.newest({from: 0, to: 80_000})).toBeNull();
  expect(history.newest({from: 0, to: 95_000})).toBe(94_900);
});

test('a clock that is set back does not leave values in the future', () => {
  const history = historyOf([
    [1000, 1],
    [9000, 9],
    [2000, 2],
  ]);
  expect(history.newest({from: 0, to: 20_000})).toBe(2);
});
