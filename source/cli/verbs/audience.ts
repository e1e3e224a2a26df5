import {plainText} from '../../text/plain-text.ts';
import {describeRule} from '../../config/describe/rule.ts';
import {setPercent} from '../../text/format.ts';
import type {Intent} from '../../release/command.ts';
import type {State} from '../../release/state.ts';
import {execute, releaseAtHand} from '../commands/execute.ts';
import {type Question, hoursQuestion} from '../commands/ask.ts';
import type {Call, Run} from '../call.ts';
import {EXIT, type ExitCode} from '../output/exit.ts';
import {reportCommand} from '../output/report-command.ts';
import {openLook, openSession, using} from '../session/session.ts';
import {languageOf} from '../../text/language.ts';

/** `audience show|include|deny|remove`: who is in while it runs. */
export const run: Run = call => (call.verb.name === 'audience show' ? show(call) : change(call));

async function change(call: Call): Promise<ExitCode> {
  const user = call.args[0] ?? '';
  const type = call.verb.name.slice('audience '.length) as 'include' | 'deny' | 'remove';
  return await using(openSession(call), async session => {
    const intent: Intent = {type, release: await releaseAtHand(call, session), user};
    const done = await execute(call, session, intent, before =>
      question(call, before, user, session.controller.now()),
    );
    reportCommand(call, session, done, {user});
    return EXIT.done;
  });
}

/** Including a user asks, and so does taking one off the list of those who never get gray. */
function question({verb}: Call, {release, feature}: State, user: string, now: number): Question | null {
  const isDenied = release?.deny.includes(user) ?? false;
  if (verb.name === 'audience deny' || (verb.name === 'audience remove' && !isDenied)) return null;
  const name = plainText(user, 60);
  const after = verb.name === 'audience include' ? 'always gets gray' : 'may get gray again, by percent';
  return {
    lines: [
      `${feature} ${release?.version ?? ''}: user ${name} ${isDenied ? 'never got gray, and now ' : ''}${after}.`,
      ...(release === null ? [] : hoursQuestion(release, now)),
    ],
    command: `graydeck ${verb.name} ${/^[\w.@-]+$/u.test(user) ? user : 'USER'} --feature ${feature}`,
  };
}

async function show(call: Call): Promise<ExitCode> {
  const {out} = call;
  return await using(openLook(call), async ({view, feature}) => {
    const {state, split} = view.snapshot();
    const {release} = state;
    if (out.isJson) {
      out.json({
        schema: 'graydeck.audience/1',
        feature: feature.feature,
        release: release?.id ?? null,
        live: split.live,
        percent: split.percent,
        tiers: split.tiers,
        include: split.include,
        deny: split.deny,
        byHand: {include: release?.include ?? [], deny: release?.deny ?? []},
        forced: split.forced,
      });
      return EXIT.done;
    }
    if (!split.live) {
      out.data(`${feature.feature}: no user gets gray`);
      return EXIT.done;
    }
    const lang = languageOf(call.flags.lang, process.env);
    for (const tier of split.tiers) {
      const who = tier.audience === null ? 'everyone' : describeRule(tier.audience, lang);
      out.data(`${setPercent(tier.percent).padStart(8)}  of ${who}`);
    }
    for (const rule of split.include.rules) out.data(`${'always'.padStart(8)}  ${describeRule(rule, lang)}`);
    for (const user of split.include.users) out.data(`${'always'.padStart(8)}  user ${plainText(user, 60)}`);
    for (const user of split.deny) out.data(`${'never'.padStart(8)}  user ${plainText(user, 60)}`);
    return EXIT.done;
  });
}
