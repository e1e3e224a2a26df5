import {setPercent} from '../../text/format.ts';
import {execute, currentRelease} from '../commands/execute.ts';
import {hoursQuestion} from '../commands/ask.ts';
import type {Run} from '../call.ts';
import {EXIT} from '../output/exit.ts';
import {readTypedPercent} from '../command-line/typed-values.ts';
import {reportCommand} from '../output/report-command.ts';
import {openSession, using} from '../session/session.ts';

/** `set PERCENT`: a raise asks, a lower percent does not wait. */
export const run: Run = async call => {
  const percent = readTypedPercent(call.args[0] ?? '');
  return await using(openSession(call), async session => {
    const release = await currentRelease(session);
    const {id, version, percent: from} = release;
    const intent = {type: 'set', release: call.flags.release ?? id, percent, from} as const;
    const done = await execute(call, session, intent, (before, after) => {
      const was = before.release?.percent ?? 0;
      const will = after.release?.percent ?? 0;
      if (will <= was) return null;
      const {feature} = session.feature;
      return {
        lines: [
          `${feature} ${version}: ${setPercent(was)} → ${setPercent(will)} of the people get gray.`,
          ...hoursQuestion(release, session.controller.now()),
        ],
        command: `graydeck set ${percent} --feature ${feature}`,
      };
    });
    reportCommand(call, session, done);
    return EXIT.done;
  });
};
