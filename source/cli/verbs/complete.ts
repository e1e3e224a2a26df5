import {plainText} from '../../text/plain-text.ts';
import {setPercent} from '../../text/format.ts';
import type {Release} from '../../release/state.ts';
import {execute, currentRelease} from '../commands/execute.ts';
import {type Question, hoursQuestion} from '../commands/ask.ts';
import type {Run} from '../call.ts';
import {EXIT} from '../output/exit.ts';
import {reportCommand} from '../output/report-command.ts';
import {openSession, using} from '../session/session.ts';
import {failedSteps, seeThrough} from '../commands/steps.ts';

/** `complete`: everyone to gray, prod upgraded by the promote hook, everyone to prod again. */
export const run: Run = call =>
  using(openSession(call), async session => {
    const release = await currentRelease(session);
    const id = call.flags.release ?? release.id;
    const {feature} = session.feature;
    const done = await execute(call, session, {type: 'complete', release: id}, () =>
      question(feature, release, session.controller.now()),
    );
    // Asked again while it is promoted, it sees the steps of the first one through.
    const isOver = done.kind === 'nothing' && done.state.release?.state !== 'promoting';
    if (call.flags.dryRun || !call.flags.wait || isOver) {
      reportCommand(call, session, done);
      return EXIT.done;
    }
    if (!call.out.isJson) reportCommand(call, session, done);
    const ended = await seeThrough(call, session, id);
    if (call.out.isJson) {
      const steps = (ended?.steps ?? []).map(({id, state, error}) => ({id, state, error}));
      reportCommand(call, session, done, {ended: ended?.state ?? null, steps});
    } else if (ended?.state === 'completed') {
      call.out.data(`prod is ${plainText(ended.version, 60)} for everyone`);
    }
    const isStopped = ended?.state === 'failed';
    const failure = failedSteps(
      ended,
      'promotion',
      isStopped ? 'gray goes on serving' : `prod is ${release.version}`,
    );
    if (failure !== null) throw failure;
    return EXIT.done;
  });

/** What follows, before the version is typed: promotion and what a rollback could then still do. */
export function question(feature: string, {version, percent, plan}: Release, now: number): Question {
  const {promote, demote} = plan.hooks;
  return {
    lines: [
      `${feature} ${version}: ${setPercent(percent)} → 100 % of the people, then prod becomes ${version}.`,
      ...hoursQuestion({plan}, now),
      ...(promote === undefined
        ? [`The plan has no promote hook: everyone then goes to prod, which must already run ${version}.`]
        : []),
      ...(demote === undefined
        ? ['The plan has no demote hook: a rollback after that cannot bring the older version back to prod.']
        : []),
    ],
    expected: version,
    command: `graydeck complete --feature ${feature}`,
  };
}
