import {setTimeout as pause} from 'node:timers/promises';
import type {Hook} from '../release/plan.ts';
import {KILL_AFTER_MS, runCommand} from './command.ts';
import {environmentOf, type HookOptions} from './hook.ts';
import type {Performer} from './run-steps.ts';

/** Pause between two runs of a gate, milliseconds. It doubles up to the longest. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/**
 * Milliseconds after which the step is left and begun again, so that a successor need not wait long for a
 * dead runner.
 */
const AT_ONCE_MS = 5 * 60_000;

/**
 * Runs a gate until it exits with 0. Any other result, or a timeout, means not yet. A pause, a rollback, or a
 * person's `next` with a reason ends the waiting.
 */
export function confirmPerformer(hook: Hook, options: HookOptions): Performer {
  const timeoutMs = Math.min(hook.timeoutMs, AT_ONCE_MS);
  return {
    deadlineMs: AT_ONCE_MS + timeoutMs + KILL_AFTER_MS,
    async perform(step, {release, signal}) {
      const env = await environmentOf(step, release, options);
      const until = performance.now() + AT_ONCE_MS;
      for (let wait = FIRST_PAUSE_MS; !signal.aborted && performance.now() < until; wait *= 2) {
        const {ending} = await runCommand(hook.argv, {env, timeoutMs, signal});
        if (ending.how === 'exited' && ending.code === 0) return {outcome: 'done'};
        // A missing program would never open the gate.
        if (ending.how === 'not-started')
          return {outcome: 'failed', error: `${hook.argv[0] ?? ''} cannot be run (${ending.code})`};
        await pause(Math.min(wait, LONGEST_PAUSE_MS), undefined, {signal}).catch(() => undefined);
      }
      return signal.aborted ? {outcome: 'skipped'} : {outcome: 'left'};
    },
  };
}
