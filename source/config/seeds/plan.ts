import {z} from 'zod';
import type {Criterion, Include, Rule} from '../../release/plan.ts';
import {judged} from '../plan/criteria.ts';
import {readCondition} from '../condition/condition.ts';
import {duration, featureName, flag, name, percent} from '../yaml/leaf.ts';
import type {Problem, Reading} from '../yaml/mistake.ts';
import {draftOf, users, type PhaseDraft} from '../plan/phases.ts';
import {child, type Placed, type YamlReader, type Spot} from '../yaml/reader.ts';
import {made, mapping, may, must, type Draft} from '../yaml/tree.ts';
import {own} from '../../release/name.ts';

/** Words about people that stand under `criteria`, and the group each means. */
const PEOPLE_WORDS: Readonly<Record<string, string>> = {
  internal_users_only: 'internal',
  internal_only: 'internal',
  vip_only: 'vip',
};
/** Who belongs to such a group when the file does not define it. */
const WITHOUT_GROUP: Readonly<Record<string, Rule>> = {
  internal: {attribute: 'user_type', test: {op: 'in', values: ['internal']}},
  vip: {attribute: 'user_type', test: {op: 'in', values: ['vip']}},
};

const ENTRIES = 'a list of one-key maps: - error_rate: "< 0.1%"';
/** Every key of a map, with its place. */
const entry = made(z.record(z.string(), z.unknown()).meta({form: ENTRIES}), (keys, at) =>
  Object.keys(keys).map((key): Entry => ({key, at: child(at, key)})),
);

const phaseKeys = mapping(
  {
    phase: must(name, 'Name of the phase.', '"内部测试"'),
    percentage: must(percent, 'Share of the audience that gets gray.', '10'),
    duration: may(duration, 'Time to stay before the phase may be left.', '"2天"'),
    criteria: may(
      z.array(entry).meta({form: ENTRIES}),
      'Conditions by metric; `whitelist` and `internal_users_only` name people, `all_previous_criteria_met` is a gate.',
      '[error_rate: "< 0.1%"]',
    ),
  },
  {alsoCalled: {name: 'phase', percent: 'percentage', weight: 'percentage'}},
);

/**
 * `gray_release_plan:` — phases by `phase`, `percentage`, `duration` (`2天`, `即时`) and `criteria` as a list of one-key
 * maps. Words about people go to `include`; `all_previous_criteria_met` is the phase's entry gate.
 */
export const seedPlan = made(
  mapping({
    feature: may(featureName, 'Feature that is released.', 'new_payment_system'),
    phases: must(
      z.array(made(phaseKeys, readPhase)).meta({form: 'a list of {phase, percentage, duration, criteria}'}),
      'Phases in their order.',
      '[{phase: "全面上线", percentage: 100, duration: "即时"}]',
    ),
  }),
  ({feature, phases = []}) => ({feature, phases}),
);

function readPhase(keys: Draft<typeof phaseKeys>, at: Spot, reader: YamlReader): PhaseDraft {
  const {phase, percentage, criteria = []} = keys;
  const include: Include = {users: [], rules: []};
  const words: NonNullable<PhaseDraft['peopleWords']> = [];
  const draft = {
    ...draftOf(at, {name: phase, percent: percentage, duration: keys.duration}),
    include,
    peopleWords: words,
  };
  for (const {key, at: spot} of criteria.flat()) {
    const group = own(PEOPLE_WORDS, key);
    if (key === 'whitelist') include.users.push(...(reader.read(spot, users) ?? []));
    else if (group !== undefined) {
      if (reader.read(spot, flag) === true) words.push({group, word: key, spot});
    } else if (key === 'all_previous_criteria_met')
      draft.needsEarlierCriteria = reader.read(spot, flag) === true;
    else draft.criteria.push(...readCriterion(reader, {key, at: spot}));
  }
  return draft;
}

interface Entry {
  key: string;
  at: Spot;
}

/** The rule of a word about people: the group that it means, or the attribute where the plan defines no such group. */
export function peopleRule(
  reader: YamlReader,
  {group, word, spot}: NonNullable<PhaseDraft['peopleWords']>[number],
  groups: ReadonlyMap<string, unknown>,
): Rule {
  const rule = own(WITHOUT_GROUP, group);
  if (groups.has(group) || rule === undefined) return {group};
  reader.warn(
    spot,
    {
      message: `no group ${group} is defined: ${word} is read as people whose user_type is ${group}`,
      allowed: `groups: {${group}: …} to say otherwise`,
      found: word,
    },
    'key',
  );
  return rule;
}

/** `error_rate: "< 0.1%"`: key and value together are the condition. */
function readCriterion(reader: YamlReader, {key, at}: Entry): Placed<Criterion>[] {
  const value = typeof at.value === 'string' || typeof at.value === 'number' ? String(at.value) : null;
  if (value === null) {
    reader.mistake(at, {message: `${key} has no condition`, allowed: `${key}: "< 0.1 %"`});
    return [];
  }
  const start = key.length + 1;
  const reading = readCondition(`${key} ${value}`, reader.book);
  if (!reading.ok) {
    for (const problem of reading.problems) sayAt(reader, at, problem, start);
    return [];
  }
  reader.take(at, inValue(reading, start));
  const condition = judged(reader, at, reading.value, 'criterion');
  return condition === undefined ? [] : [{value: {condition, dryRun: false}, spot: at}];
}

/** A problem of the joined text, at the key or at the value. */
function sayAt(reader: YamlReader, at: Spot, problem: Problem, start: number): void {
  const offset = problem.at ?? 0;
  if (offset < start - 1) reader.mistake(at, {...problem, at: 0}, 'key');
  else reader.mistake(at, {...problem, at: Math.max(0, offset - start)});
}

function inValue<T>(reading: Reading<T>, start: number): Reading<T> {
  if (!reading.ok) return reading;
  const warnings = (reading.warnings ?? []).map(one => ({...one, at: Math.max(0, (one.at ?? 0) - start)}));
  return {...reading, warnings};
}
