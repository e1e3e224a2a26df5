import type {Rule} from '../../release/plan.ts';
import {isName} from '../../release/name.ts';
import {quote, shown} from '../yaml/mistake.ts';
import {nearest} from '../yaml/nearest.ts';
import {child, isMapping, type Placed, type Reader, type Spot} from '../yaml/reader.ts';
import {readRule} from './rule.ts';

/** Groups of the plan by name, with the place of each; those that could not be read are there without a rule. */
export type Groups = Map<string, Placed<Rule | undefined>>;

/** Routers follow rules no deeper than 16 levels: this leaves room for the plan around them. */
const DEEPEST = 12;
/** What a split can carry to every router, over all phases. */
const MOST_RULES = 2000;
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}_.-]*$/u;

/** Reads `groups:` or `user_groups:` into `groups`; `readOne` reads what stands behind a name. */
export function readGroups(
  reader: Reader,
  spot: Spot,
  groups: Groups,
  readOne: (reader: Reader, spot: Spot) => Rule | undefined = readRule,
): void {
  if (!isMapping(spot.value)) {
    reader.mistake(spot, {
      message: 'groups are a mapping of names to rules',
      allowed: 'NAME: {any: [{user_type: admin}]}',
    });
    return;
  }
  for (const name of Object.keys(spot.value)) {
    const at = child(spot, name);
    if (!isName(name, 64) || !NAME.test(name))
      reader.mistake(
        at,
        {
          message: `${quote(name)} is not the name of a group`,
          allowed: 'letters, digits, _ . and -',
          found: quote(name),
        },
        'key',
      );
    else if (groups.has(name))
      reader.mistake(
        at,
        {message: `a group ${quote(name)} is defined already`, allowed: 'each name once', found: quote(name)},
        'key',
      );
    else groups.set(name, {value: readOne(reader, at), spot: at});
  }
}

/**
 * Tells of groups that are named and not there, of circles, and of rules too deep or too large for a router.
 * @param rules those of all phases: audiences and what is included
 */
export function checkGroups(reader: Reader, groups: Groups, rules: readonly Placed<Rule>[]): void {
  const names = [...groups.keys()];
  for (const {name, spot} of reader.groupsNamed) {
    if (groups.has(name)) continue;
    const meant = nearest(name, names);
    reader.mistake(spot, {
      message: `there is no group ${quote(name)}${meant === null ? '' : `; did you mean ${meant}?`}`,
      allowed: names.length === 0 ? 'a group defined under groups:' : shown(names.join(', ')),
      found: quote(name),
    });
  }
  const {sizeOf, circles} = measure(groups);
  const tooLarge = ({depth, rules}: Size): boolean => depth > DEEPEST || rules > MOST_RULES;
  for (const [name, {value, spot}] of groups) {
    if (value !== undefined && tooLarge(sizeOf({group: name}, []))) reader.mistake(spot, TOO_LARGE, 'key');
  }
  for (const {value, spot} of rules) if (tooLarge(sizeOf(value, []))) reader.mistake(spot, TOO_LARGE);
  const total = rules.reduce((sum, {value}) => sum + sizeOf(value, []).rules, 0);
  const [first] = rules;
  if (total > MOST_RULES && first !== undefined)
    reader.mistake(first.spot, {
      ...TOO_LARGE,
      message: `the rules of all phases come to ${total}, groups unfolded`,
    });
  for (const [name, circle] of circles) {
    const spot = groups.get(name)?.spot;
    if (spot === undefined) continue;
    const message = `a circle of groups: ${shown(circle.join(' → '))}`;
    reader.mistake(
      spot,
      {message, allowed: 'groups that do not come back to themselves', found: quote(name)},
      'key',
    );
  }
}

const TOO_LARGE = {
  message: 'this rule is too large for a router once its groups are unfolded',
  allowed: `at most ${DEEPEST} levels and ${MOST_RULES} rules`,
};

/** A rule with its groups unfolded. */
interface Size {
  depth: number;
  rules: number;
}

/** Sizes of rules, each group measured once; circles found on the way, by the name they begin with. */
function measure(groups: Groups): {
  sizeOf: (rule: Rule, way: readonly string[]) => Size;
  circles: Map<string, string[]>;
} {
  const done = new Map<string, Size>();
  const circles = new Map<string, string[]>();
  const none: Size = {depth: 0, rules: 0};

  const sizeOfGroup = (name: string, way: readonly string[]): Size => {
    const known = done.get(name);
    if (known !== undefined) return known;
    const rule = groups.get(name)?.value;
    if (rule === undefined) return none;
    if (way.includes(name)) {
      const circle = way.slice(way.indexOf(name));
      if (!circle.some(member => circles.has(member))) circles.set(name, [...circle, name]);
      return none;
    }
    if (way.length > DEEPEST) return {depth: DEEPEST + 1, rules: 1};
    const size = sizeOf(rule, [...way, name]);
    done.set(name, size);
    return size;
  };
  const sizeOf = (rule: Rule, way: readonly string[]): Size => {
    if ('group' in rule) {
      const inner = sizeOfGroup(rule.group, way);
      return {depth: inner.depth + 1, rules: inner.rules + 1};
    }
    const parts = 'all' in rule ? rule.all : 'any' in rule ? rule.any : 'not' in rule ? [rule.not] : [];
    const sizes = parts.map(part => sizeOf(part, way));
    return {
      depth: 1 + Math.max(0, ...sizes.map(size => size.depth)),
      rules: 1 + sizes.reduce((sum, size) => sum + size.rules, 0),
    };
  };
  return {sizeOf, circles};
}
