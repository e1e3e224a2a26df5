import type {Flags} from './command-line/flags.ts';
import type {Output} from './output/output.ts';
import type {ExitCode} from './output/exit.ts';
import type {Verb} from './command-line/verb.ts';

/** What a verb is given: what was typed, where to write, and when to stop. */
export interface Call {
  verb: Verb;
  args: readonly string[];
  flags: Flags;
  out: Output;
  /**
   * Aborts on SIGINT, SIGTERM and SIGHUP; asking for it takes these signals over. `isOrderly`: a signal is the way this
   * verb ends, and its own exit code counts; without a terminal it goes on after SIGHUP.
   */
  interrupted(options?: {isOrderly?: boolean}): AbortSignal;
}

/** What a file under `verbs/` exports. @throws Failure, StoreFault */
export type Run = (call: Call) => Promise<ExitCode>;
