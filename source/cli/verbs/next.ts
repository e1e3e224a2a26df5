import {plainText} from '../../text/plain-text.ts';
import {setPercent} from '../../text/format.ts';
import {execute, currentRelease} from '../commands/execute.ts';
import {hoursQuestion} from '../commands/ask.ts';
import type {Run} from '../call.ts';
import {EXIT} from '../output/exit.ts';
import {reportCommand} from '../output/report-command.ts';
import {openSession, using} from '../session/session.ts';
import {failedSteps, seeThrough} from '../commands/steps.ts';

/** `next`: into the phase after the one at hand; where hooks come first, it runs them and waits. */
export const run: Run = call =>
  using(openSession(call), async session => {
    const release = await currentRelease(session);
    const intent = {type: 'next', release: call.flags.release ?? release.id, from: release.phase} as const;
    const done = await execute(call, session, intent, (before, after) => {
      const {feature} = session.feature;
      const opening = after.release?.opening ?? null;
      const phase = after.release?.plan.phases[opening?.to ?? after.release.phase];
      const was = setPercent(before.release?.percent ?? 0);
      const will = setPercent(
        Math.max(after.release?.percent ?? 0, opening === null ? 0 : (phase?.percent ?? 0)),
      );
      const left = release.plan.phases[release.phase];
      return {
        lines: [
          `${feature} ${release.version}: phase ${plainText(left?.name ?? '?', 40)} → ${plainText(phase?.name ?? '?', 40)}, ` +
            `${was} → ${will}${(phase?.audience ?? null) === null ? ' of the people get gray.' : ' of its audience get gray.'}`,
          ...hoursQuestion(release, session.controller.now()),
        ],
        command: `graydeck next --feature ${feature}`,
      };
    });
    const opening = done.state.release?.opening ?? null;
    if (opening === null || done.isDryRun || !call.flags.wait) {
      reportCommand(call, session, done);
      return EXIT.done;
    }
    if (!call.out.isJson) reportCommand(call, session, done);
    const ended = await seeThrough(call, session, release.id);
    if (call.out.isJson) reportCommand(call, session, done, {ended: ended?.state ?? null});
    const failure = failedSteps(ended, 'phase', 'no further user gets gray');
    if (ended?.phase === release.phase && ended.state === 'paused' && failure !== null) throw failure;
    return EXIT.done;
  });
