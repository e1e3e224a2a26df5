import {z} from 'zod';
import type {Guardrail, Phase, Plan, Rule} from '../../release/plan.ts';
import {DEFAULT_EVIDENCE, DEFAULT_FORCED, EMPTY_PLAN} from './built-in.ts';
import {readGuardrails, readPresets} from './guardrails.ts';
import {checkGroups, readGroups, type Groups} from './groups.ts';
import {readHooks} from './hooks.ts';
import {duration, featureName, name, oneOf} from '../yaml/leaf.ts';
import {phaseOf, readPhases, WHEN_STALE, type PhaseDraft} from './phases.ts';
import {checkHold, checkPhases} from './plan-checks.ts';
import {readChecklist, readContacts, readEvidence, readForced} from './plan-settings.ts';
import {readApproval, readRaise} from './raise.ts';
import {readRamp} from './ramp.ts';
import {child, isWritten, type Fields, type Placed, type Reader, type Spot} from '../yaml/reader.ts';
import {readSeedGroup} from '../seeds/groups.ts';
import {readSeedPlan} from '../seeds/plan.ts';
import {readRollbackConditions} from '../seeds/rollback.ts';

/** Every key of a plan; the last three are the seed documents' own blocks. */
export const PLAN_SHAPE = {
  name,
  feature: featureName,
  phases: z.unknown(),
  ramp: z.unknown(),
  guardrails: z.unknown(),
  presets: z.unknown(),
  evidence: z.unknown(),
  complete: oneOf(['auto', 'manual']),
  whenStale: oneOf(WHEN_STALE),
  groups: z.unknown(),
  hooks: z.unknown(),
  rollbackWindow: duration,
  forced: z.unknown(),
  checklist: z.unknown(),
  contacts: z.unknown(),
  raise: z.unknown(),
  approval: z.unknown(),
  gray_release_plan: z.unknown(),
  user_groups: z.unknown(),
  rollback_conditions: z.unknown(),
};

/** The keys that give a plan its phases; a plan has one of them. */
export const PHASE_KEYS = ['phases', 'ramp', 'gray_release_plan'] as const;

export const PLAN_OTHER_NAMES = {
  steps: 'phases',
  stages: 'phases',
  alerts: 'guardrails',
  rules: 'guardrails',
  rollback: 'guardrails',
  conditions: 'guardrails',
  analysis: 'evidence',
  audience: 'groups',
  stale: 'whenStale',
  window: 'rollbackWindow',
  title: 'name',
};

/** Builds the plan from its fields; what is missing or wrong is told to the reader, and the rest is read all the same. */
export function planFrom(
  reader: Reader,
  spot: Spot,
  fields: Fields<typeof PLAN_SHAPE>,
  fallbackName: string,
): Plan {
  const has = (key: keyof typeof PLAN_SHAPE): boolean => isWritten(spot, key);
  const at = (key: keyof typeof PLAN_SHAPE): Spot => child(spot, key);

  const groups: Groups = new Map();
  if (has('groups')) readGroups(reader, at('groups'), groups);
  if (has('user_groups')) readGroups(reader, at('user_groups'), groups, readSeedGroup);

  const {phases: drafts, ramp, feature} = readPhaseKeys(reader, spot, groups);
  const guardrails: Placed<Guardrail>[] = [
    ...(has('guardrails') ? readGuardrails(reader, at('guardrails')) : []),
    ...(has('presets') ? readPresets(reader, at('presets')) : []),
    ...(has('rollback_conditions') ? readRollbackConditions(reader, at('rollback_conditions')) : []),
  ];
  const complete = fields.complete ?? EMPTY_PLAN.complete;
  checkPhases(reader, drafts, guardrails, complete);
  if (ramp?.equal === 'hold') checkHold(reader, child(at('ramp'), 'equal'), guardrails);
  checkGroups(reader, groups, drafts.flatMap(rulesOf));

  const raise = has('raise') ? readRaise(reader, at('raise')) : undefined;
  const approval = has('approval') ? readApproval(reader, at('approval')) : undefined;
  const named = fields.feature ?? feature ?? null;
  return {
    name: fields.name ?? named ?? fallbackName,
    feature: named,
    phases: drafts.map(draft => finished(draft, complete, fields.whenStale)),
    ramp,
    groups: Object.fromEntries(
      [...groups].map(([key, {value}]): [string, Rule] => [key, value ?? {any: []}]),
    ),
    guardrails: guardrails.map(({value}) => value),
    evidence: has('evidence') ? readEvidence(reader, at('evidence')) : DEFAULT_EVIDENCE,
    complete,
    whenStale: fields.whenStale ?? EMPTY_PLAN.whenStale,
    hooks: has('hooks') ? readHooks(reader, at('hooks')) : {},
    rollbackWindowMs: fields.rollbackWindow ?? EMPTY_PLAN.rollbackWindowMs,
    forced: has('forced') ? readForced(reader, at('forced')) : DEFAULT_FORCED,
    checklist: has('checklist') ? readChecklist(reader, at('checklist')) : [],
    contacts: has('contacts') ? readContacts(reader, at('contacts')) : {},
    ...(raise === undefined ? {} : {raise: [raise]}),
    ...(approval === undefined ? {} : {approval}),
  };
}

function rulesOf({audience, include, spot}: PhaseDraft): Placed<Rule>[] {
  return [
    ...(audience ? [{value: audience, spot: child(spot, 'audience')}] : []),
    ...include.rules.map(value => ({value, spot: child(spot, 'include')})),
  ];
}

interface PhaseKeys {
  phases: PhaseDraft[];
  ramp: Plan['ramp'];
  feature?: string | undefined;
}

function readPhaseKeys(reader: Reader, spot: Spot, groups: Groups): PhaseKeys {
  const [key, ...others] = PHASE_KEYS.filter(one => isWritten(spot, one));
  for (const other of others) {
    reader.mistake(
      child(spot, other),
      {message: `${key} gives the phases already`, allowed: `one of ${PHASE_KEYS.join(', ')}`, found: other},
      'key',
    );
    // Whichever of them goes, what is wrong in the one that stays is told now.
    readPhasesBy(other, reader, child(spot, other), groups);
  }
  return key === undefined ? {phases: [], ramp: null} : readPhasesBy(key, reader, child(spot, key), groups);
}

function readPhasesBy(key: (typeof PHASE_KEYS)[number], reader: Reader, at: Spot, groups: Groups): PhaseKeys {
  switch (key) {
    case 'ramp':
      return readRamp(reader, at);
    case 'gray_release_plan':
      return {...readSeedPlan(reader, at, group => groups.has(group)), ramp: null};
    case 'phases':
      return {phases: readPhases(reader, at), ramp: null};
  }
}

/**
 * The phase as the log keeps it. A last phase that names no time ends at once where the plan completes by itself, else
 * it would wait for ever. At 100 % routers keep their side unless the plan itself says what a stale one does.
 */
function finished(
  draft: PhaseDraft,
  complete: Plan['complete'],
  whenStale: Plan['whenStale'] | undefined,
): Phase {
  const phase = phaseOf(draft);
  const isWhole = phase.percent === 100;
  return {
    ...phase,
    durationMs: phase.durationMs ?? (isWhole && complete === 'auto' && !phase.manual ? 0 : null),
    whenStale: phase.whenStale ?? (isWhole ? (whenStale ?? null) : null),
  };
}
