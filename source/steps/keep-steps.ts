import {changeOrTime} from '../controller/working-log.ts';
import {leftOf, runSteps, type StepRunner} from './run-steps.ts';
import {stepDue} from '../release/step.ts';

/** Milliseconds that a due step may lie before another process takes it over. */
const ADOPT_AFTER_MS = 3000;
const LOOK_AGAIN_MS = 1000;

/**
 * Runs the due steps of a feature until the signal aborts. Steps of runs that this process began (`isOurs`)
 * are run at once, others after `ADOPT_AFTER_MS`. A process does not queue behind another that already runs
 * the step: hooks run where they were started, as long as that process lives.
 */
export async function keepSteps(
  runner: StepRunner,
  isOurs: (releaseId: string) => boolean,
  signal: AbortSignal,
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
      if (isOurs(release.id) || now - lying.since >= ADOPT_AFTER_MS) {
        await runSteps(runner, release.id, signal).catch(() => undefined);
      }
    }
    await changeOrTime(runner.log, LOOK_AGAIN_MS, signal);
  }
}
