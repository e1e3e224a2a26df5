import {z} from 'zod';
import {isName, own} from '../../release/name.ts';
import type {Rule} from '../../release/plan.ts';
import {matching} from '../yaml/leaf.ts';
import {type Placed, type Spot, type YamlReader, child} from '../yaml/reader.ts';
import {made, named} from '../yaml/tree.ts';
import {readAttribute} from './attribute.ts';
import {readRule} from './rule.ts';
import {nearest, quote, shown} from '../../text/quote.ts';

const ALLOWED = 'a list of attributes: - user_type: "lawyer"';

const entry = made(z.record(z.string(), z.unknown()).meta({form: ALLOWED}), (tests, at) =>
  Object.keys(tests).map(key => ({key, at: child(at, key)})),
);
const attributes = z.array(entry).meta({form: ALLOWED});

/**
 * One group of `user_groups:`, a list of attributes: the same attribute repeated means any of its values, different ones
 * must all fit. Times mean `within` for attributes called `last_…` and for `<`, else at least so long ago.
 */
export const seedGroup = made(
  z.unknown().meta({type: ['array', 'object', 'string'], form: ALLOWED}),
  (_, at, reader) => readGroup(reader, at),
);

function readGroup(reader: YamlReader, spot: Spot): Rule | undefined {
  if (!Array.isArray(spot.value)) return readRule(reader, spot);
  const entries = (reader.read(spot, attributes) ?? []).flat();
  if (entries.length === 0) {
    if (spot.value.length === 0) reader.mistake(spot, {message: 'an empty group', allowed: ALLOWED});
    return undefined;
  }
  const rules = entries.map(({key, at}) =>
    readAttribute(reader, at, key, op =>
      key.startsWith('last_') || op.startsWith('<') ? 'within' : 'atLeastAgo',
    ),
  );
  const names = [...new Set(entries.map(({key}) => key))];
  const parts = names.map(name => anyOf(rules.filter((_, index) => entries[index]?.key === name)));
  const whole = parts.filter(part => part !== undefined);
  const [first] = whole;
  if (whole.length < names.length || first === undefined) return undefined;
  return whole.length === 1 ? first : {all: whole};
}

/** Tests of one attribute, any of which is enough; plain values become one list. */
function anyOf(rules: readonly (Rule | undefined)[]): Rule | undefined {
  const known = rules.filter(rule => rule !== undefined);
  const [first] = known;
  if (known.length < rules.length || first === undefined) return undefined;
  if (known.length === 1) return first;
  const values = known.flatMap(rule =>
    'attribute' in rule && rule.test.op === 'in' ? rule.test.values : [],
  );
  const isPlain = known.every(rule => 'attribute' in rule && rule.test.op === 'in');
  return isPlain && 'attribute' in first
    ? {attribute: first.attribute, test: {op: 'in', values}}
    : {any: known};
}

/** Groups of the plan by name, with the place of each; those that could not be read are there without a rule. */
export type Groups = Map<string, Placed<Rule | undefined>>;

/** Routers follow rules no deeper than 16 levels: this leaves room for the plan around them. */
const DEEPEST = 12;
/** What a split can carry to every router, over all phases. */
const MOST_RULES = 2000;
const NAME = /^[\p{L}\p{N}][\p{L}\p{N}_.-]*$/u;

const groupName = matching(
  text => isName(text, 64) && NAME.test(text),
  'the name of a group',
  'letters, digits, _ . and -',
);

/** `groups:` — rules by name. @param one reads a group of `user_groups:` in its own way */
export function groupsBy(one: z.ZodType<Rule>): z.ZodType<Groups> {
  return made(named(groupName, one, {form: 'NAME: {any: [{user_type: admin}]}'}), (rules, at) => {
    const names = Object.keys(at.value as object).filter(name => groupName.safeParse(name).success);
    return new Map(names.map(name => [name, {value: own(rules, name), spot: child(at, name)}]));
  });
}

/** The groups of both forms. A name that both have is a mistake. */
export function joinGroups(reader: YamlReader, groups: Groups, others: Groups): Groups {
  for (const [name, {spot}] of others) {
    const message = `a group ${quote(name)} is defined already`;
    if (groups.has(name))
      reader.mistake(spot, {message, allowed: 'each name once', found: quote(name)}, 'key');
  }
  return new Map([...others, ...groups]);
}

/**
 * Tells of groups that are named and not there, of circles, and of rules too deep or too large for a router.
 * @param at the plan
 * @param rules audiences and included rules of all phases
 */
export function checkGroups(
  reader: YamlReader,
  at: Spot,
  groups: Groups,
  rules: readonly Placed<Rule>[],
): void {
  const names = [...groups.keys()];
  const isOurs = ({spot}: {spot: Spot}) => at.path.every((step, index) => spot.path[index] === step);
  const ours = reader.groupsNamed.filter(isOurs);
  // A project may hold several plans: the plan around this one does not know its groups.
  reader.groupsNamed = reader.groupsNamed.filter(one => !isOurs(one));
  for (const {name, spot} of ours) {
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
