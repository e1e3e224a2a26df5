import {plainText} from '../../text/plain-text.ts';
import type {Traffic} from '../../analysis/power.ts';
import {type Mistake} from '../../config/yaml/mistake.ts';
import type {Plan} from '../../release/plan.ts';
import type {Call, Run} from '../call.ts';
import {EXIT, type ExitCode} from '../output/exit.ts';
import {usage} from '../output/failure.ts';
import {configuredMetrics, loadSettings} from '../session/settings.ts';
import {failureOfMistakes, mistakeLine, readSource, type Source} from '../commands/plan-source.ts';
import {readTraffic} from '../commands/preflight.ts';
import {quote} from '../../text/quote.ts';
import {languageOf} from '../../text/language.ts';

/** The keys of a plan that give its phases. */
const PHASE_KEYS = 'phases, ramp or gray_release_plan';

/** What `plan show` takes in place of a file: the plan of a start that names none. */
const BUILT_IN = 'built-in';

/**
 * `plan check FILE`: every mistake at once; of a part of a plan also what a whole plan still needs. `plan show FILE`: in
 * words. `plan new`: a plan to begin with.
 */
export const run: Run = async call => {
  const {args, out, verb, flags} = call;
  if (verb.name === 'plan new') return await printNew(call);
  if (verb.name === 'plan show' && args[0] === BUILT_IN) {
    const {builtInPlan} = await import('../../config/plan/built-in.ts');
    const traffic = flags.traffic === undefined ? null : readTraffic(flags.traffic);
    return await showRead(call, {name: BUILT_IN, plan: builtInPlan, warnings: [], needs: []}, traffic);
  }
  const source = await readSource(args[0] ?? '-', out.say);
  const traffic = flags.traffic === undefined ? null : readTraffic(flags.traffic);
  return verb.name === 'plan check'
    ? await check(call, source, traffic)
    : await showRead(call, await readPart(call, source), traffic);
};

async function printNew({flags, out}: Call): Promise<ExitCode> {
  const {planTemplate, TEMPLATE_NAMES} = await import('../../config/plan/templates.ts');
  const wanted = flags.from ?? 'seed-four';
  const name = TEMPLATE_NAMES.find(one => one === wanted);
  if (name === undefined)
    throw usage(`there is no plan ${quote(wanted)} to begin with`, `--from ${TEMPLATE_NAMES.join('|')}`);
  const lang = languageOf(flags.lang, process.env);
  const text = planTemplate(name, lang);
  if (out.isJson) out.json({schema: 'graydeck.plan-new/1', from: name, text});
  else out.data(text.trimEnd());
  return EXIT.done;
}

/** The plan of a file, whole or a part, by the metrics that `graydeck.yaml` declares. @throws Failure exit code 2 */
async function readPart(call: Call, {name, text}: Source) {
  const [{checkPart}, metrics] = await Promise.all([
    import('../../config/plan/plan-file.ts'),
    configuredMetrics(call),
  ]);
  const read = checkPart(text, name, {metrics});
  if (!read.ok) throw failureOfMistakes(name, read.mistakes);
  return {name, ...read};
}

async function check(call: Call, source: Source, traffic: Traffic | null): Promise<ExitCode> {
  const {out} = call;
  const {name, needs, warnings, plan} = await readPart(call, source);
  const doubts = needs.length === 0 ? await doubtsOf(call, plan, traffic) : null;
  const {doubtsOfSelectors} = await import('../checks/prometheus.ts');
  const selectors = await doubtsOfSelectors(await loadSettings(call));
  if (out.isJson) {
    const samples = selectors.map(({text, remedy}) => ({text, remedy}));
    out.json({
      schema: 'graydeck.plan-check/1',
      file: name,
      ok: true,
      needs,
      warnings,
      ...(samples.length > 0 && {samples}),
      ...doubts?.document,
    });
    return EXIT.done;
  }
  for (const warning of warnings) out.say(mistakeLine(warning));
  for (const {text, remedy} of selectors) out.say(`${text}${remedy === '' ? '' : `: ${remedy}`}`);
  for (const line of doubts?.lines ?? []) out.say(line);
  out.data(
    needs.length === 0
      ? `${name}: no mistakes, ${plan.phases.length} ${plan.phases.length === 1 ? 'phase' : 'phases'}`
      : `${name}: no mistakes; a part of a plan: a whole plan still needs its ${needs.join(', ')} (${PHASE_KEYS})`,
  );
  return EXIT.done;
}

interface ShownPlan {
  name: string;
  plan: Plan;
  warnings: readonly Mistake[];
  needs: readonly string[];
}

async function showRead(
  call: Call,
  {name, plan, warnings, needs}: ShownPlan,
  traffic: Traffic | null,
): Promise<ExitCode> {
  const {out, flags} = call;
  const {describePlan} = await import('../../config/describe/plan.ts');
  const words = describePlan(plan, languageOf(flags.lang, process.env));
  const doubts = needs.length === 0 ? await doubtsOf(call, plan, traffic) : null;
  if (out.isJson) {
    out.json({schema: 'graydeck.plan/1', file: name, plan, needs, warnings, words, ...doubts?.document});
    return EXIT.done;
  }
  for (const warning of warnings) out.say(mistakeLine(warning));
  for (const line of words) out.data(line);
  for (const line of doubts?.lines ?? []) out.data(line);
  return EXIT.done;
}

/** What the plan cannot show at a traffic, with what was assumed; null without a traffic. */
async function doubtsOf({flags}: Call, plan: Plan, traffic: Traffic | null) {
  if (traffic === null) return null;
  const [{planDoubts}, {doubtWords}, {messagesOf}] = await Promise.all([
    import('../../analysis/power.ts'),
    import('../../console/present/headlines/doubts.ts'),
    import('../../console/messages/catalogue.ts'),
  ]);
  const t = messagesOf(languageOf(flags.lang, process.env));
  const doubts = planDoubts(plan, traffic);
  const words = doubts.map(doubt =>
    doubtWords(doubt, plan, t, {name: (text, width = 40) => plainText(text, width)}),
  );
  const assumed = t.verdict.assumed(
    Number(traffic.requestsPerSecond.toFixed(2)),
    Number((traffic.errorRate * 100).toFixed(2)),
  );
  return {
    document: {traffic, doubts},
    lines: [
      assumed,
      ...(words.length === 0 ? [`  ✔ ${t.verdict.noDoubts}`] : words.map(line => `  ▲ ${line}`)),
    ],
  };
}
