import {plainText} from '../../text/plain-text.ts';
import {failedStep, stepDue} from '../../release/step.ts';
import type {RunName} from '../../release/state.ts';
import {execute, currentRelease, type Done} from '../commands/execute.ts';
import type {Call, Run} from '../call.ts';
import {EXIT} from '../output/exit.ts';
import {reportCommand} from '../output/report-command.ts';
import {openSession, using, type Session} from '../session/session.ts';
import {failedSteps, seeThrough} from '../commands/steps.ts';

/** `retry [STEP]`: the failed step again, then those after it; or the steps that another process left unfinished. */
export const run: Run = call =>
  using(openSession(call), async session => {
    const release = await currentRelease(session);
    const [step] = call.args;
    const id = call.flags.release ?? release.id;
    const left = step === undefined && id === release.id && !call.flags.dryRun ? stepDue(release) : null;
    if (left !== null && call.flags.wait) {
      // A server goes on with steps that it is told to try again.
      if (session.local === null)
        await session.controller.execute({type: 'retry', release: id}, session.stamp);
      call.out.say(`goes on with ${plainText(left.id, 80)}`);
      const {state} = session.controller.snapshot();
      const nothing = {kind: 'nothing', notice: 'already-so', state, before: state, isDryRun: false} as const;
      return await goOn(call, session, nothing, {id, run: left.run});
    }
    const done = await execute(call, session, {
      type: 'retry',
      release: id,
      ...(step === undefined ? {} : {step}),
    });
    if (call.flags.dryRun || !call.flags.wait || done.kind === 'nothing') {
      reportCommand(call, session, done);
      return EXIT.done;
    }
    if (!call.out.isJson) reportCommand(call, session, done);
    return await goOn(call, session, done, {id, run: failedStep(release, step)?.run ?? 'deploy'});
  });

async function goOn(call: Call, session: Session, done: Done, {id, run}: {id: string; run: RunName}) {
  const ended = await seeThrough(call, session, id);
  if (call.out.isJson) reportCommand(call, session, done, {ended: ended?.state ?? null});
  const failure = failedSteps(ended, run, 'tried again');
  if (failure !== null) throw failure;
  return EXIT.done;
}
