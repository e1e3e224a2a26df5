import {betaCdf, betaQuantile} from './beta.ts';

/** How sure a one-sided limit is: the probability, 0–1, and the quantile of the standard normal distribution there. */
export interface Certainty {
  level: number;
  z: number;
}

/** What a raise takes. */
export const PROOF: Certainty = {level: 0.9, z: 1.2815515655446004};
/** What an alert or a pause by a comparison with prod takes. */
export const SUSPICION: Certainty = {level: 0.95, z: 1.6448536269514722};

/** A number estimated from a sample. Each limit is kept with the certainty asked for; infinite where there is none. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
}

/**
 * A proportion, 0–1, from `events` of `of` independent trials; neither has to be whole. Limits by Clopper and Pearson,
 * Biometrika 26 (1934) 404–413: never less sure than they say, also without a single event, where the upper one is
 * 1 − (1 − level)^(1 / of).
 * @param events from 0 to `of`
 */
export function proportion(events: number, of: number, {level, z}: Certainty): Estimate {
  if (!(of > 0)) return {value: Number.NaN, low: 0, high: 1};
  const seen = Math.min(Math.max(events, 0), of);
  const missed = of - seen;
  return {
    value: seen / of,
    low: seen <= 0 ? 0 : betaQuantile(1 - level, -z, seen, missed + 1),
    high: missed <= 0 ? 1 : betaQuantile(level, z, seen + 1, missed),
  };
}

/** What a mean is made of. */
export interface Moments {
  mean: number;
  /** Standard deviation of one value, in the unit of the mean. */
  deviation: number;
  /** Third standardised moment. */
  skewness: number;
}

/**
 * A mean of `of` independent values by its standard error, with Student's quantile by Abramowitz, Stegun 26.7.5 and the
 * correction for skewness of Johnson, Journal of the American Statistical Association 73 (1978) 536–544: times are
 * skewed, and without it a mean of few of them is believed too low.
 * @param of 2 or more; limits of fewer are infinite
 */
export function meanOf({mean, deviation, skewness}: Moments, of: number, {z}: Certainty): Estimate {
  if (!(of >= 2)) return {value: mean, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY};
  const free = of - 1;
  const student = z + (z ** 3 + z) / (4 * free) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * free ** 2);
  const error = deviation / Math.sqrt(of);
  const shift = (skewness * (1 + 2 * z * z)) / (6 * Math.sqrt(of));
  return {value: mean, low: mean - error * (student - shift), high: mean + error * (student + shift)};
}

/** From this variance on a binomial limit is the normal one with its skewness (Cornish, Fisher 1937), to a rank. */
const MANY = 25;

/**
 * Between which ranks of `of` independent values, as parts of all of them (0–1), the quantile `q` lies: the order statistics
 * whose ranks are the binomial limits (David, Nagaraja, "Order Statistics", 3rd edition, section 7.1). Null: so few
 * values have none.
 * @param q 0–1, exclusive
 */
export function quantileRanks(
  q: number,
  of: number,
  {level, z}: Certainty,
): {low: number | null; high: number | null} {
  const variance = of * q * (1 - q);
  if (variance >= MANY) {
    const rank = (deviations: number) =>
      of * q + deviations * Math.sqrt(variance) + ((1 - 2 * q) * (deviations ** 2 - 1)) / 6 + 0.5;
    return {low: Math.floor(rank(-z)) / of, high: Math.min(1, Math.ceil(rank(z)) / of)};
  }
  // P(fewer than k values lie below the quantile), which grows with k.
  const below = (k: number) => 1 - betaCdf(q, k, of - k + 1);
  const rank = (from: number, to: number, wanted: number) => {
    let [low, high] = [from, to];
    for (let turn = 0; turn < 40 && high - low > 1e-6 * of; turn++) {
      const middle = (low + high) / 2;
      if (below(middle) < wanted) low = middle;
      else high = middle;
    }
    return wanted > 0.5 ? Math.ceil(high) : Math.floor(low);
  };
  const hasHigh = of >= 1 && below(of) >= level;
  const hasLow = of >= 1 && below(1) <= 1 - level;
  return {
    low: hasLow ? rank(1, Math.max(1, q * of + 1), 1 - level) / of : null,
    high: hasHigh ? Math.min(1, rank(Math.min(q * of, of), of, level) / of) : null,
  };
}

/**
 * A sum of independent estimates, each times a weight, from their own limits (Zou, Donner, Statistics in Medicine 27 (2008)
 * 1693–1702): a difference is 1 and −1, "below r times prod" is whether gray − r · prod lies below 0.
 */
export function combined(parts: readonly {weight: number; of: Estimate}[]): Estimate {
  let value = 0;
  let [below, above] = [0, 0];
  for (const {weight, of} of parts) {
    const [low, high] = weight >= 0 ? [of.low, of.high] : [of.high, of.low];
    value += weight * of.value;
    below += (weight * (of.value - low)) ** 2;
    above += (weight * (high - of.value)) ** 2;
  }
  return {value, low: value - Math.sqrt(below), high: value + Math.sqrt(above)};
}

/**
 * By how much the counts of windows differ from each other beyond chance: Pearson's statistic over its degrees of freedom
 * (McCullagh, Nelder, "Generalized Linear Models", 2nd edition, section 4.5). 1: requests fail one by one; 5: as if five
 * at a time. Null where it cannot be told.
 */
export function dispersion(windows: readonly {events: number; of: number}[]): number | null {
  const used = windows.filter(({of}) => of > 0);
  const of = used.reduce((sum, one) => sum + one.of, 0);
  const events = used.reduce((sum, one) => sum + one.events, 0);
  const share = events / of;
  if (used.length < 2 || !(share > 0 && share < 1)) return null;
  const sum = used.reduce(
    (total, one) => total + (one.events - one.of * share) ** 2 / (one.of * share * (1 - share)),
    0,
  );
  return sum / (used.length - 1);
}
