import {hasToShow} from '../../analysis/judge/longest-window.ts';
import {type Condition, type Guardrail, HOOK_NAMES, type Plan} from '../../release/plan.ts';
import {STALE_AFTER_MS} from '../../release/split.ts';
import {DEFAULT_MIN_REQUESTS, DEFAULT_OVER_MS} from '../condition/condition.ts';
import {listText, numberText, percentText, timeText, wordsOf} from '../words/catalogue.ts';
import {describeCondition, hookText, phaseLines} from './phase.ts';
import {describeRule} from './rule.ts';
import type {Language} from '../../text/language.ts';
import {shown} from '../../text/quote.ts';

/** No window of a rehearsal is shorter, milliseconds, unless the plan's own is: in less, chance decides. */
const SHORTEST_WINDOW_MS = 10_000;
/** Requests a second, both sides together, that a window is made for: ordinary traffic. */
const ORDINARY_TRAFFIC = 200;
/** A window is so many times as long as the fewest requests take to come, so that a quiet moment does not empty it. */
const ROOM = 2;

/**
 * The same plan with all its times divided by `speed`: durations of phases, the steps of a ramp, windows of conditions, how
 * long guardrails must hold. For rehearsals. Its name says so; what steps and rollbacks may take stays as it is. The fewest
 * requests of a condition stay as they are, so its window stays long enough to hold them in the smallest phase at
 * ordinary traffic: else nothing could ever be judged, and nothing would go up. Traffic is no
 * faster and would show nothing in so short a phase: in a rehearsal the value and the fewest requests let it go up.
 * @param speed 1 or more
 */
export function fasterPlan(plan: Plan, speed: number): Plan {
  const shorter = (ms: number) => Math.round(ms / speed);
  const percents = plan.phases.map(({percent}) => percent).filter(percent => percent > 0);
  const everywhere = Math.min(100, ...percents);
  const faster = (condition: Condition, percent: number): Condition => ({
    ...condition,
    overMs: Math.max(Math.min(condition.overMs, neededMs(condition, percent)), shorter(condition.overMs)),
  });
  const rehearsed = (condition: Condition, percent: number): Condition => ({
    ...faster(condition, percent),
    proof: 'requests',
  });
  return {
    ...plan,
    name: `${plan.name}, ${speed} times as fast`,
    phases: plan.phases.map(phase => ({
      ...phase,
      durationMs: phase.durationMs === null ? null : shorter(phase.durationMs),
      criteria: phase.criteria.map(one => ({
        ...one,
        condition: rehearsed(one.condition, phase.percent > 0 ? phase.percent : everywhere),
      })),
    })),
    ramp: plan.ramp === null ? null : {...plan.ramp, everyMs: shorter(plan.ramp.everyMs)},
    guardrails: plan.guardrails.map(one => ({
      ...one,
      when: one.then === 'advance' ? rehearsed(one.when, everywhere) : faster(one.when, everywhere),
      forMs: shorter(one.forMs),
    })),
  };
}

/** How long a window must be to be judged at ordinary traffic, milliseconds. @param percent of it that gray gets */
function neededMs({minRequests}: Condition, percent: number): number {
  const perMs = (ORDINARY_TRAFFIC * percent) / 100_000;
  return Math.max(SHORTEST_WINDOW_MS, Math.ceil((ROOM * minRequests) / perMs / 1000) * 1000);
}

/**
 * Reads a plan back in plain words, line by line: its timetable, guardrails, groups, evidence, completion and hooks.
 * A plan without phases is read back as a part, with what a whole one still needs. No colours, no wrapping.
 */
export function describePlan(plan: Plan, lang: Language): string[] {
  const sections = [
    headLines(plan, lang),
    phaseLines(plan, lang),
    guardrailLines(plan, lang),
    groupLines(plan, lang),
    ...(plan.phases.length === 0 ? [] : [endLines(plan, lang), hookLines(plan, lang)]),
    ...peopleLines(plan, lang),
  ];
  return sections
    .filter(section => section.length > 0)
    .flatMap((section, index) => (index === 0 ? section : ['', ...section]));
}

function headLines(plan: Plan, lang: Language): string[] {
  const words = wordsOf(lang);
  const {phases, ramp, feature} = plan;
  const feat = feature === null || feature === plan.name ? [] : [words.forFeature(feature)];
  const defaults = words.defaults(timeText(DEFAULT_OVER_MS, lang), numberText(DEFAULT_MIN_REQUESTS));
  if (phases.length === 0) {
    const judges = plan.guardrails.length === 0 ? [] : [defaults];
    return [words.partTitle(plan.name), ...feat, words.needsPhases, ...judges];
  }
  const early = phases.slice(0, -1);
  const time = timeText(
    early.reduce((sum, {durationMs}) => sum + (durationMs ?? 0), 0),
    lang,
  );
  const waits = early.some(({durationMs, manual}) => manual || durationMs === null);
  return [
    words.title(plan.name, phases.length),
    ...feat,
    ...(ramp === null ? [] : [words.ramp(percentText(ramp.stepPercent), timeText(ramp.everyMs, lang))]),
    ...(ramp === null ? [] : [words.rampEqual[ramp.equal ?? 'advance']]),
    ...(early.length === 0 ? [] : [waits ? words.lastWaits(time) : words.lastBegins(time)]),
    ...(early.length === 0 ? [] : [words.keeps]),
    words.clock,
    defaults,
    ...(hasToShow(plan) ? [words.proof] : []),
  ];
}

