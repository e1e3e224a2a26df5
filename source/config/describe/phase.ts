import type {Phase, Plan, Rule} from '../../release/plan.ts';
import {listText, percentText, timeText, wordsOf} from '../words/catalogue.ts';
import type {Lang} from '../words/lang.ts';
import {describeCondition} from './condition.ts';
import {hookText} from './hook.ts';
import {describeRule} from './rule.ts';

const USERS_SHOWN = 20;
const PHASE_HOOKS = ['before', 'after', 'confirm'] as const;

/** The timetable: who gets gray in each phase, from when to when, and what ends it. Times count from the first phase on. */
export function phaseLines(plan: Plan, lang: Lang): string[] {
  let from = 0;
  return plan.phases.flatMap((phase, index) => {
    const lines = onePhase(plan, phase, index, from, lang);
    from += phase.durationMs ?? 0;
    return lines;
  });
}

function onePhase(plan: Plan, phase: Phase, index: number, from: number, lang: Lang): string[] {
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

function timeLine({durationMs}: Phase, fromMs: number, lang: Lang): string {
  const words = wordsOf(lang);
  const from = fromMs === 0 ? null : timeText(fromMs, lang);
  if (durationMs === null) return words.phaseOpen(from);
  if (durationMs === 0) return words.phaseAtOnce(from);
  const duration = timeText(durationMs, lang);
  return from === null
    ? words.phaseFirst(duration)
    : words.phaseTime(duration, from, timeText(fromMs + durationMs, lang));
}

function grayText({percent, audience}: Phase, lang: Lang): string {
  const words = wordsOf(lang);
  if (percent === 0) return words.noneByPercent;
  const who = audience === null ? words.everyone : peopleText(audience, lang);
  return percent === 100 ? who : words.shareOf(percentText(percent), who);
}

function peopleText(rule: Rule, lang: Lang): string {
  const text = describeRule(rule, lang);
  return 'group' in rule || 'custom' in rule ? text : wordsOf(lang).peopleWho(text);
}

function includedText({include}: Phase, lang: Lang): string | null {
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

function endText(plan: Plan, phase: Phase, isLast: boolean, lang: Lang): string {
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
