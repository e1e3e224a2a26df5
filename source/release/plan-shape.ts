import type {Plan, Rule} from './plan.ts';
import {isNumber, isRecord, isText} from './shape.ts';

/** Parts of rules, groups put in their place, that one plan may come to: each may travel in every split. */
const PARTS_AT_MOST = 2000;
const DEPTH_AT_MOST = 32;

const isListOf = <T>(value: unknown, fits: (item: unknown) => item is T): value is T[] =>
  Array.isArray(value) && value.every(fits);

/**
 * What keeps a plan from being put into effect, in words; null for a plan that is whole. `config/` makes only whole
 * ones: this is the belt that keeps a log readable, and a release able to be taken back, whatever made the plan.
 */
export function mistakeInPlan(plan: Plan): string | null {
  if (!isRecord(plan)) return 'it is no plan';
  const {groups, hooks, forced} = plan;
  if (!isRecord(groups)) return 'it has no groups';
  if (!isRecord(hooks) || !Object.values(hooks).every(hook => hook === undefined || isRecord(hook))) {
    return 'its hooks are not hooks';
  }
  if (!isRecord(forced) || !isListOf(forced.headers, isText) || !isListOf(forced.cookies, isText)) {
    return 'it does not say which headers and cookies force a side';
  }
  if (!isTime(plan.rollbackWindowMs)) return 'its rollback window is no time';
  if (!isStale(plan.whenStale)) return 'it does not say what a stale router does';
  if (!Array.isArray(plan.phases)) return 'it has no phases';
  const rules: Rule[] = [];
  for (const phase of plan.phases) {
    if (!isWhole(phase)) return 'one of its phases is not whole';
    rules.push(...(phase.audience === null ? [] : [phase.audience]), ...phase.include.rules);
  }
  return mistakeInRules(rules, groups);
}

/** Infinity would be no time any more when it is read again. */
function isTime(value: unknown): boolean {
  return isNumber(value) && (value as number) >= 0;
}

function isStale(value: unknown): boolean {
  return value === 'prod' || value === 'keep';
}

function isWhole(phase: Plan['phases'][number]): boolean {
  if (!isRecord(phase) || !isText(phase.name) || !isRecord(phase.include)) return false;
  if (phase.whenStale !== null && !isStale(phase.whenStale)) return false;
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
 * A group that is not there would be nobody, and under a `not` everybody; groups in a circle mean nothing; groups that
 * multiply each other would fill the split of every router.
 */
function mistakeInRules(rules: readonly Rule[], groups: Plan['groups']): string | null {
  let parts = 0;
  const walk = (rule: Rule, within: readonly string[], depth: number): string | null => {
    parts += 1;
    if (parts > PARTS_AT_MOST) return `its rules come to more than ${PARTS_AT_MOST} parts`;
    if (depth > DEPTH_AT_MOST) return `its rules are nested more than ${DEPTH_AT_MOST} deep`;
    if (!isRecord(rule)) return 'one of its rules is no rule';
    if ('group' in rule) {
      const group = Object.hasOwn(groups, rule.group) ? groups[rule.group] : undefined;
      if (group === undefined) return `there is no group "${rule.group}"`;
      if (within.includes(rule.group)) return `the group "${rule.group}" contains itself`;
      return walk(group, [...within, rule.group], depth + 1);
    }
    if ('not' in rule) return walk(rule.not, within, depth + 1);
    if ('custom' in rule) return isText(rule.custom) ? null : 'one of its rules is no rule';
    if ('attribute' in rule) return isRecord(rule.test) ? null : 'one of its rules is no rule';
    const inner = 'all' in rule ? rule.all : rule.any;
    if (!Array.isArray(inner)) return 'one of its rules is no rule';
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
