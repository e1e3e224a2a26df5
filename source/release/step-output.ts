/**
 * What a step left behind beside its outcome: too long for a log, kept apart from it, and only so much of it. A hook's
 * output, or the snapshot of the analysis as JSON.
 */
export interface StepOutput {
  release: string;
  /** `deploy.backup` */
  step: string;
  /** From 1. */
  attempt: number;
  /** What it said, or the end of it. */
  text: string;
  /** What it said on stdout alone, for the step that undoes it; null: nobody needs it. */
  result: string | null;
}

/** An output as it was kept. */
export interface KeptOutput extends StepOutput {
  /** The store's clock when it was written, milliseconds since 1970. */
  at: number;
}
