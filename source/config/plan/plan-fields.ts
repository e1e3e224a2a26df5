import {z} from 'zod';
import type {Phase, Plan, Rule} from '../../release/plan.ts';
import {DEFAULT_EVIDENCE, DEFAULT_FORCED, EMPTY_PLAN} from './built-in.ts';
import {guardrails, presets} from './guardrails.ts';
import {type Groups, checkGroups, groupsBy, joinGroups, seedGroup} from './groups.ts';
import {hooks} from './hooks.ts';
import {duration, featureName, name} from '../yaml/leaf.ts';
import {phaseOf, phases, whenStale, type PhaseDraft} from './phases.ts';
import {checkHold, checkPhases} from './plan-checks.ts';
import {attributeName, checklist, contacts, evidence, forced, salt} from './plan-settings.ts';
import {PRESET_NAMES} from './presets.ts';
import {approval, raise} from './raise.ts';
import {ramp} from './ramp.ts';
import {rule} from './rule.ts';
import {child, isWritten, withoutUndefined, type Placed, type YamlReader, type Spot} from '../yaml/reader.ts';
import {mapping, may, type Draft} from '../yaml/tree.ts';
import {peopleRule, seedPlan} from '../seeds/plan.ts';
import {rollbackConditions} from '../seeds/rollback.ts';

/** Every key of a plan; the last three are blocks of the seed documents. */
export const PLAN_KEYS = {
  name: may(name, 'Name of the plan.', 'payment', 'the feature, else the name of the file'),
  feature: may(featureName, 'Feature that is released.', 'new_payment', 'the feature that the command names'),
  phases: may(
    phases,
    'Phases in their order, with rising percentages.',
    '[{name: beta, percent: 20, duration: 48h}, {name: all, percent: 100}]',
  ),
  ramp: may(ramp, 'Phases by equal steps, in place of `phases`.', '{step: 10 %, every: 30s}'),
  guardrails: may(
    guardrails,
    'Limits that are watched in every phase.',
    '[{when: "error_rate > 10 %", for: 5m, then: rollback}]',
    'none',
  ),
  presets: may(presets, `Ready guardrails: ${PRESET_NAMES.join(', ')}.`, '[seed-rollback, outage]', 'none'),
  evidence: may(
    evidence,
    'How sure the comparison of gray with prod must be before it acts.',
    '{falseAlarms: 1 %, margin: 0, then: rollback}',
    'on',
  ),
  complete: may(
    z.enum(['auto', 'manual']),
    'Whether the release completes by itself at the end of the last phase.',
    'manual',
    'auto',
  ),
  whenStale: may(
    whenStale,
    'What a router does if it cannot reach the store: back to prod, or keep its sides.',
    'keep',
    'prod; keep in a phase of 100 %',
  ),
  groups: may(
    groupsBy(rule),
    'Groups of people by name, for `audience` and `include`.',
    '{vip: {all: [{level: vip}, {last_login: within 7 days}]}}',
    'none',
  ),
  hooks: may(hooks, 'Programs that the steps of a release run.', '{deploy: [./deploy.sh]}', 'none'),
  rollbackWindow: may(duration, 'How long after completion a rollback stays possible.', '7 days', '24h'),
  forced: may(
    forced,
    'Headers and cookies that force a side, or `off`.',
    '{headers: [x-gray-release], cookies: [gray_user]}',
    'x-gray-release, x-gray-flag; gray_release, gray_user',
  ),
  bucketBy: may(
    attributeName,
    'Attribute that is hashed in place of the id, so that all users of a tenant are on one side.',
    'tenant',
    'the id',
  ),
  salt: may(
    salt,
    'Text that is hashed before it. With the same one, releases of several features begin with the same users.',
    'summer-2026',
    'the feature',
  ),
  checklist: may(checklist, 'What people go through before the start.', '["The data is saved"]', 'none'),
  contacts: may(contacts, 'Whom to reach, by name.', '{support: tech@example.com}', 'none'),
  raise: may(
    raise,
    'Hours in which the guard may raise. A person is asked in addition.',
    '{when: "Mon-Fri 09:00-17:00 Europe/Berlin", except: [2026-12-24]}',
    'always',
  ),
  approval: may(approval, 'How many people each raise needs.', '2', '1'),
  gray_release_plan: may(
    seedPlan,
    'Phases in the form of the seed documents, in place of `phases`.',
    '{phases: [{phase: "all", percentage: 100, duration: "即时"}]}',
  ),
  user_groups: may(
    groupsBy(seedGroup),
    'Groups in the form of the seed documents, in addition to `groups`.',
    '{internal: [user_type: "admin"]}',
  ),
  rollback_conditions: may(
    rollbackConditions,
    'Limits in the form of the seed documents, in addition to `guardrails`.',
    '[{metric: "error_rate", threshold: 0.1, duration: "5m"}]',
  ),
};

