import type {Rule} from '../release/plan.ts';
import type {Split} from '../release/split.ts';
import {momentOf} from './moment.ts';
import {compileRule, type CustomRules, type User} from './rule.ts';

/** What one phase gives a user. */
export interface TierAnswer {
  /** Who the phase is for; null: everyone. */
  audience: Rule | null;
  isInside: boolean;
  /** 0–100, of those inside. */
  percent: number;
}

/** What each phase that has begun gives a user, the newest last. `now`: milliseconds since 1970, for rules that compare dates. */
export function tiersFor(
  {tiers}: Pick<Split, 'tiers'>,
  user: User,
  now: number,
  custom: CustomRules = {},
): TierAnswer[] {
  return tiers.map(({audience, percent}) => ({
    audience,
    percent,
    isInside: audience === null || compileRule(audience, custom)(user, now),
  }));
}

/** The attributes of a user that a rule compares as dates and that are none, with their values. */
export function unreadDates(
  split: Pick<Split, 'tiers' | 'include'>,
  user: User,
): {name: string; value: unknown}[] {
  const names = (rule: Rule): string[] => {
    if ('all' in rule) return rule.all.flatMap(names);
    if ('any' in rule) return rule.any.flatMap(names);
    if ('not' in rule) return names(rule.not);
    return 'attribute' in rule && 'ms' in rule.test ? [rule.attribute] : [];
  };
  const rules = [
    ...split.tiers.flatMap(({audience}) => (audience === null ? [] : [audience])),
    ...split.include.rules,
  ];
  return [...new Set(rules.flatMap(names))].flatMap(name => {
    const value = user[name];
    return value === undefined || !Number.isNaN(momentOf(value)) ? [] : [{name, value}];
  });
}
