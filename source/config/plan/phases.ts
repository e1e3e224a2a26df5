import {z} from 'zod';
import type {Criterion, Include, Phase, Rule, WhenStale} from '../../release/plan.ts';
import {scalarText} from './attribute.ts';
import {criteria} from './criteria.ts';
import {gate, hook} from './hooks.ts';
import {approval} from './raise.ts';
import {duration, flag, name, percent, setOf} from '../yaml/leaf.ts';
import {isWritten, withoutUndefined, type Placed, type Spot} from '../yaml/reader.ts';
import {made, mapping, may, must} from '../yaml/tree.ts';
import {readGroupName, rule} from './rule.ts';
import {quote} from '../../text/quote.ts';

/** A phase as far as it could be read; undefined stands for what could not. */
export interface PhaseDraft {
  spot: Spot;
  name: string | undefined;
  percent: number | undefined;
  /** Null: not written. */
  durationMs: number | null | undefined;
  audience: Rule | null | undefined;
  include: Include;
  criteria: Placed<Criterion>[];
  needsEarlierCriteria: boolean;
  manual: boolean;
  whenStale: WhenStale | null;
  approval?: 2;
  hooks?: Pick<Phase, 'before' | 'after' | 'confirm'>;
  /** Words of a seed document that mean a group, which the plan may or may not define. */
  peopleWords?: {group: string; word: string; spot: Spot}[];
}

export const whenStale = z.enum(['prod', 'keep']);

const NO_ONE: Include = {users: [], rules: []};

const userId = made(
  z.unknown().meta({type: ['string', 'number'], form: 'plain text or a number'}),
  (value, at, reader) => {
    const id = typeof value === 'boolean' ? null : scalarText(reader, at, 1024);
    if (id === null)
      return reader.mistake(at, {message: 'this is not a user id', allowed: 'plain text or a number'});
    if (/^[<>=!~≤≥≠]|\*|^\d+\s*(?:\.{2,3}|…|\bto\b|至)\s*\d+$/iu.test(id))
      return reader.mistake(at, {
        message: `${quote(id)} looks like an operator, a range or a pattern; ids are compared letter by letter`,
        allowed: 'each id by itself, or a group with a rule',
      });
    return id;
  },
);

/** Ids of users as they are written: `007` stays `007`. */
export const users = setOf(userId, 'a list of user ids: [1001, u-42]');

const groupName = made(
  z.unknown().meta({type: 'string', form: 'a name defined under groups:'}),
  (value, at, reader): Rule | undefined =>
    typeof value === 'string'
      ? readGroupName(reader, at, value)
      : reader.mistake(at, {
          message: 'this is not the name of a group',
          allowed: 'a name defined under groups:',
        }),
);

const include = made(
  mapping(
    {
      users: may(users, 'Ids of users.', '[1001, u-42]'),
      groups: may(
        z.array(groupName).meta({form: 'a list of group names: [vip]'}),
        'Groups of the plan.',
        '[vip]',
      ),
    },
    {alsoCalled: {user: 'users', group: 'groups'}},
  ),
  ({users: ids = [], groups = []}): Include => ({users: ids, rules: groups}),
);

/** Keys of a phase and of a ramp. */
export const peopleKeys = {
  audience: may(
    rule,
    'People who may get gray at all. The percentage is taken of them.',
    '{country: [CN, SG]}',
    'everyone',
  ),
  include: may(
    include,
    'People who get gray whatever the percentage.',
    '{users: [1001, u-42], groups: [vip]}',
    'no user',
  ),
};

const phaseKeys = mapping(
  {
    name: must(name, 'Name of the phase, once in a plan.', 'beta'),
    percent: must(percent, 'Share of the audience that gets gray.', '20'),
    duration: may(
      duration,
      'Time to stay before the phase may be left.',
      '48h',
      'until the operator says `next`; at 100 % with `complete: auto` no time',
    ),
    ...peopleKeys,
    criteria: may(
      criteria,
      'Conditions that must be shown to hold before the phase is left.',
      '["error_rate < 0.5 %", "response_time_p95 < 1.5x prod"]',
      'none',
    ),
    needsEarlierCriteria: may(
      flag,
      'The phase opens only if each criterion of the phases before it held when its phase was left.',
      'true',
      'false',
    ),
    manual: may(flag, 'Only the operator leaves the phase.', 'true', 'false'),
    whenStale: may(
      whenStale,
      'What a router does in this phase if it cannot reach the store.',
      'keep',
      'as the plan says',
    ),
    before: may(hook, 'Runs before the phase gives gray to anyone.', '[./warm-up.sh]'),
    after: may(hook, 'Runs when the phase is left, before the next one is entered.', '[./archive-logs.sh]'),
    confirm: may(gate, 'A gate: the phase is left only once this program ends with 0.', '[./is-approved.sh]'),
    approval: may(approval, 'How many people a raise into the phase and within it needs.', '2', '1'),
  },
  {
    example: '{name: beta, percent: 20, duration: 48h}',
    alsoCalled: {
      phase: 'name',
      percentage: 'percent',
      weight: 'percent',
      traffic: 'percent',
      for: 'duration',
      time: 'duration',
      who: 'audience',
      users: 'include',
      whitelist: 'include',
      conditions: 'criteria',
      entry: 'needsEarlierCriteria',
      allPreviousCriteriaMet: 'needsEarlierCriteria',
    },
  },
);

const phase = made(phaseKeys, (keys, at): PhaseDraft => {
  const {before, after, confirm} = keys;
  return {
    ...draftOf(at, keys),
    audience: isWritten(at, 'audience') ? keys.audience : null,
    include: keys.include ?? NO_ONE,
    criteria: keys.criteria ?? [],
    needsEarlierCriteria: keys.needsEarlierCriteria ?? false,
    manual: keys.manual ?? false,
    whenStale: keys.whenStale ?? null,
    hooks: withoutUndefined({before, after, confirm}),
    ...(keys.approval === 2 ? {approval: 2} : {}),
  };
});

/** A phase that says no more than its name, percentage and time. */
export function draftOf(
  spot: Spot,
  {
    name: called,
    percent: share,
    duration: ms,
  }: {name?: string | undefined; percent?: number | undefined; duration?: number | undefined},
): PhaseDraft {
  return {
    spot,
    name: called,
    percent: share,
    durationMs: isWritten(spot, 'duration') ? ms : null,
    audience: null,
    include: NO_ONE,
    criteria: [],
    needsEarlierCriteria: false,
    manual: false,
    whenStale: null,
  };
}

/** `phases:` of a plan in Graydeck's own form. */
export const phases = made(
  z.array(phase).meta({form: 'a list of phases: [{name: beta, percent: 20, duration: 48h}, …]'}),
  (list, at, reader) => {
    if (Array.isArray(at.value) && at.value.length === 0)
      reader.mistake(at, {message: 'a plan without phases releases nothing', allowed: 'at least one phase'});
    return list;
  },
);

/** The phase once nothing is wrong with it. */
export function phaseOf({spot: _, hooks, peopleWords: _words, ...draft}: PhaseDraft): Phase {
  return {
    ...draft,
    name: draft.name ?? '',
    percent: draft.percent ?? 0,
    durationMs: draft.durationMs ?? null,
    audience: draft.audience ?? null,
    criteria: draft.criteria.map(({value}) => value),
    ...hooks,
  };
}
