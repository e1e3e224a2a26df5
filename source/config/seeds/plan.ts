import {z} from 'zod';
import type {Criterion, Include, Rule} from '../../release/plan.ts';
import {judged} from '../plan/criteria.ts';
import {readCondition} from '../condition/condition.ts';
import {duration, featureName, name, percent} from '../yaml/leaf.ts';
import type {Problem, Reading} from '../yaml/mistake.ts';
import {readUsers, type PhaseDraft} from '../plan/phases.ts';
import {child, isMapping, isWritten, type Placed, type Reader, type Spot} from '../yaml/reader.ts';
import {own} from '../../release/own.ts';

const PLAN_SHAPE = {feature: featureName, phases: z.unknown()};
const PHASE_SHAPE = {phase: name, percentage: percent, duration, criteria: z.unknown()};
const OTHER_NAMES = {name: 'phase', percent: 'percentage', weight: 'percentage'};

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

/**
 * `gray_release_plan:` — phases by `phase`, `percentage`, `duration` (`2天`, `即时`) and `criteria` as a list of one-key
 * maps. Words about people go to `include`; `all_previous_criteria_met` is the phase's entry gate.
 * @param hasGroup whether the file defines a group of this name
 */
export function readSeedPlan(
  reader: Reader,
  spot: Spot,
  hasGroup: (name: string) => boolean,
): {feature: string | undefined; phases: PhaseDraft[]} {
  const fields = reader.fields(spot, PLAN_SHAPE);
  if (fields === null) return {feature: undefined, phases: []};
  reader.require(spot, {phases: 'phases: a list of {phase, percentage, duration, criteria}'});
  if (!isWritten(spot, 'phases')) return {feature: fields.feature, phases: []};
  const items = reader.items(child(spot, 'phases'), 'a list of {phase, percentage, duration, criteria}');
  return {feature: fields.feature, phases: items.flatMap(item => readPhase(reader, item, hasGroup) ?? [])};
}

function readPhase(reader: Reader, spot: Spot, hasGroup: (name: string) => boolean): PhaseDraft | null {
  const fields = reader.fields(spot, PHASE_SHAPE, OTHER_NAMES);
  if (fields === null) return null;
  reader.require(spot, {phase: 'phase: "内部测试"', percentage: 'percentage: 10'});
  const include: Include = {users: [], rules: []};
  const draft: PhaseDraft = {
    spot,
    name: fields.phase,
    percent: fields.percentage,
    durationMs: isWritten(spot, 'duration') ? fields.duration : null,
    audience: null,
    include,
    criteria: [],
    needsEarlierCriteria: false,
    manual: false,
    whenStale: null,
  };
  for (const entry of fields.criteria === undefined
    ? []
    : criterionEntries(reader, child(spot, 'criteria'))) {
    const {key, at} = entry;
    if (key === 'whitelist') include.users.push(...readUsers(reader, at));
    else if (Object.hasOwn(PEOPLE_WORDS, key)) include.rules.push(...readPeopleWord(reader, entry, hasGroup));
    else if (key === 'all_previous_criteria_met') draft.needsEarlierCriteria = isTrue(reader, at);
    else draft.criteria.push(...readCriterion(reader, entry));
  }
  return draft;
}

interface Entry {
  key: string;
  at: Spot;
}

/** Every key of every map in the list. */
function criterionEntries(reader: Reader, spot: Spot): Entry[] {
  const allowed = 'a list of one-key maps: - error_rate: "< 0.1%"';
  return reader.items(spot, allowed).flatMap(item => {
    if (isMapping(item.value)) return Object.keys(item.value).map(key => ({key, at: child(item, key)}));
    reader.mistake(item, {message: 'this criterion is not a map of one key', allowed});
    return [];
  });
}

function isTrue(reader: Reader, spot: Spot): boolean {
  if (typeof spot.value === 'boolean') return spot.value;
  reader.mistake(spot, {message: 'this is neither true nor false', allowed: 'true or false'});
  return false;
}

function readPeopleWord(reader: Reader, {key, at}: Entry, hasGroup: (name: string) => boolean): Rule[] {
  const group = own(PEOPLE_WORDS, key) ?? '';
  if (!isTrue(reader, at)) return [];
  const rule = own(WITHOUT_GROUP, group);
  if (hasGroup(group) || rule === undefined) return [{group}];
  reader.warn(
    at,
    {
      message: `no group ${group} is defined: ${key} is read as people whose user_type is ${group}`,
      allowed: `groups: {${group}: …} to say otherwise`,
      found: key,
    },
    'key',
  );
  return [rule];
}

/** `error_rate: "< 0.1%"`: key and value together are the condition. */
function readCriterion(reader: Reader, {key, at}: Entry): Placed<Criterion>[] {
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
function sayAt(reader: Reader, at: Spot, problem: Problem, start: number): void {
  const offset = problem.at ?? 0;
  if (offset < start - 1) reader.mistake(at, {...problem, at: 0}, 'key');
  else reader.mistake(at, {...problem, at: Math.max(0, offset - start)});
}

function inValue<T>(reading: Reading<T>, start: number): Reading<T> {
  if (!reading.ok) return reading;
  const warnings = (reading.warnings ?? []).map(one => ({...one, at: Math.max(0, (one.at ?? 0) - start)}));
  return {...reading, warnings};
}
