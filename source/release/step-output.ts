/**
 * Output of a step that is too long for the log: the end of a hook's output, or the rollback snapshot as
 * JSON.
 */
export interface StepOutput {
  release: string;
  /** For example `deploy.backup`. */
  step: string;
  /** Number of the attempt, from 1. */
  attempt: number;
  /** Its output, or the end of it. */
  text: string;
  /** Its standard output alone, for the step that undoes it; null if no step needs it. */
  result: string | null;
}

/** An output as the store keeps it. */
export interface KeptOutput extends StepOutput {
  /** The store's clock when it was written, milliseconds since 1970. */
  at: number;
}
