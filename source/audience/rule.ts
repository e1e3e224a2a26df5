import type {AttributeTest, Rule} from '../release/plan.ts';
import type {Split} from '../release/split.ts';
import {likeOf} from './like.ts';
import {momentOf} from './moment.ts';

const VERSION =
  /^v?(?<numbers>\d{1,15}(?:\.\d{1,15}){0,7})(?:-(?<before>[\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*))?(?:\+[\dA-Za-z.-]+)?$/u;

/** A version in parts that can be compared. */
export interface Version {
  numbers: readonly number[];
  /** What stands behind a dash: such a version comes before the same one without it. */
  before: readonly string[];
}

/** Reads a version such as `2.10`, `v2.10.3` or `2.10.0-beta.2`; null for everything else. */
export function readVersion(value: unknown): Version | null {
  const text = typeof value === 'number' ? String(value) : value;
  const found =
    typeof text === 'string' && text.length <= 200 ? VERSION.exec(text.trim())?.groups : undefined;
  if (found === undefined) return null;
  return {
    numbers: (found['numbers'] ?? '').split('.').map(Number),
    before: found['before'] === undefined ? [] : found['before'].split('.'),
  };
}

/** Below 0 where `a` is older than `b`, 0 where both are the same. Missing parts count as 0; order as in Semantic Versioning. */
function compareVersions(a: Version, b: Version): number {
  const parts = Math.max(a.numbers.length, b.numbers.length);
  for (let at = 0; at < parts; at += 1) {
    const difference = (a.numbers[at] ?? 0) - (b.numbers[at] ?? 0);
    if (difference !== 0) return difference;
  }
  if (a.before.length === 0 || b.before.length === 0) return b.before.length - a.before.length;
  for (let at = 0; at < Math.max(a.before.length, b.before.length); at += 1) {
    const difference = compareParts(a.before[at], b.before[at]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Numbers come before letters, and fewer parts before more. */
function compareParts(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  const areNumbers = [/^\d+$/u.test(a), /^\d+$/u.test(b)] as const;
  if (areNumbers[0] && areNumbers[1]) return Number(a) - Number(b);
  if (areNumbers[0] !== areNumbers[1]) return areNumbers[0] ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Who asks: an id, and whatever attributes rules speak of. Without an id the client's address stands for it. */
export type User = {readonly id?: string | number | bigint | null} & Readonly<Record<string, unknown>>;

/** Predicates that only the application knows, by name. */
export type CustomRules = Readonly<Record<string, (user: User) => boolean>>;

/** Whether a user fits; `now` in milliseconds since 1970, for dates. */
export type Fits = (user: User, now: number) => boolean;

/**
 * Reads a rule once, for any number of users. A date, number or version that is missing or cannot be read lets no user in,
 * neither by itself nor by a `not` around it. The same holds for a predicate that is not registered, or that throws.
 */
export function compileRule(rule: Rule, custom: CustomRules): Fits {
  return compile(rule, custom, false);
}

/** `unknown`: what a predicate without an answer is to say here, so that the whole rule says no. */
function compile(rule: Rule, custom: CustomRules, unknown: boolean): Fits {
  if ('all' in rule) {
    const parts = rule.all.map(part => compile(part, custom, unknown));
    const [first, second] = parts;
    if (first !== undefined && second !== undefined && parts.length === 2)
      return (user, now) => first(user, now) && second(user, now);
    return (user, now) => {
      for (const part of parts) if (!part(user, now)) return false;
      return true;
    };
  }
  if ('any' in rule) {
    const parts = rule.any.map(part => compile(part, custom, unknown));
    return (user, now) => {
      for (const part of parts) if (part(user, now)) return true;
      return false;
    };
  }
  if ('not' in rule) {
    const part = compile(rule.not, custom, !unknown);
    return (user, now) => !part(user, now);
  }
  if ('custom' in rule) return compileCustom(rule.custom, custom, unknown);
  // Groups are put in their place before a split is made.
  if ('group' in rule) return () => unknown;
  return compileTest(rule.attribute, rule.test, unknown);
}

function compileCustom(name: string, custom: CustomRules, unknown: boolean): Fits {
  const predicate = Object.hasOwn(custom, name) ? custom[name] : undefined;
  if (predicate === undefined) return () => unknown;
  return user => {
    try {
      // Of plain JavaScript anything may come back: a promise is no yes.
      return (predicate(user) as unknown) === true;
    } catch {
      return unknown;
    }
  };
}

/** How far a clock may be ahead of this one before a date lies in the future, milliseconds. */
const SKEW_MS = 300_000;

function compileTest(attribute: string, test: AttributeTest, unknown: boolean): Fits {
  if (test.op === 'in') {
    const values = new Set(test.values);
    return user => isAny(user[attribute], text => values.has(text));
  }
  if (test.op === 'like') {
    const isLike = likeOf(test.parts);
    return user => isAny(user[attribute], isLike);
  }
  if ('ms' in test) {
    const {op, ms} = test;
    return (user, now) => {
      const age = now - momentOf(user[attribute]);
      if (Number.isNaN(age)) return unknown;
      return op === 'atLeastAgo' ? age >= ms : age >= -SKEW_MS && age <= ms;
    };
  }
  const {op} = test;
  const distanceOf = 'version' in test ? distanceOfVersion(test.version) : distanceOfNumber(test.value);
  return user => {
    const distance = distanceOf(user[attribute]);
    // What cannot be compared is NaN, and fits nothing.
    return Number.isNaN(distance) ? unknown : holds(distance, op);
  };
}

/** How far a value lies above the limit. */
type DistanceOf = (value: unknown) => number;

function distanceOfNumber(limit: number): DistanceOf {
  // Subtraction would round, and the same infinity twice is no number.
  return value => {
    const number = numberOf(value);
    return number === limit ? 0 : number > limit ? 1 : number < limit ? -1 : Number.NaN;
  };
}

function distanceOfVersion(text: string): DistanceOf {
  const limit = readVersion(text);
  return value => {
    const version = readVersion(value);
    return limit === null || version === null ? Number.NaN : compareVersions(version, limit);
  };
}

function holds(
  distance: number,
  op: Exclude<AttributeTest['op'], 'in' | 'like' | 'within' | 'atLeastAgo'>,
): boolean {
  switch (op) {
    case '<':
      return distance < 0;
    case '<=':
      return distance <= 0;
    case '>':
      return distance > 0;
    case '>=':
      return distance >= 0;
    case '=':
      return distance === 0;
    case '!=':
      return distance !== 0;
  }
}

/** Of an attribute with several values (roles, tags) one is enough. */
function isAny(value: unknown, fits: (text: string) => boolean): boolean {
  if (typeof value === 'string') return fits(value);
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return fits(String(value));
  return Array.isArray(value) && value.some(one => !Array.isArray(one) && isAny(one, fits));
}

/** NaN for what is no number: then no comparison holds. */
function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return value.trim() === '' ? Number.NaN : Number(value);
  return typeof value === 'bigint' ? Number(value) : Number.NaN;
}

/** Whether a rule compares dates: only then a decision needs a clock. */
export function comparesDates(rule: Rule): boolean {
  if ('all' in rule) return rule.all.some(comparesDates);
  if ('any' in rule) return rule.any.some(comparesDates);
  if ('not' in rule) return comparesDates(rule.not);
  return 'test' in rule && (rule.test.op === 'within' || rule.test.op === 'atLeastAgo');
}

type Rules = Pick<Split, 'tiers' | 'include'>;

/** The predicates a split asks for that only an application knows, by name, each once. */
export function customRulesOf(split: Rules): string[] {
  return namesIn(split, rule => ('custom' in rule ? rule.custom : null));
}

/** The attributes that a split compares with texts, each once. */
export function comparedTextsOf(split: Rules): string[] {
  return namesIn(split, rule =>
    'test' in rule && (rule.test.op === 'in' || rule.test.op === 'like') ? rule.attribute : null,
  );
}

/** What `nameOf` finds in the rules of a split and in the parts they are made of, each once. */
function namesIn({tiers, include}: Rules, nameOf: (rule: Rule) => string | null): string[] {
  const found = (rule: Rule): string[] => {
    if ('all' in rule) return rule.all.flatMap(found);
    if ('any' in rule) return rule.any.flatMap(found);
    if ('not' in rule) return found(rule.not);
    const name = nameOf(rule);
    return name === null ? [] : [name];
  };
  const rules = [...tiers.flatMap(({audience}) => (audience === null ? [] : [audience])), ...include.rules];
  return [...new Set(rules.flatMap(found))];
}
