import {builtInPlan} from '../config/plan/built-in.ts';
import {presetGuardrails} from '../config/plan/presets.ts';
import type {Plan} from '../release/plan.ts';
import {own} from '../release/name.ts';

export const FEATURE = 'new_payment';
export const VERSION = 'v1.1.0';
export const OLD_VERSION = 'v1.0.9';

const MINUTE = 60_000;
const MINUTES: Readonly<Record<string, number>> = {alpha: 2, beta: 5, gamma: 10};

/** The built-in plan in minutes instead of days, with limits to draw. */
export function demoPlan(): Plan {
  return {
    ...builtInPlan,
    name: 'demo',
    phases: builtInPlan.phases.map(phase => {
      const minutes = own(MINUTES, phase.name);
      return {...phase, durationMs: minutes === undefined ? null : minutes * MINUTE};
    }),
    guardrails: [...builtInPlan.guardrails, ...presetGuardrails('seed-alerts')],
  };
}
