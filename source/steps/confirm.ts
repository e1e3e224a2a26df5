import {setTimeout as pause} from 'node:timers/promises';
import type {Hook} from '../release/plan.ts';
import {KILL_AFTER_MS, runCommand} from './command.ts';
import {environmentOf, type HookOptions} from './hook.ts';
import type {Performer} from './run-steps.ts';

/** Between two questions: twice as long each time, up to a limit. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** After this time it is left and begun again, so that nobody waits long for a runner that has died. */
const AT_ONCE_MS = 5 * 60_000;

/**
 * Asks a gate until it opens: exit code 0. Any other answer, and one that does not come in time, means not yet. Pause,
 * rollback, or a person's `next` with a reason end the waiting.
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
        // A gate that is not there would never open.
        if (ending.how === 'not-started')
          return {outcome: 'failed', error: `${hook.argv[0] ?? ''} cannot be run (${ending.code})`};
        await pause(Math.min(wait, LONGEST_PAUSE_MS), undefined, {signal}).catch(() => undefined);
      }
      return signal.aborted ? {outcome: 'skipped'} : {outcome: 'left'};
    },
  };
}
