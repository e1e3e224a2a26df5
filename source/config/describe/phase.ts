import type {Condition, Hook, Phase, Plan, Rule, Unit} from '../../release/plan.ts';
import {DEFAULT_MIN_REQUESTS, DEFAULT_OVER_MS} from '../condition/condition.ts';
import {listText, numberText, percentText, timeText, wordsOf} from '../words/catalogue.ts';
import {describeRule} from './rule.ts';
import type {Language} from '../../text/language.ts';
import {shown} from '../../text/quote.ts';

/**
 * How a condition is read, in words: `the error rate of gray is below 0.5 % over the last 5 minutes (…)`.
 * @param isBrief leaves out a window and a floor of requests that are the default
 */
export function describeCondition(condition: Condition, lang: Language, isBrief = false): string {
  const words = wordsOf(lang);
  const {op, threshold} = condition;
  const metric = metricText(condition.metric, lang);
  const compared =
    'timesProd' in threshold
      ? words.timesProd(metric, op, numberText(threshold.timesProd))
      : condition.improvement
        ? words.improvement(metric, op, words.points(numberText(threshold.value)))
        : words.limit(metric, op, valueText(threshold.value, threshold.unit, lang));
  const {overMs, minRequests} = condition;
  const over = isBrief && overMs === DEFAULT_OVER_MS ? null : words.over(timeText(overMs, lang));
  const isUsual = minRequests === 0 || (isBrief && minRequests === DEFAULT_MIN_REQUESTS);
  const few = isUsual ? null : words.fromRequests(numberText(minRequests));
  if (lang === 'en')
    return [compared, over, few === null ? null : `(${few})`].filter(part => part !== null).join(' ');
  const aside = [over, few].filter(part => part !== null).join('，');
  return aside === '' ? compared : `${compared}（${aside}）`;
}

function metricText(metric: string, lang: Language): string {
  const words = wordsOf(lang);
  const [kind, name] = metric.split(/\.(?<name>.*)/u);
  if (kind === 'feature_use_rate' && name !== undefined) return words.featureUse(name);
  return Object.hasOwn(words.metrics, metric) ? (words.metrics[metric] ?? metric) : metric;
}

function valueText(value: number, unit: Unit, lang: Language): string {
  const words = wordsOf(lang);
  switch (unit) {
    case 'percent':
      return percentText(value);
    case 'ms':
      return value >= 1000 && value % 100 === 0 ? `${numberText(value / 1000)} s` : `${numberText(value)} ms`;
    case 'per-second':
      return words.perSecond(numberText(value));
    case 'points':
      return words.points(numberText(value));
    case 'count':
      return numberText(value);
  }
}

/** A hook in words: its command, how long it may take, and what says that it is done already. */
export function hookText({argv, timeoutMs, check}: Hook, lang: Language): string {
  const words = wordsOf(lang);
  const notes = [
    words.hookTime(timeText(timeoutMs, lang)),
    ...(check === null ? [] : [words.hookCheck(commandText(check))]),
  ];
  return lang === 'zh'
    ? `${commandText(argv)}（${notes.join('；')}）`
    : `${commandText(argv)} (${notes.join('; ')})`;
}

/** The words of a command, told apart where one holds spaces, without what looks like a secret. */
function commandText(argv: readonly string[]): string {
  const masked = argv.map(word =>
    word.replace(/(?<name>(?:token|secret|passw\w*|api-?key)[=:]).+/iu, '$<name>***'),
  );
  return masked.map(word => (/^[\w./:=@%+,*-]+$/u.test(word) ? word : `'${shown(word)}'`)).join(' ');
}

const USERS_SHOWN = 20;
const PHASE_HOOKS = ['before', 'after', 'confirm'] as const;

/** The timetable: who gets gray in each phase, from when to when, and what ends it. Times count from the first phase on. */
export function phaseLines(plan: Plan, lang: Language): string[] {
  let from = 0;
  return plan.phases.flatMap((phase, index) => {
    const lines = onePhase(plan, phase, index, from, lang);
    from += phase.durationMs ?? 0;
    return lines;
  });
}

