import type {Plan, Rule} from './plan.ts';
import type {RaiseHours} from './raise-hours.ts';
import {isNumber, isRecord, isText} from './shape.ts';

/** Most parts of all rules of a plan with groups resolved. Every split may hold each part. */
const PARTS_AT_MOST = 2000;
const DEPTH_AT_MOST = 32;

const isListOf = <T>(value: unknown, fits: (item: unknown) => item is T): value is T[] =>
  Array.isArray(value) && value.every(fits);

/**
 * Says why a plan cannot be run; null if it can. `config/` makes only valid plans. This check protects the
 * log and the rollback from plans made by other code.
 */
export function mistakeInPlan(plan: Plan): string | null {
  if (!isRecord(plan)) return 'the input is no plan';
  const {groups, hooks, forced} = plan;
  if (!isRecord(groups)) return 'groups are missing';
  if (!isRecord(hooks) || !Object.values(hooks).every(hook => hook === undefined || isRecord(hook))) {
    return 'hooks are missing, or a hook is no record';
  }
  if (!isRecord(forced) || !isListOf(forced.headers, isText) || !isListOf(forced.cookies, isText)) {
    return 'the names of headers and cookies that force a side are missing';
  }
  if (!isTime(plan.rollbackWindowMs)) return 'rollbackWindowMs is no number of at least 0';
  if (!isStale(plan.whenStale)) return 'whenStale is neither prod nor keep';
  if (!Array.isArray(plan.phases)) return 'phases are missing';
  if (plan.approval !== undefined && plan.approval !== 2) return 'its approval is not 2';
  if (plan.raise !== undefined && !isListOf(plan.raise, isHours)) return 'its raise hours are no hours';
  const rules: Rule[] = [];
  for (const phase of plan.phases) {
    if (!isWhole(phase)) return 'a phase lacks a field';
    rules.push(...(phase.audience === null ? [] : [phase.audience]), ...phase.include.rules);
  }
  return mistakeInRules(rules, groups);
}

/** Infinity is no JSON number. */
function isTime(value: unknown): boolean {
  return isNumber(value) && value >= 0;
}

function isStale(value: unknown): boolean {
  return value === 'prod' || value === 'keep';
}

function isHours(value: unknown): value is RaiseHours {
  if (!isRecord(value) || !isText(value['text']) || !isText(value['timeZone'])) return false;
  const isWindow = (one: unknown): one is RaiseHours['windows'][number] =>
    isRecord(one) && isNumber(one['from']) && isNumber(one['to']) && Array.isArray(one['days']);
  return isListOf(value['windows'], isWindow) && isListOf(value['except'], isText);
}

function isWhole(phase: Plan['phases'][number]): boolean {
  if (!isRecord(phase) || !isText(phase.name) || !isRecord(phase.include)) return false;
  if (phase.whenStale !== null && !isStale(phase.whenStale)) return false;
  if (phase.approval !== undefined && phase.approval !== 2) return false;
  const {include, criteria} = phase;
  const hasCriteria = isListOf(
    criteria,
    (item): item is never =>
      isRecord(item) && isRecord(item['condition']) && isText(item['condition']['text']),
  );
  return (
    hasCriteria &&
    phase.audience !== undefined &&
    isListOf(include.users, isText) &&
    Array.isArray(include.rules)
  );
}

/**
 * An unknown group would match no user, and under `not` every user. A group that contains itself has no
 * meaning. Groups that multiply would fill the split of every router.
 */
function mistakeInRules(rules: readonly Rule[], groups: Plan['groups']): string | null {
  let parts = 0;
  const walk = (rule: Rule, within: readonly string[], depth: number): string | null => {
    parts += 1;
    if (parts > PARTS_AT_MOST) return `the rules have more than ${PARTS_AT_MOST} parts with groups resolved`;
    if (depth > DEPTH_AT_MOST) return `the rules are nested more than ${DEPTH_AT_MOST} levels deep`;
    if (!isRecord(rule)) return 'a rule has no known form';
    if ('group' in rule) {
      const group = Object.hasOwn(groups, rule.group) ? groups[rule.group] : undefined;
      if (group === undefined) return `there is no group "${rule.group}"`;
      if (within.includes(rule.group)) return `the group "${rule.group}" contains itself`;
      return walk(group, [...within, rule.group], depth + 1);
    }
    if ('not' in rule) return walk(rule.not, within, depth + 1);
    if ('custom' in rule) return isText(rule.custom) ? null : 'a rule has no known form';
    if ('attribute' in rule) return isRecord(rule.test) ? null : 'a rule has no known form';
    const inner = 'all' in rule ? rule.all : rule.any;
    if (!Array.isArray(inner)) return 'a rule has no known form';
    return firstOf(inner, part => walk(part, within, depth + 1));
  };
  return firstOf(rules, rule => walk(rule, [], 0));
}

function firstOf<T>(items: readonly T[], find: (item: T) => string | null): string | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}
