import {startOf} from './well-formed.ts';
import type {Reason, Release, Verdict} from './state.ts';

/** Why a release was rolled back: what the guard, or the screen of the actor, had judged. */
export interface Cause {
  /** What spoke against gray, the worst first; never empty. */
  reasons: Reason[];
  /** Second at which the regression most probably began, milliseconds since 1970; null if unknown. */
  onset: number | null;
  footing: NonNullable<Verdict['footing']> | null;
}

/** Codes of reasons that speak against gray. Other reasons only keep a release from going up. */
const AGAINST = new Set([
  'guardrail',
  'guardrail_holds',
  'guardrail_overruled',
  'evidence',
  'evidence_slow',
  'both_sides',
  'criterion_fails',
]);
const FOOTINGS = ['people', 'requests', 'history'] as const;
const MOST_REASONS = 8;
const MOST_TEXT = 500;
const MOST_NAME = 100;

/**
 * The cause of a rollback: the guard's own verdict, else the one that the actor saw. Null if neither speaks against gray.
 * It never throws: a rollback is written whatever comes with it.
 */
export function causeOf({verdict}: Release, seen: unknown): Cause | null {
  const guards = verdict?.action === 'rollback' || verdict?.action === 'pause' ? verdict : null;
  return readCause(guards) ?? readCause(seen) ?? readCause(verdict);
}

/** Reads a cause, from a command or from a log. Null for anything else. */
export function readCause(value: unknown): Cause | null {
  if (typeof value !== 'object' || value === null) return null;
  const {reasons, onset, footing} = value as Partial<Record<keyof Cause, unknown>>;
  if (!Array.isArray(reasons)) return null;
  const against = reasons.slice(0, 100).flatMap(readReason).slice(0, MOST_REASONS);
  if (against.length === 0) return null;
  return {
    reasons: against,
    onset: numberOf(onset),
    footing: FOOTINGS.find(one => one === footing) ?? null,
  };
}

function readReason(value: unknown): Reason[] {
  if (typeof value !== 'object' || value === null) return [];
  const {code, text, metric, ...numbers} = value as Partial<Record<keyof Reason, unknown>>;
  if (typeof code !== 'string' || typeof text !== 'string' || !AGAINST.has(code)) return [];
  const people = numberOf(numbers.people);
  return [
    {
      code,
      metric: typeof metric === 'string' ? startOf(metric, MOST_NAME) : null,
      value: numberOf(numbers.value),
      threshold: numberOf(numbers.threshold),
      samples: numberOf(numbers.samples),
      windowSeconds: numberOf(numbers.windowSeconds),
      text: startOf(text, MOST_TEXT),
      ...(people === null ? {} : {people}),
    },
  ];
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** The cause of a rollback in facts, for a screen, a report and `status`. */
export interface CauseFacts {
  metric: string | null;
  /** Values of both sides in the unit of the metric; of response times the percent that is slower than a limit. Null if unknown. */
  gray: number | null;
  prod: number | null;
  /** The limit that gray broke; null if evidence compared the sides. */
  limit: number | null;
  onset: number | null;
  /** When the rollback was decided, and when every router had confirmed prod; milliseconds since 1970. */
  detectedAt: number;
  prodAt: number | null;
  /** Requests and people on gray from the onset on; null if unknown. */
  requests: number | null;
  people: number | null;
}

/** Null if the release was not rolled back, or for no measured reason. */
export function causeFacts({rollback, steps}: Release): CauseFacts | null {
  const cause = rollback?.cause ?? null;
  const [worst] = cause?.reasons ?? [];
  if (rollback === null || cause === null || worst === undefined) return null;
  const facts = steps.find(({id, state}) => id === 'rollback.traffic' && state === 'done')?.facts;
  const isCompared = worst.code.startsWith('evidence');
  return {
    metric: worst.metric,
    gray: worst.value,
    prod: isCompared ? worst.threshold : null,
    limit: isCompared ? null : worst.threshold,
    onset: cause.onset,
    detectedAt: rollback.at,
    // Where no router is known, none has confirmed prod.
    prodAt: facts?.['ms'] === undefined || facts['routers'] === 0 ? null : rollback.at + facts['ms'],
    requests: worst.samples === null ? null : worst.samples + (facts?.['grayRequestsAfter'] ?? 0),
    people: worst.people ?? null,
  };
}
