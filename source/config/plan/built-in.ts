import type {Evidence, Guardrail, Phase, Plan} from '../../release/plan.ts';
import {presetGuardrails} from './presets.ts';

const HOUR = 3_600_000;

/** Evidence where a plan does not say: one false alarm in a hundred releases, any true harm counts. */
export const DEFAULT_EVIDENCE: Evidence = {falseAlarms: 0.01, margin: 0, then: 'rollback'};
/** How long after completion a rollback is possible where a plan does not say, in milliseconds. */
const DEFAULT_ROLLBACK_WINDOW_MS = 24 * HOUR;
/** Headers and cookies that force a side where a plan does not name others. */
export const DEFAULT_FORCED: Plan['forced'] = {
  headers: ['x-gray-release', 'x-gray-flag'],
  cookies: ['gray_release', 'gray_user'],
};

/** A plan without phases, everything else as it is where a file does not say. */
export const EMPTY_PLAN: Plan = {
  name: 'empty',
  feature: null,
  phases: [],
  ramp: null,
  groups: {},
  guardrails: [],
  evidence: DEFAULT_EVIDENCE,
  complete: 'auto',
  whenStale: 'prod',
  hooks: {},
  rollbackWindowMs: DEFAULT_ROLLBACK_WINDOW_MS,
  forced: DEFAULT_FORCED,
  checklist: [],
  contacts: {},
};

function phase(name: string, percent: number, durationMs: number | null): Phase {
  return {
    name,
    percent,
    durationMs,
    audience: null,
    include: {users: [], rules: []},
    criteria: [],
    needsEarlierCriteria: false,
    manual: false,
    whenStale: null,
  };
}

/**
 * The limits at which a release is taken back where no plan sets any. The operator did not choose them, so a service that
 * does not measure availability or response times, or has few requests, must not be kept from going on by them.
 */
const GUARDRAILS = [...presetGuardrails('seed-rollback'), ...presetGuardrails('outage')].map(
  (guardrail): Guardrail => ({...guardrail, whenUnknown: 'ignore'}),
);

/**
 * The plan of a start that names none: four phases, no audiences, limits at which everything is taken back. The last phase
 * runs on until a person completes it: prod is not replaced without one where no plan was written.
 */
export const builtInPlan: Plan = {
  ...EMPTY_PLAN,
  name: 'built-in',
  phases: [
    phase('alpha', 5, 24 * HOUR),
    phase('beta', 20, 48 * HOUR),
    phase('gamma', 50, 72 * HOUR),
    phase('production', 100, null),
  ],
  guardrails: GUARDRAILS,
  complete: 'manual',
};
