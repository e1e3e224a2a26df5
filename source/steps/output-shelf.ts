import type {KeptOutput, StepOutput} from '../release/step-output.ts';

/** Where steps leave what is no fact of the log: a store, as far as steps know one. */
export interface OutputShelf {
  write(output: StepOutput): Promise<void>;
  /** Oldest first. */
  read(): Promise<KeptOutput[]>;
}

/**
 * What the backup of this release printed on stdout, for the hook that restores it; empty where it was not kept or
 * nothing was said. @throws what the shelf throws.
 */
export async function resultOf(shelf: OutputShelf, release: string, step: string): Promise<string> {
  const kept = (await shelf.read()).findLast(
    output => output.release === release && output.step === step && output.result !== null,
  );
  return kept?.result ?? '';
}