/** The keys that give a plan its phases; a plan has one of them. */
export const PHASE_KEYS = ['phases', 'ramp', 'gray_release_plan'] as const;

export const PLAN_ALSO_CALLED = {
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

/** The tree of a plan: what a plan file may hold. */
export const planTree = mapping(PLAN_KEYS, {alsoCalled: PLAN_ALSO_CALLED});
type PlanDraft = Draft<typeof planTree>;

/** Builds the plan from what could be read. Mistakes between its parts are told to the reader. */
export function planFrom(reader: YamlReader, at: Spot, draft: PlanDraft, fallbackName: string): Plan {
  const groups = joinGroups(reader, draft.groups ?? new Map(), draft.user_groups ?? new Map());
  const {key, phases: drafts} = phasesOf(reader, at, draft, groups);
  const rails = [...(draft.guardrails ?? []), ...(draft.presets ?? []), ...(draft.rollback_conditions ?? [])];
  const stages = key === 'ramp' ? (draft.ramp?.ramp ?? null) : null;
  const complete = draft.complete ?? EMPTY_PLAN.complete;
  checkPhases(reader, drafts, rails, complete);
  if (stages?.equal === 'hold') checkHold(reader, child(child(at, 'ramp'), 'equal'), rails);
  checkGroups(reader, at, groups, drafts.flatMap(rulesOf));

  const feature = draft.feature ?? draft.gray_release_plan?.feature ?? null;
  return {
    name: draft.name ?? feature ?? fallbackName,
    feature,
    phases: drafts.map(one => finished(one, complete, draft.whenStale)),
    ramp: stages,
    groups: Object.fromEntries(
      [...groups].map(([group, {value}]): [string, Rule] => [group, value ?? {any: []}]),
    ),
    guardrails: rails.map(({value}) => value),
    evidence: draft.evidence === undefined ? DEFAULT_EVIDENCE : draft.evidence,
    complete,
    whenStale: draft.whenStale ?? EMPTY_PLAN.whenStale,
    hooks: withoutUndefined(draft.hooks ?? {}),
    rollbackWindowMs: draft.rollbackWindow ?? EMPTY_PLAN.rollbackWindowMs,
    forced: draft.forced ?? DEFAULT_FORCED,
    ...(draft.bucketBy === undefined || draft.bucketBy === 'id' ? {} : {bucketBy: draft.bucketBy}),
    ...(draft.salt === undefined ? {} : {salt: draft.salt}),
    checklist: draft.checklist ?? [],
    contacts: draft.contacts ?? {},
    ...(draft.raise === undefined ? {} : {raise: [draft.raise]}),
    ...(draft.approval === 2 ? {approval: 2} : {}),
  };
}

function rulesOf({audience, include, spot}: PhaseDraft): Placed<Rule>[] {
  return [
    ...(audience ? [{value: audience, spot: child(spot, 'audience')}] : []),
    ...include.rules.map(value => ({value, spot: child(spot, 'include')})),
  ];
}

/** The phases of the plan and the key that gives them. More than one such key is a mistake. */
function phasesOf(
  reader: YamlReader,
  at: Spot,
  draft: PlanDraft,
  groups: Groups,
): {key: (typeof PHASE_KEYS)[number] | undefined; phases: PhaseDraft[]} {
  const [key, ...others] = PHASE_KEYS.filter(one => isWritten(at, one));
  for (const other of others)
    reader.mistake(
      child(at, other),
      {message: `${key} gives the phases already`, allowed: `one of ${PHASE_KEYS.join(', ')}`, found: other},
      'key',
    );
  if (key === undefined) return {key, phases: []};
  const read = key === 'phases' ? draft.phases : draft[key]?.phases;
  return {
    key,
    phases: (read ?? []).map(({peopleWords = [], ...one}) => {
      const rules = peopleWords.map(word => peopleRule(reader, word, groups));
      return rules.length === 0
        ? one
        : {...one, include: {...one.include, rules: [...one.include.rules, ...rules]}};
    }),
  };
}

/**
 * The phase as the log keeps it. A last phase that names no time ends at once where the plan completes by itself, else
 * it would wait for ever. At 100 % routers keep their side unless the plan itself says what a stale one does.
 */
function finished(
  draft: PhaseDraft,
  complete: Plan['complete'],
  stale: Plan['whenStale'] | undefined,
): Phase {
  const phase = phaseOf(draft);
  const isWhole = phase.percent === 100;
  return {
    ...phase,
    durationMs: phase.durationMs ?? (isWhole && complete === 'auto' && !phase.manual ? 0 : null),
    whenStale: phase.whenStale ?? (isWhole ? (stale ?? null) : null),
  };
}
