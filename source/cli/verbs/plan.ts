import type {Call, Run} from '../call.ts';
import {EXIT, type ExitCode} from '../exit.ts';
import {failureOfMistakes, mistakeLine, readSource, type Source} from '../plan-source.ts';
import {languageOf} from '../language.ts';

/** `plan check FILE`: every mistake at once; a part of a plan is told what it lacks. `plan show FILE`: in words. */
export const run: Run = async call => {
  const {args, out, verb} = call;
  const source = await readSource(args[0] ?? '-', out.say);
  return verb.name === 'plan check' ? await check(call, source) : await show(call, source);
};

async function check({out}: Call, {name, text}: Source): Promise<ExitCode> {
  const {checkPart} = await import('../../config/plan-file.ts');
  const read = checkPart(text, name);
  if (!read.ok) throw failureOfMistakes(name, read.mistakes);
  const {needs, warnings, plan} = read;
  if (out.isJson) {
    out.json({schema: 'graydeck.plan-check/1', file: name, ok: true, needs, warnings});
    return EXIT.done;
  }
  for (const warning of warnings) out.say(mistakeLine(warning));
  out.data(
    needs.length === 0
      ? `${name}: no mistakes, ${plan.phases.length} ${plan.phases.length === 1 ? 'phase' : 'phases'}`
      : `${name}: no mistakes; a part: a whole plan still needs ${needs.join(', ')}`,
  );
  return EXIT.done;
}

async function show({out, flags}: Call, {name, text}: Source): Promise<ExitCode> {
  const [{checkPart}, {describePlan}] = await Promise.all([
    import('../../config/plan-file.ts'),
    import('../../config/describe/plan.ts'),
  ]);
  const read = checkPart(text, name);
  if (!read.ok) throw failureOfMistakes(name, read.mistakes);
  const {plan, warnings, needs} = read;
  const words = describePlan(plan, languageOf(flags.lang, process.env));
  if (out.isJson) {
    out.json({schema: 'graydeck.plan/1', file: name, plan, needs, warnings, words});
    return EXIT.done;
  }
  for (const warning of warnings) out.say(mistakeLine(warning));
  for (const line of words) out.data(line);
  return EXIT.done;
}
