import type {KeptOutput, StepOutput} from '../release/step-output.ts';

/** Where steps store what does not fit into the log. */
export interface OutputShelf {
  write(output: StepOutput): Promise<void>;
  /** Oldest first. */
  read(): Promise<KeptOutput[]>;
}

/**
 * The standard output of a step of this release, for its restore; empty if none was stored. @throws the error
 * of the output store
 */
export async function resultOf(shelf: OutputShelf, release: string, step: string): Promise<string> {
  const kept = (await shelf.read()).findLast(
    output => output.release === release && output.step === step && output.result !== null,
  );
  return kept?.result ?? '';
}
