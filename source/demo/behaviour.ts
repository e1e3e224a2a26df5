import type {Side} from '../analysis/numbers.ts';
import type {User} from '../audience/place.ts';

/**
 * Returns a generator of numbers in [0, 1) that depends only on the seed: mulberry32 (T. Ettinger, public
 * domain).
 */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Draws from the standard normal distribution, by Box and Muller. */
export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * Draws from a Poisson distribution, by Knuth's product; from a mean of 30 on by the normal approximation.
 */
export function arrivals(mean: number, random: () => number): number {
  if (mean >= 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  const floor = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > floor; product *= random()) count += 1;
  return count;
}

/** Number of simulated users. */
export const POPULATION = 60_000;

const COUNTRIES = ['CN', 'DE', 'US', 'BR', 'IN', 'FR'];
const TYPES = ['user', 'user', 'user', 'user', 'lawyer', 'lawyer', 'admin', 'internal_tester'];

/** User `number` of the population, always the same. */
export function userOf(number: number): User & {id: string} {
  return {
    id: `u-${number}`,
    country: COUNTRIES[number % COUNTRIES.length],
    user_type: TYPES[(number * 7) % TYPES.length],
    case_count: number % 23,
  };
}

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