/**
 * How a guardrail is read, in words.
 * @param isBrief see `describeCondition`
 */
function describeGuardrail(guardrail: Guardrail, lang: Language, isBrief = false): string {
  const words = wordsOf(lang);
  const {when, forMs, then, level, preset, whenUnknown} = guardrail;
  const held = forMs === 0 ? '' : `${lang === 'zh' ? '，' : ', '}${words.held(timeText(forMs, lang))}`;
  const unknown = whenUnknown === 'ignore' ? words.ignored : '';
  const read = words.guardrail(words.does[then](level), `${describeCondition(when, lang, isBrief)}${held}`);
  const text = `${read}${unknown}`;
  return preset === undefined ? text : `${text} ${words.fromPreset(preset)}`;
}

function guardrailLines(plan: Plan, lang: Language): string[] {
  const words = wordsOf(lang);
  const {guardrails, evidence} = plan;
  const isRelative = guardrails.some(({when}) => when.improvement || 'timesProd' in when.threshold);
  const isPart = plan.phases.length === 0;
  if (isPart && guardrails.length === 0) return [];
  return [
    ...(guardrails.length === 0 ? [words.noGuardrails] : [words.guardrails]),
    ...guardrails.map(guardrail => `- ${describeGuardrail(guardrail, lang, true)}`),
    ...(isRelative ? [words.relativeNote] : []),
    ...(isPart
      ? []
      : evidence === null
        ? [words.evidenceOff]
        : [
            words.evidence(percentText(evidence.falseAlarms * 100), evidence.then),
            ...(evidence.margin === 0 ? [] : [words.margin(percentText(evidence.margin * 100))]),
          ]),
  ];
}

function groupLines({groups}: Plan, lang: Language): string[] {
  const entries = Object.entries(groups);
  if (entries.length === 0) return [];
  return [wordsOf(lang).groups, ...entries.map(([name, rule]) => `- ${name}: ${describeRule(rule, lang)}`)];
}

function endLines(plan: Plan, lang: Language): string[] {
  const words = wordsOf(lang);
  const {headers, cookies} = plan.forced;
  const names = [...headers.map(words.header), ...cookies.map(words.cookie)];
  return [
    words.completion[plan.complete],
    plan.rollbackWindowMs === 0
      ? words.noRollbackWindow
      : words.rollbackWindow(timeText(plan.rollbackWindowMs, lang)),
    ...(plan.hooks.promote !== undefined && plan.hooks.demote === undefined ? [words.noDemote] : []),
    ...(plan.raise ?? []).map(({text, except}) => words.raise(text, except.join(', '))),
    ...(plan.approval === 2 ? [words.approval] : []),
    staleText(plan, lang),
    ...(plan.bucketBy === undefined ? [] : [words.bucketBy(plan.bucketBy)]),
    ...(plan.salt === undefined ? [] : [words.salt(plan.salt)]),
    names.length === 0 ? words.notForced : words.forced(listText(names, lang, 'and')),
  ];
}

function staleText({whenStale, phases}: Plan, lang: Language): string {
  const words = wordsOf(lang);
  const text = words.stale[whenStale](timeText(STALE_AFTER_MS, lang));
  // At 100 % routers keep their sides unless the phase says prod.
  const keepsWhole =
    whenStale === 'prod' &&
    phases.some(phase => phase.percent === 100 && phase.audience === null && phase.whenStale === null);
  return keepsWhole ? `${text}${lang === 'zh' ? '' : ' '}${words.staleWhole}` : text;
}

function hookLines({hooks}: Plan, lang: Language): string[] {
  const words = wordsOf(lang);
  const named = HOOK_NAMES.flatMap(name => {
    const hook = hooks[name];
    return hook === undefined ? [] : [`- ${words.hookNames[name]}: ${hookText(hook, lang)}`];
  });
  return named.length === 0 ? [words.noHooks] : [words.hooks, ...named];
}

function peopleLines({checklist, contacts}: Plan, lang: Language): string[][] {
  const words = wordsOf(lang);
  const known = Object.entries(contacts);
  return [
    checklist.length === 0 ? [] : [words.checklist, ...checklist.map(item => `- ${item}`)],
    known.length === 0 ? [] : [words.contacts, ...known.map(([name, text]) => `- ${shown(name)}: ${text}`)],
  ];
}
