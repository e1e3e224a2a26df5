import {changeOrTime} from '../controller/working-log.ts';
import {stepDue} from '../release/step.ts';
import {type Performed, type StepRunner, leftOf, runSteps} from './run-steps.ts';

type PerformerOf = StepRunner['performerOf'];

/**
 * Remembers an outcome that could not be written, because the store was away or the guard was lost meanwhile.
 * If this process begins the same attempt again, and no other process did, the outcome is written and the
 * step is not repeated.
 */
export function rememberOutcomes(performerOf: PerformerOf): PerformerOf {
  let last: {key: string; performed: Performed} | null = null;
  return (step, release) => {
    const performer = performerOf(step, release);
    if (performer === null) return null;
    return {
      ...performer,
      async perform(step, context) {
        const key = (attempt: number) => `${context.release.id} ${step.id} ${attempt}`;
        // A written outcome ends the step. A pending step must be done again.
        if (step.state !== 'running' || last?.key !== key(step.attempts)) {
          const performed = await performer.perform(step, context);
          // An interrupted step has no outcome.
          if (context.signal.aborted && performed.outcome !== 'done') return performed;
          last = {key: '', performed};
        }
        last.key = key(step.attempts + 1);
        return last.performed;
      },
    };
  };
}

/** Milliseconds that a due step may lie before another process takes it over. */
const ADOPT_AFTER_MS = 3000;
const LOOK_AGAIN_MS = 1000;

/**
 * Runs the due steps of a feature until the signal aborts. Steps of runs that this process began (`isOurs`)
 * are run at once, others after `ADOPT_AFTER_MS`. A process does not queue behind another that already runs
 * the step: hooks run where they were started, as long as that process lives. Without `adopts` it leaves them to other processes.
 */
export async function keepSteps(
  runner: StepRunner,
  isOurs: (releaseId: string) => boolean,
  signal: AbortSignal,
  adopts = true,
): Promise<void> {
  let lying = {step: '', since: 0};
  while (!signal.aborted) {
    const {release} = runner.log.state();
    const step = release === null ? null : stepDue(release);
    if (release !== null && step !== null) {
      const now = runner.log.now();
      const key = `${release.id} ${step.id} ${step.attempts}`;
      // If the clock went back, the age of the step is unknown.
      const isNews = lying.step !== key || now < lying.since;
      if (isNews || leftOf(runner, release, step) > 0) lying = {step: key, since: now};
      if (isOurs(release.id) || (adopts && now - lying.since >= ADOPT_AFTER_MS)) {
        await runSteps(runner, release.id, signal).catch(() => undefined);
      }
    }
    await changeOrTime(runner.log, LOOK_AGAIN_MS, signal);
  }
}
