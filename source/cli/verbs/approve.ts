import {plainText} from '../../text/plain-text.ts';
import {messagesOf} from '../../console/messages/catalogue.ts';
import {setPercent} from '../../text/format.ts';
import {execute, currentRelease} from '../commands/execute.ts';
import {hoursQuestion} from '../commands/ask.ts';
import type {Run} from '../call.ts';
import {EXIT} from '../output/exit.ts';
import {reportCommand} from '../output/report-command.ts';
import {openSession, using} from '../session/session.ts';
import {languageOf} from '../../text/language.ts';

/** `approve`: the second person's yes to the raise that waits. */
export const run: Run = call =>
  using(openSession(call), async session => {
    const release = await currentRelease(session);
    const {approval} = release;
    const intent = {
      type: 'approve',
      release: call.flags.release ?? release.id,
      ...(approval === null ? {} : {number: approval.number}),
    } as const;
    const t = messagesOf(languageOf(call.flags.lang, process.env));
    const done = await execute(call, session, intent, (before, after) => {
      if (approval === null) return null;
      const {feature} = session.feature;
      const was = before.release?.disabled === null ? before.release.percent : 0;
      const will = after.release?.disabled === null ? after.release.percent : 0;
      const wish = t.wish(approval.wish, {user: id => plainText(id, 60)});
      return {
        lines: [
          `${feature} ${release.version}: ${wish}, asked by ${plainText(approval.askedBy, 60)}` +
            `${approval.reason === null ? '' : `: "${plainText(approval.reason, 200)}"`}.`,
          ...(was === will ? [] : [`${setPercent(was)} → ${setPercent(will)} of the people get gray.`]),
          ...hoursQuestion(release, session.controller.now()),
        ],
        // A way to 100 % is typed by the second person, too.
        ...(will >= 100 || approval.wish.type === 'complete' ? {expected: release.version} : {}),
        command: `graydeck approve --feature ${feature}`,
      };
    });
    reportCommand(call, session, done);
    return EXIT.done;
  });
