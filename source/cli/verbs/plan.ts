import type {Call, Run} from '../call.ts';
import {EXIT, type ExitCode} from '../exit.ts';
import {failureOfMistakes, mistakeLine, readSource} from '../plan-source.ts';
import {timetable} from '../timetable.ts';

/** `plan check FILE`: every mistake at once; a part of a plan is told what it lacks. `plan show FILE`: in words. */
export const run: Run = async call => {
  const {args, out, verb} = call;
  const source = await readSource(args[0] ?? '-', out.say);
  return verb.name === 'plan check' ? await check(call, source) : await show(call, source);
};

async function check({out}: Call, {name, text}: {name: string; text: string}): Promise<ExitCode> {
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
      ? `${name}: no mistakes, ${plan.phases.length} phases`
      : `${name}: no mistakes; a part: a whole plan still needs ${needs.join(', ')}`,
  );
  return EXIT.done;
}

async function show({out}: Call, {name, text}: {name: string; text: string}): Promise<ExitCode> {
  const {checkPart} = await import('../../config/plan-file.ts');
  const read = checkPart(text, name);
  if (!read.ok) throw failureOfMistakes(name, read.mistakes);
  const {plan, warnings, needs} = read;
  if (out.isJson) {
    out.json({schema: 'graydeck.plan/1', file: name, plan, needs, warnings, timetable: timetable(plan)});
    return EXIT.done;
  }
  for (const warning of warnings) out.say(mistakeLine(warning));
  for (const line of timetable(plan)) out.data(line);
  return EXIT.done;
}
