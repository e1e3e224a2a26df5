import {setPercent} from '../../text/format.ts';
import {execute, releaseAtHand} from '../commands/execute.ts';
import {hoursQuestion} from '../commands/ask.ts';
import type {Run} from '../call.ts';
import {EXIT} from '../output/exit.ts';
import {reportCommand} from '../output/report-command.ts';
import {openSession, using} from '../session/session.ts';

/** `disable` and `enable`: prod for everyone without ending the release, and back. */
export const run: Run = call =>
  using(openSession(call), async session => {
    const type = call.verb.name === 'enable' ? 'enable' : 'disable';
    const release = await releaseAtHand(call, session);
    const done = await execute(call, session, {type, release}, ({release: before, feature}) => {
      if (type === 'disable' || before === null) return null;
      return {
        lines: [
          `${feature} ${before.version}: 0 % → ${setPercent(before.percent)} of the people get gray again.`,
          ...hoursQuestion(before, session.controller.now()),
        ],
        command: `graydeck enable --feature ${feature}`,
      };
    });
    reportCommand(call, session, done);
    return EXIT.done;
  });
