/** The beta distribution: binomial tails are its values, limits of proportions its quantiles. */

/** ln Γ(x) for x > 0, by Stirling's series from 16 on (Abramowitz, Stegun 6.1.41) and Γ(x + 1) = x Γ(x) below. About 1e-14, relative. */
export function lnGamma(x: number): number {
  let product = 1;
  let from = x;
  while (from < 16) product *= from++;
  const inverse = 1 / from;
  const square = inverse * inverse;
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)));
  return (from - 0.5) * Math.log(from) - from + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}

const TINY = 1e-300;
const MOST_TERMS = 20_000;

/**
 * The regularised incomplete beta function I_x(a, b), 0–1: the probability that a beta variable is at most x.
 * P(Bin(n, p) ≥ k) = I_p(k, n − k + 1). Continued fraction 8.17.22 of the NIST Digital Library of Mathematical Functions,
 * evaluated by Lentz's method.
 * @param a above 0
 * @param b above 0
 */
export function betaCdf(x: number, a: number, b: number): number {
  if (!(x > 0)) return 0;
  if (x >= 1) return 1;
  // It converges quickly on the near side of the mean only; the far side is the complement.
  return x < (a + 1) / (a + b + 2) ? tail(x, a, b) : 1 - tail(1 - x, b, a);
}

function tail(x: number, a: number, b: number): number {
  const front = Math.exp(lnGamma(a + b) - lnGamma(a) - lnGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < MOST_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    const change = d * c;
    fraction *= change;
    if (Math.abs(change - 1) < 1e-12) break;
  }
  return Math.min(1, Math.max(0, front * fraction));
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/** From this many on, of both kinds, the approximation is better than a part in 20 000. */
const MANY = 2000;

/**
 * The quantile of the beta distribution, 0–1: the x with I_x(a, b) = p, by Newton's method within a bracket. The first guess is
 * Abramowitz, Stegun 26.5.22; where a and b are large it is the answer.
 * @param p 0–1, exclusive
 * @param z the quantile of the standard normal distribution at p
 */
export function betaQuantile(p: number, z: number, a: number, b: number): number {
  const guess = a > 1 && b > 1 ? approximate(z, a, b) : a / (a + b);
  if (a >= MANY && b >= MANY) return guess;
  const lnBeta = lnGamma(a) + lnGamma(b) - lnGamma(a + b);
  let [low, high] = [0, 1];
  let x = Math.min(Math.max(guess, 1e-15), 1 - 1e-15);
  for (let turn = 0; turn < 100; turn++) {
    const miss = betaCdf(x, a, b) - p;
    if (miss > 0) high = x;
    else low = x;
    const density = Math.exp((a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x) - lnBeta);
    const step = miss / density;
    const next = x - step;
    const isInside = next > low && next < high;
    if (isInside && Math.abs(step) <= 1e-9 * Math.min(x, 1 - x)) return next;
    if (high - low <= 4e-16 * high) return x;
    x = isInside ? next : (low + high) / 2;
  }
  return x;
}

function approximate(z: number, a: number, b: number): number {
  const lambda = (z * z - 3) / 6;
  const [ofA, ofB] = [1 / (2 * a - 1), 1 / (2 * b - 1)];
  const h = 2 / (ofA + ofB);
  const root = Math.sqrt(Math.max(0, h + lambda));
  // 26.5.22 counts the upper tail.
  const w = (-z * root) / h - (ofB - ofA) * (lambda + 5 / 6 - 2 / (3 * h));
  return a / (a + b * Math.exp(2 * w));
}
