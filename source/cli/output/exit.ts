/** The exit codes of the program. Scripts rely on them; `test/cli/exit-codes.test.ts` holds the table. */
export const EXIT = {
  done: 0,
  /** Something does not work: a fault of the store, a failed step, a bug. */
  fault: 1,
  /** Wrong use or bad input; nothing was changed. Also a raise that was not confirmed. */
  usage: 2,
  /** The state of the release does not allow it. */
  refused: 3,
  /** Others were faster every time. */
  conflict: 4,
  /** What was awaited can no longer come; a watched release was rolled back. */
  against: 5,
  timedOut: 6,
  unreachable: 69,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT] | 129;
