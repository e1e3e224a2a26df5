import {execute, releaseAtHand} from '../commands/execute.ts';
import type {Run} from '../call.ts';
import {EXIT} from '../output/exit.ts';
import {reportCommand} from '../output/report-command.ts';
import {openSession, using} from '../session/session.ts';

/** `pause` and `resume`: neither changes who gets gray now. */
export const run: Run = call =>
  using(openSession(call), async session => {
    const type = call.verb.name === 'resume' ? 'resume' : 'pause';
    const release = await releaseAtHand(call, session);
    reportCommand(call, session, await execute(call, session, {type, release}));
    return EXIT.done;
  });
