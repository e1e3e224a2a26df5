import type {Side} from '../analysis/numbers.ts';
import {normal} from './random.ts';

/** How a version behaves at a moment. */
export interface Behaviour {
  /** Shares of requests, 0–1. */
  errors: number;
  unavailable: number;
  conversions: number;
  /** Median response time in milliseconds, and the standard deviation of its logarithm. */
  medianMs: number;
  spread: number;
}

const PROD: Behaviour = {errors: 0.0046, unavailable: 0.0003, conversions: 0.034, medianMs: 88, spread: 0.46};
const GRAY: Behaviour = {errors: 0.0043, unavailable: 0.0003, conversions: 0.036, medianMs: 84, spread: 0.45};
/** The failing version: a dependency times out more and more. */
const SICK: Behaviour = {errors: 0.094, unavailable: 0.006, conversions: 0.021, medianMs: 168, spread: 0.85};

/** From the first error to the full failure, milliseconds. */
const FAILING_TAKES_MS = 15_000;

/**
 * The behaviour of a side at `now`. @param failingSince when gray begins to fail, milliseconds; null if it
 * does not
 */
export function behaviourOf(side: Side, now: number, failingSince: number | null): Behaviour {
  if (side === 'prod') return PROD;
  if (failingSince === null || now < failingSince) return GRAY;
  const share = Math.min(1, (now - failingSince) / FAILING_TAKES_MS);
  const between = (from: number, to: number) => from + (to - from) * share;
  return {
    errors: between(GRAY.errors, SICK.errors),
    unavailable: between(GRAY.unavailable, SICK.unavailable),
    conversions: between(GRAY.conversions, SICK.conversions),
    medianMs: between(GRAY.medianMs, SICK.medianMs),
    spread: between(GRAY.spread, SICK.spread),
  };
}

/** Requests per second of the whole service: a slow and a fast wave. */
export function requestsPerSecond(now: number): number {
  const seconds = now / 1000;
  return 860 * (1 + 0.16 * Math.sin(seconds / 41) + 0.06 * Math.sin(seconds / 7.3));
}

/** Draws a response time in milliseconds from a log-normal distribution. */
export function responseTime({medianMs, spread}: Behaviour, random: () => number): number {
  return Math.max(1, Math.round(medianMs * Math.exp(spread * normal(random))));
}
