import type {StepRunner} from './run-steps.ts';
import {changeOrTime, runSteps} from './run-steps.ts';
import {stepDue} from '../release/step.ts';

/** How long a due step may lie untouched before a bystander takes it up, in milliseconds. */
const ADOPT_AFTER_MS = 3000;
const LOOK_AGAIN_MS = 1000;

/**
 * Stays beside a feature and sees to it that due steps are run: at once those of runs that this process began itself
 * (`isOurs`), and after a while those that whoever began them has left behind. Ends with the signal.
 */
export async function keepSteps(
  runner: StepRunner,
  isOurs: (releaseId: string) => boolean,
  signal: AbortSignal,
): Promise<void> {
  let due = {step: '', since: 0};
  while (!signal.aborted) {
    const {release} = runner.log.state();
    const step = release === null ? null : stepDue(release);
    const now = runner.log.now();
    if (due.step !== (step?.id ?? '')) due = {step: step?.id ?? '', since: now};
    const isLeft = now - due.since >= ADOPT_AFTER_MS;
    if (release !== null && step !== null && (isOurs(release.id) || isLeft)) {
      await runSteps(runner, release.id, signal).catch(() => undefined);
    }
    await changeOrTime(runner.log, LOOK_AGAIN_MS, signal);
  }
}
