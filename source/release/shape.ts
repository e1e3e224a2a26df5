import {STEP_OUTCOMES, type StepOutcome, VERDICT_ACTIONS} from './command.ts';
import {FOOTINGS, type PauseCause, type Reason, type Step, type Verdict} from './state.ts';

/**
 * Whether a value that came from outside is a T, as far as it is looked at. The second part is never there: it makes the
 * compiler refuse a check that takes less or more than the type says.
 */
export type Check<T = unknown> = ((value: unknown) => value is T) & {readonly exactly?: (value: T) => T};
/** A check for each field of a record; more fields may be there. */
export type Shape = Readonly<Record<string, (value: unknown) => boolean>>;
/**
 * Every field of a type with its check: the type describes what is sent, and a field that is added there, or changes, is
 * missing here until it is checked. `type` names the record and `ignorable` is for readers that do not know it.
 */
export type ShapeOf<T> = {
  readonly [F in keyof T as F extends 'type' | 'ignorable' ? never : F]-?: Check<T[F]>;
};

export const isText: Check<string> = (value): value is string => typeof value === 'string';
export const isFlag: Check<boolean> = (value): value is boolean => typeof value === 'boolean';
export const isNumber: Check<number> = (value): value is number =>
  typeof value === 'number' && Number.isFinite(value);
/** Later moments are no time of a release but a fault: arithmetic with them never ends. The year 2100, milliseconds since 1970. */
const LATEST_MS = 4_102_444_800_000;
/** A moment in milliseconds since 1970. */
export const isMoment: Check<number> = (value): value is number =>
  typeof value === 'number' && Math.abs(value) <= LATEST_MS;
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const optional =
  <T>(check: Check<T>): Check<T | undefined> =>
  (value): value is T | undefined =>
    value === undefined || check(value);
export const nullable =
  <T>(check: Check<T>): Check<T | null> =>
  (value): value is T | null =>
    value === null || check(value);
export const oneOf = <const T extends string>(words: readonly T[]): Check<T> => {
  const known = new Set<unknown>(words);
  return (value): value is T => known.has(value);
};
/** A number from 0 to `most`. */
export const upTo =
  (most: number): Check<number> =>
  (value): value is number =>
    typeof value === 'number' && value >= 0 && value <= most;
/** A record of which these fields are looked at. A newer version may send others than the type knows. */
export const recordOf =
  <T extends object>(shape: Partial<{[F in keyof T]: (value: unknown) => boolean}>): Check<T> =>
  (value): value is T =>
    isRecord(value) && wrongField(value, shape as Shape) === null;
/** A list of records of which these fields are looked at. */
export const listOf = <T extends object>(
  shape: Partial<{[F in keyof T]: (value: unknown) => boolean}>,
): Check<T[]> => {
  const fits = recordOf<T>(shape);
  return (value): value is T[] => Array.isArray(value) && value.every(item => fits(item));
};

/** The first field that does not fit; null when all do. */
export function wrongField(value: Record<string, unknown>, shape: Shape): string | null {
  return Object.entries(shape).find(([field, fits]) => !fits(value[field]))?.[0] ?? null;
}

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
