import {expect, test} from 'vitest';
import {overdue} from '../../source/guard/orders.ts';
import {next, pause, set, start} from '../release/orders.ts';
import {phase, planOf} from '../release/plans.ts';
import {given, wait, HOUR, MINUTE, type Happening} from '../release/specification.ts';

const plan = (rest: Parameters<typeof phase>[2] = {}) =>
  planOf([phase('alpha', 5, rest), phase('all', 100, {durationMs: null})], {complete: 'auto'});

function told(...history: Happening[]): string | null {
  const {release, at} = given(...history);
  return overdue(release, at);
}

test('a phase that takes more than twice its time, and some minutes, is told of', () => {
  expect(told(start(plan()), wait(2 * HOUR))).toBeNull();
  expect(told(start(plan()), wait(2 * HOUR + 11 * MINUTE))).toBe(
    'alpha was to take 1 h and has been there for 2 h 11 min',
  );
});

test.each([
  ['nobody can say how long it was to take', [start(plan({durationMs: null})), wait(99 * HOUR)]],
  ['it waits for a person', [start(plan({manual: true})), wait(99 * HOUR)]],
  ['a person has paused it', [start(plan()), pause(), wait(99 * HOUR)]],
  ['somebody has just set the percentage', [start(plan()), wait(99 * HOUR), set(10)]],
  ['it is the last and has no end of its own', [start(plan()), next(0), wait(99 * HOUR)]],
])('a phase is not late where %s', (_, history) => {
  expect(told(...history)).toBeNull();
});
