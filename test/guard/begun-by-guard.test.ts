import {expect, test} from 'vitest';
import {begunByGuard} from '../../source/guard/begun-by-guard.ts';
import type {Commit} from '../../source/release/commit.ts';

/** As much of a log as the question is about. */
const log = (...told: [by: string, type: string][]) =>
  told.map(([by, type], index) => ({
    version: index + 1,
    by,
    events: [{type, release: 'r-1'}],
  })) as unknown as Commit[];

test('a rollback belongs to the guards when one of them began it, dead by now or not', () => {
  const begun = log(['ops-1', 'guard-taken'], ['ops-1', 'rollback-started'], ['ops-2', 'guard-taken']);
  expect(begunByGuard(begun, 'r-1')).toBe(true);
  expect(begunByGuard(begun, 'r-2')).toBe(false);
});

test('a rollback that a person began is left to the process of that person', () => {
  const begun = log(['ops-1', 'guard-taken'], ['liu', 'rollback-started']);
  expect(begunByGuard(begun, 'r-1')).toBe(false);
  expect(begunByGuard(log(['liu', 'rollback-started'], ['liu', 'guard-taken']), 'r-1')).toBe(false);
  expect(begunByGuard([], 'r-1')).toBe(false);
});

test('hooks of a phase that a guard goes on to belong to the guards, too', () => {
  expect(begunByGuard(log(['ops-1', 'guard-taken'], ['ops-1', 'phase-opening']), 'r-1')).toBe(true);
  expect(begunByGuard(log(['ops-1', 'guard-taken'], ['liu', 'phase-opening']), 'r-1')).toBe(false);
});

test('of two runs the one that goes on counts', () => {
  const promoted = log(['ops-1', 'guard-taken'], ['ops-1', 'promotion-started'], ['liu', 'rollback-started']);
  expect(begunByGuard(promoted, 'r-1')).toBe(false);
});
