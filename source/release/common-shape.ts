import type {StepOutcome} from './command.ts';
import {STEP_OUTCOMES, VERDICT_ACTIONS} from './command.ts';
import type {PauseCause, Reason, Step, Verdict} from './state.ts';
import {FOOTINGS} from './state.ts';
import {
  isNumber,
  isRecord,
  isText,
  listOf,
  nullable,
  oneOf,
  optional,
  recordOf,
  type Check,
  type ShapeOf,
} from './shape.ts';

/** Checks of what commands and events both carry. */

const isFigure = optional(nullable(isNumber));
export const isReason: Check<Reason> = recordOf<Reason>({
  code: isText,
  text: isText,
  metric: optional(nullable(isText)),
  value: isFigure,
  threshold: isFigure,
  samples: isFigure,
  windowSeconds: isFigure,
});
/** Kinds of a newer version are kept and overrule nothing here. */
export const areCauses: Check<PauseCause[]> = listOf<PauseCause>({kind: isText});
export const areCriteria = listOf<{text: string; outcome: string}>({text: isText, outcome: isText});
export const isStepOutcome: Check<StepOutcome> = oneOf(STEP_OUTCOMES);
/** Numbers by name. */
export const areFacts: Check<Record<string, number>> = (value): value is Record<string, number> =>
  isRecord(value) && Object.values(value).every(isNumber);
export const areSteps: Check<Step[]> = listOf<Step>({
  id: isText,
  run: isText,
  name: isText,
  state: isText,
  attempts: isNumber,
  error: nullable(isText),
  facts: isRecord,
});

export const VERDICT: ShapeOf<Omit<Verdict, 'at'>> = {
  action: oneOf(VERDICT_ACTIONS),
  reasons: listOf<Reason>({code: isText, text: isText}),
  onset: optional(nullable(isNumber)),
  footing: optional(nullable(oneOf(FOOTINGS))),
};
