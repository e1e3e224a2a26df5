import {describe, expect, test} from 'vitest';
import {readTotals, sayTotals} from './totals.ts';

const file = (...statuses: string[]) => ({
  status: statuses.includes('failed') ? 'failed' : 'passed',
  assertionResults: statuses.map(status => ({status})),
});

const report = (
  counts: {passed?: number; failed?: number; pending?: number; todo?: number},
  files: unknown[] = [],
) =>
  JSON.stringify({
    numPassedTests: counts.passed ?? 0,
    numFailedTests: counts.failed ?? 0,
    numPendingTests: counts.pending ?? 0,
    numTodoTests: counts.todo ?? 0,
    testResults: files,
  });

describe('the totals of a check', () => {
  test('count what passed, failed and was left out', () => {
    const text = report({passed: 7, failed: 2, pending: 1, todo: 1}, [file('passed', 'failed', 'failed')]);
    expect(sayTotals(readTotals(text, true))).toBe('7 passed, 2 failed, 2 skipped');
  });

  test('count a file that broke before its first test as failed', () => {
    const text = report({passed: 3}, [{status: 'failed', assertionResults: []}, file('passed')]);
    expect(readTotals(text, true)).toEqual({passed: 3, failed: 1, skipped: 0});
  });

  test('are never without a failure when the run itself failed', () => {
    expect(readTotals(report({passed: 3}, [file('passed')]), true).failed).toBe(1);
    expect(readTotals(undefined, true).failed).toBe(1);
    expect(readTotals(report({passed: 3}, [file('passed')]), false).failed).toBe(0);
  });
});
