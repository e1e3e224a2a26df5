/** How many tests passed, failed and were skipped in a run. */
export type Totals = {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** The full names of skipped tests that gave no reason. */
  readonly unexplained: readonly string[];
  /** The files that were begun and had not ended when this was written; each counts as one failed test. */
  readonly unfinished: readonly string[];
};

/** The totals of a run that ended before it could count. */
export const neverCounted: Totals = {passed: 0, failed: 1, skipped: 0, unexplained: [], unfinished: []};

/** The line that other programs read at the end of a check. */
export const sayTotals = ({passed, failed, skipped}: Totals): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;
