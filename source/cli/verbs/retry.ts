import {failedStep} from '../../release/step.ts';
import {act, currentRelease} from '../act.ts';
import type {Run} from '../call.ts';
import {EXIT} from '../exit.ts';
import {reportCommand} from '../report-command.ts';
import {openSession, using} from '../session.ts';
import {failedSteps, seeThrough} from '../steps.ts';

/** `retry [STEP]`: the failed step again, then those after it. */
export const run: Run = call =>
  using(openSession(call), async session => {
    const release = await currentRelease(session);
    const [step] = call.args;
    const id = call.flags.release ?? release.id;
    const done = await act(call, session, {
      type: 'retry',
      release: id,
      ...(step === undefined ? {} : {step}),
    });
    if (call.flags.dryRun || !call.flags.wait || done.kind === 'nothing') {
      reportCommand(call, session, done);
      return EXIT.done;
    }
    const run = failedStep(release, step)?.run ?? 'deploy';
    if (!call.out.isJson) reportCommand(call, session, done);
    const ended = await seeThrough(call, session, id);
    if (call.out.isJson) reportCommand(call, session, done, {ended: ended?.state ?? null});
    const failure = failedSteps(ended, run, 'tried again');
    if (failure !== null) throw failure;
    return EXIT.done;
  });