function onePhase(plan: Plan, phase: Phase, index: number, from: number, lang: Language): string[] {
  const words = wordsOf(lang);
  const isLast = index === plan.phases.length - 1;
  const included = includedText(phase, lang);
  return [
    words.phase(index + 1, phase.name, percentText(phase.percent)),
    ...[
      timeLine(phase, from, lang),
      words.gray(grayText(phase, lang)),
      ...(included === null ? [] : [words.inAnyCase(included)]),
      ...(phase.needsEarlierCriteria ? [words.entryGate] : []),
      ...(phase.criteria.length === 0 ? [] : [words.criteria]),
      ...phase.criteria.map(({condition, dryRun}) => {
        const text = describeCondition(condition, lang, true);
        return `  - ${dryRun ? words.dryRun(text) : text}`;
      }),
      ...PHASE_HOOKS.flatMap(name => {
        const hook = phase[name];
        return hook === undefined ? [] : [words.phaseHooks[name](hookText(hook, lang))];
      }),
      ...(phase.confirm?.deadlineMs === undefined
        ? []
        : [words.gateDeadline(timeText(phase.confirm.deadlineMs, lang))]),
      ...(phase.approval === 2 ? [words.phaseApproval] : []),
      words.ends(endText(plan, phase, isLast, lang)),
      ...(phase.whenStale === null ? [] : [words.phaseStale[phase.whenStale]]),
    ].map(line => `   ${line}`),
  ];
}

function timeLine({durationMs}: Phase, fromMs: number, lang: Language): string {
  const words = wordsOf(lang);
  const from = fromMs === 0 ? null : timeText(fromMs, lang);
  if (durationMs === null) return words.phaseOpen(from);
  if (durationMs === 0) return words.phaseAtOnce(from);
  const duration = timeText(durationMs, lang);
  return from === null
    ? words.phaseFirst(duration)
    : words.phaseTime(duration, from, timeText(fromMs + durationMs, lang));
}

function grayText({percent, audience}: Phase, lang: Language): string {
  const words = wordsOf(lang);
  if (percent === 0) return words.noneByPercent;
  const who = audience === null ? words.everyone : peopleText(audience, lang);
  return percent === 100 ? who : words.shareOf(percentText(percent), who);
}

function peopleText(rule: Rule, lang: Language): string {
  const text = describeRule(rule, lang);
  return 'group' in rule || 'custom' in rule ? text : wordsOf(lang).peopleWho(text);
}

function includedText({include}: Phase, lang: Language): string | null {
  const words = wordsOf(lang);
  const {users, rules} = include;
  const shown = users.slice(0, USERS_SHOWN);
  const ids = users.length > USERS_SHOWN ? [...shown, words.more(users.length - USERS_SHOWN)] : shown;
  const parts = [
    ...(ids.length === 0 ? [] : [words.users(listText(ids, lang, 'and'))]),
    ...rules.map(rule => peopleText(rule, lang)),
  ];
  return parts.length === 0 ? null : parts.join(lang === 'zh' ? '；' : '; ');
}

function endText(plan: Plan, phase: Phase, isLast: boolean, lang: Language): string {
  const words = wordsOf(lang);
  const {durationMs, manual} = phase;
  const hasCriteria = phase.criteria.some(({dryRun}) => !dryRun);
  const isByPerson = manual || durationMs === null || (isLast && plan.complete === 'manual');
  const time = durationMs === null || durationMs === 0 ? null : timeText(durationMs, lang);
  if (isByPerson) {
    if (isLast) return time === null ? words.byComplete : words.byCompleteAfter(time);
    return time === null ? words.byPerson : words.byPersonAfter(time);
  }
  const how =
    time === null
      ? hasCriteria
        ? words.atOnceWithCriteria
        : words.atOnce
      : hasCriteria
        ? words.afterTimeAndCriteria(time)
        : words.afterTime(time);
  return isLast ? words.thenCompletes(how) : how;
}
