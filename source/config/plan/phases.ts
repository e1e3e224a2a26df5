import {z} from 'zod';
import type {Criterion, Include, Phase, Rule, WhenStale} from '../../release/plan.ts';
import {quote} from '../yaml/mistake.ts';
import {scalarText} from './attribute.ts';
import {readCriteria} from './criteria.ts';
import {readGate, readHook} from './hooks.ts';
import {readApproval} from './raise.ts';
import {duration, flag, name, oneOf, percent} from '../yaml/leaf.ts';
import {child, isWritten, type Placed, type Reader, type Spot} from '../yaml/reader.ts';
import {readGroupName, readRule} from './rule.ts';

/** A phase as far as it could be read; what could not is undefined. */
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
  hooks?: Pick<Phase, (typeof PHASE_HOOKS)[number]>;
  approval?: 2 | undefined;
}

const PHASE_HOOKS = ['before', 'after', 'confirm'] as const;

export const WHEN_STALE = ['prod', 'keep'] as const satisfies readonly WhenStale[];

const SHAPE = {
  name,
  percent,
  duration,
  audience: z.unknown(),
  include: z.unknown(),
  criteria: z.unknown(),
  needsEarlierCriteria: flag,
  manual: flag,
  whenStale: oneOf(WHEN_STALE),
  before: z.unknown(),
  after: z.unknown(),
  confirm: z.unknown(),
  approval: z.unknown(),
};
const OTHER_NAMES = {
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
};
const NOBODY: Include = {users: [], rules: []};

/** `phases:` of a plan in Graydeck's own form. */
export function readPhases(reader: Reader, spot: Spot): PhaseDraft[] {
  const items = reader.items(spot, 'a list of phases: [{name: beta, percent: 20, duration: 48h}, …]');
  if (Array.isArray(spot.value) && items.length === 0)
    reader.mistake(spot, {message: 'a plan without phases releases nothing', allowed: 'at least one phase'});
  return items.flatMap(item => readPhase(reader, item) ?? []);
}

function readPhase(reader: Reader, spot: Spot): PhaseDraft | null {
  const fields = reader.fields(spot, SHAPE, OTHER_NAMES);
  if (fields === null) return null;
  reader.require(spot, {name: 'name: beta', percent: 'percent: 20'});
  return {
    spot,
    name: fields.name,
    percent: fields.percent,
    durationMs: isWritten(spot, 'duration') ? fields.duration : null,
    ...readAudience(reader, spot),
    criteria: fields.criteria === undefined ? [] : readCriteria(reader, child(spot, 'criteria')),
    needsEarlierCriteria: fields.needsEarlierCriteria ?? false,
    manual: fields.manual ?? false,
    whenStale: fields.whenStale ?? null,
    hooks: readPhaseHooks(reader, spot),
    approval: isWritten(spot, 'approval') ? readApproval(reader, child(spot, 'approval')) : undefined,
  };
}

function readPhaseHooks(reader: Reader, spot: Spot): NonNullable<PhaseDraft['hooks']> {
  const hooks: NonNullable<PhaseDraft['hooks']> = {};
  for (const name of PHASE_HOOKS) {
    if (!isWritten(spot, name)) continue;
    const at = child(spot, name);
    const hook = name === 'confirm' ? readGate(reader, at) : readHook(reader, at);
    if (hook !== undefined) hooks[name] = hook;
  }
  return hooks;
}

/** `audience` and `include` of a phase or ramp. */
export function readAudience(reader: Reader, spot: Spot): Pick<PhaseDraft, 'audience' | 'include'> {
  return {
    audience: isWritten(spot, 'audience') ? readRule(reader, child(spot, 'audience')) : null,
    include: isWritten(spot, 'include') ? readInclude(reader, child(spot, 'include')) : NOBODY,
  };
}

function readInclude(reader: Reader, spot: Spot): Include {
  const fields = reader.fields(
    spot,
    {users: z.unknown(), groups: z.unknown()},
    {user: 'users', group: 'groups'},
  );
  if (fields === null) return NOBODY;
  const groups =
    fields.groups === undefined ? [] : reader.items(child(spot, 'groups'), 'a list of group names: [vip]');
  return {
    users: fields.users === undefined ? [] : readUsers(reader, child(spot, 'users')),
    rules: groups.flatMap(item => {
      if (typeof item.value === 'string') return [readGroupName(reader, item, item.value)];
      reader.mistake(item, {
        message: 'this is not the name of a group',
        allowed: 'a name defined under groups:',
      });
      return [];
    }),
  };
}

/** Ids of users, as written: `007` stays `007`. */
export function readUsers(reader: Reader, spot: Spot): string[] {
  const ids = reader.items(spot, 'a list of user ids: [1001, u-42]').flatMap(item => {
    const id = typeof item.value === 'boolean' ? null : scalarText(reader, item, 1024);
    if (id === null)
      reader.mistake(item, {message: 'this is not a user id', allowed: 'plain text or a number'});
    else if (/^[<>=!~≤≥≠]|\*|^\d+\s*(?:\.{2,3}|…|\bto\b|至)\s*\d+$/iu.test(id))
      reader.mistake(item, {
        message: `${quote(id)} looks like an operator, a range or a pattern; ids are compared letter by letter`,
        allowed: 'each id by itself, or a group with a rule',
      });
    return id ?? [];
  });
  return [...new Set(ids)];
}

/** The phase once nothing is wrong with it. */
export function phaseOf(draft: PhaseDraft): Phase {
  return {
    name: draft.name ?? '',
    percent: draft.percent ?? 0,
    durationMs: draft.durationMs ?? null,
    audience: draft.audience ?? null,
    include: draft.include,
    criteria: draft.criteria.map(({value}) => value),
    needsEarlierCriteria: draft.needsEarlierCriteria,
    manual: draft.manual,
    whenStale: draft.whenStale,
    ...draft.hooks,
    ...(draft.approval === undefined ? {} : {approval: draft.approval}),
  };
}
