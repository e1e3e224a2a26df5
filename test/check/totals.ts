/** How many tests passed, failed and were skipped in a run. */
export type Totals = {readonly passed: number; readonly failed: number; readonly skipped: number};

type Report = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly {readonly status: string}[];
  }[];
};

const failedWithoutTest = ({status, assertionResults}: Report['testResults'][number]) =>
  status === 'failed' && !assertionResults.some(result => result.status === 'failed');

/**
 * Reads the totals from the text of the test runner's JSON report. A file that failed before its first test
 * counts as one failed test, and so does a run that failed or left no report though no test did.
 */
export function readTotals(report: string | undefined, runFailed: boolean): Totals {
  if (report === undefined) {
    return {passed: 0, failed: 1, skipped: 0};
  }
  const {numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults} = JSON.parse(
    report,
  ) as Report;
  const failed = numFailedTests + testResults.filter(file => failedWithoutTest(file)).length;
  return {
    passed: numPassedTests,
    failed: failed === 0 && runFailed ? 1 : failed,
    skipped: numPendingTests + numTodoTests,
  };
}

/** The line that other programs read at the end of a check. */
export const sayTotals = ({passed, failed, skipped}: Totals): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;
