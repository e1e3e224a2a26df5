import type {Condition, Criterion, HookName, Phase, Plan} from '../../source/release/plan.ts';
import {HOUR} from './specification.ts';

/** A phase for a test. */
export function phase(name: string, percent: number, rest: Partial<Phase> = {}): Phase {
  return {
    name,
    percent,
    durationMs: HOUR,
    audience: null,
    include: {users: [], rules: []},
    criteria: [],
    needsEarlierCriteria: false,
    manual: false,
    whenStale: null,
    ...rest,
  };
}

/** A plan for a test, without hooks by default. */
export function planOf(phases: Phase[], rest: Partial<Plan> = {}): Plan {
  return {
    name: 'test',
    feature: null,
    phases,
    ramp: null,
    groups: {},
    guardrails: [],
    evidence: null,
    complete: 'manual',
    whenStale: 'prod',
    hooks: {},
    rollbackWindowMs: HOUR,
    forced: {headers: [], cookies: []},
    checklist: [],
    contacts: {},
    ...rest,
  };
}

/** A plan with 5, 20, 50 and 100 % of everyone. */
export function fourPhases(rest: Partial<Plan> = {}): Plan {
  return planOf([phase('alpha', 5), phase('beta', 20), phase('gamma', 50), phase('production', 100)], rest);
}

/** Hooks by name. Their commands do not matter here. */
export function hooks(...names: HookName[]): Plan['hooks'] {
  return Object.fromEntries(names.map(name => [name, {argv: [name], timeoutMs: 1000, check: null}]));
}

export const ALL_HOOKS = hooks(
  'backup',
  'deploy',
  'stop',
  'restore',
  'promote',
  'verify',
  'demote',
  'cleanup',
);

/** A criterion by its text. Its metric does not matter here. */
export function criterion(text: string, dryRun = false): Criterion {
  const condition: Condition = {
    text,
    metric: 'error_rate',
    improvement: false,
    op: '<',
    threshold: {value: 1, unit: 'percent'},
    overMs: 300_000,
    minRequests: 0,
  };
  return {condition, dryRun};
}
