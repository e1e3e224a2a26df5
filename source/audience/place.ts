import type {AttributeTest, Rule} from '../release/plan.ts';
import type {Split} from '../release/split.ts';
import {boundaryOf, bucketOf} from './bucket.ts';

/** Who asks: an id, and whatever attributes rules speak of. */
export type User = {id: string} & Record<string, unknown>;

export type Why = 'not-live' | 'forced' | 'denied' | 'included' | 'outside' | 'percent';

/** Where a user goes, and why. */
export interface Placement {
  side: 'prod' | 'gray';
  reason: Why;
  cohort: 'eligible' | 'chosen' | 'outside';
}

/** Predicates that only the application knows, by name. */
export type CustomRules = Readonly<Record<string, (user: User) => boolean>>;

/**
 * Reads a split once, then answers for any number of users. Precedence: not live, forced, denied, included, outside the
 * audience, percent. `now` (milliseconds) is what dates are compared with.
 */
export function placer(
  split: Split,
  custom: CustomRules = {},
): (user: User, now: number, forced?: 'prod' | 'gray') => Placement {
  if (!split.live) return () => ({side: 'prod', reason: 'not-live', cohort: 'eligible'});
  const denied = new Set(split.deny);
  const included = new Set(split.include.users);
  const tiers = split.tiers.map(({audience, percent}) => ({audience, boundary: boundaryOf(percent)}));
  return (user, now, forced) => {
    if (forced !== undefined) return {side: forced, reason: 'forced', cohort: 'chosen'};
    if (denied.has(user.id)) return {side: 'prod', reason: 'denied', cohort: 'chosen'};
    const isIncluded =
      included.has(user.id) || split.include.rules.some(rule => fits(rule, user, now, custom));
    if (isIncluded) return {side: 'gray', reason: 'included', cohort: 'chosen'};
    const own = tiers.filter(({audience}) => audience === null || fits(audience, user, now, custom));
    if (own.length === 0) return {side: 'prod', reason: 'outside', cohort: 'outside'};
    const bucket = bucketOf(split.salt, user.id);
    return {
      side: own.some(({boundary}) => bucket < boundary) ? 'gray' : 'prod',
      reason: 'percent',
      cohort: 'eligible',
    };
  };
}

/** Whether a user fits a rule. What is unknown fits nothing: an attribute that is not there, a predicate nobody registered. */
function fits(rule: Rule, user: User, now: number, custom: CustomRules): boolean {
  if ('all' in rule) return rule.all.every(part => fits(part, user, now, custom));
  if ('any' in rule) return rule.any.some(part => fits(part, user, now, custom));
  if ('not' in rule) return !fits(rule.not, user, now, custom);
  if ('custom' in rule) return custom[rule.custom]?.(user) === true;
  if ('group' in rule) return false;
  const value = user[rule.attribute];
  return value !== undefined && value !== null && passes(value, rule.test, now);
}

function passes(value: unknown, test: AttributeTest, now: number): boolean {
  if (test.op === 'in') return test.values.includes(String(value));
  // Reading a date is pure; only asking for the present one is not.
  // oxlint-disable-next-line no-restricted-globals
  const time = typeof value === 'string' ? Date.parse(value) : Number(value);
  if (test.op === 'within') return time <= now && now - time <= test.ms;
  if (test.op === 'atLeastAgo') return now - time >= test.ms;
  const number = Number(value);
  switch (test.op) {
    case '<':
      return number < test.value;
    case '<=':
      return number <= test.value;
    case '>':
      return number > test.value;
    case '>=':
      return number >= test.value;
    case '=':
      return number === test.value;
    case '!=':
      return number !== test.value;
  }
}
