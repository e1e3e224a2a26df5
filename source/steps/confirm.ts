import {setTimeout as pause} from 'node:timers/promises';
import type {PhaseGate} from '../release/plan.ts';
import {endOf} from '../release/well-formed.ts';
import {KILL_AFTER_MS, runCommand, type Ending} from './command.ts';
import {environmentOf, whyBarred, type HookOptions} from './hook.ts';
import type {Performer} from './run-steps.ts';

/** Pause between two runs of a gate, milliseconds. It doubles up to the longest. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/**
 * Milliseconds after which the step is left and begun again, so that a successor need not wait long for a
 * dead runner.
 */
const AT_ONCE_MS = 5 * 60_000;

/** What a gate says is told so often at most, milliseconds. */
const TELL_EVERY_MS = 30_000;
const WORDS_KEPT = 300;

/**
 * Asks a gate until it opens: exit code 0. Any other answer, and one that does not come in time, means not yet; what it says
 * is told, so that the waiting has a reason. Pause, rollback, or a person's `next` with a reason end the waiting, and so does
 * the deadline of the plan: the step fails, which pauses the release.
 */
export function confirmPerformer(hook: PhaseGate, options: HookOptions): Performer {
  const timeoutMs = Math.min(hook.timeoutMs, AT_ONCE_MS);
  const {now = Date.now, tellGate} = options;
  return {
    deadlineMs: AT_ONCE_MS + timeoutMs + KILL_AFTER_MS,
    async perform(step, {release, signal}) {
      const barred = await whyBarred([hook.argv], release, options);
      if (barred !== null) return {outcome: 'failed', error: barred};
      const env = await environmentOf(step, release, options);
      const until = performance.now() + AT_ONCE_MS;
      const endsAt =
        hook.deadlineMs === undefined || release.opening === null || release.opening === undefined
          ? Infinity
          : release.opening.since + hook.deadlineMs;
      let toldAt = -Infinity;
      for (let wait = FIRST_PAUSE_MS; !signal.aborted && performance.now() < until; wait *= 2) {
        const {ending, output} = await runCommand(hook.argv, {env, timeoutMs, signal});
        if (ending.how === 'exited' && ending.code === 0) return {outcome: 'done'};
        // A missing program would never open the gate.
        if (ending.how === 'not-started')
          return {outcome: 'failed', error: `${hook.argv[0] ?? ''} cannot be run (${ending.code})`};
        const words = wordsOf(output, ending, timeoutMs);
        if (now() >= endsAt && !signal.aborted)
          return {
            outcome: 'failed',
            error: `the gate did not open within ${timeWords(hook.deadlineMs ?? 0)}: ${words}`,
          };
        if (performance.now() - toldAt >= TELL_EVERY_MS && !signal.aborted) {
          toldAt = performance.now();
          // That it could not be told keeps no gate from being asked.
          await tellGate?.(release.id, step.id, words).catch(() => undefined);
        }
        const leftMs = Math.max(0, endsAt - now());
        await pause(Math.min(wait, LONGEST_PAUSE_MS, leftMs), undefined, {signal}).catch(() => undefined);
      }
      return signal.aborted ? {outcome: 'skipped'} : {outcome: 'left'};
    },
  };
}

/** The end of what a gate has said, on one line. */
function wordsOf(output: string, ending: Ending, timeoutMs: number): string {
  const said = endOf(output.trim(), WORDS_KEPT).replaceAll(/\s+/gu, ' ');
  if (ending.how === 'timed-out')
    return `no answer within ${timeWords(timeoutMs)}${said === '' ? '' : `: ${said}`}`;
  if (said !== '') return said;
  return ending.how === 'exited' ? `it ended with ${ending.code}` : 'it was ended';
}

function timeWords(ms: number): string {
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  return ms < 120 * 60_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}
