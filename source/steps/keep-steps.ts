import {changeOrTime} from '../controller/working-log.ts';
import {leftOf, runSteps, type StepRunner} from './run-steps.ts';
import {stepDue} from '../release/step.ts';

/** How long a due step may lie untouched before a bystander takes it up, in milliseconds. */
const ADOPT_AFTER_MS = 3000;
const LOOK_AGAIN_MS = 1000;

/**
 * Stays beside a feature and sees to it that due steps are run: at once those of runs that this process began itself
 * (`isOurs`), and after a while those that whoever began them has left behind. A bystander does not wait in line behind
 * somebody who is at it: hooks run where they were started, as long as that process lives. Ends with the signal.
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
      // A clock that went back tells nothing of how long it has lain.
      const isNews = lying.step !== key || now < lying.since;
      if (isNews || leftOf(runner, release, step) > 0) lying = {step: key, since: now};
      if (isOurs(release.id) || now - lying.since >= ADOPT_AFTER_MS) {
        await runSteps(runner, release.id, signal).catch(() => undefined);
      }
    }
    await changeOrTime(runner.log, LOOK_AGAIN_MS, signal);
  }
}
