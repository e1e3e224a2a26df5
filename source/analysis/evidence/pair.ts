import {lnRising} from './gamma.ts';

/**
 * Log likelihood that of the m events of two spans of time x fall into the second, which has the part `share` of the
 * requests and a rate ψ = 1 + `excess` times that of the first; `over` is the dispersion of counts less 1. Binomial, or
 * beta-binomial where events are clustered. What does not depend on ψ or `over` is left out. Given the sum, the rate that
 * both have in common drops out (as in Fisher's test of two Poisson means, Przyborowski, Wilenski 1940): slow drift
 * says nothing.
 */
export function lnPair(x: number, m: number, share: number, excess: number, over: number): number {
  if (over < 1e-3) {
    const odds = share * (1 + excess);
    return x * Math.log(odds / (odds + 1 - share)) + (m - x) * Math.log((1 - share) / (odds + 1 - share));
  }
  const first = ((1 - share) * m) / over;
  const second = (share * (1 + excess) * m) / over;
  return lnRising(second, x) + lnRising(first, m - x) - lnRising(first + second, m);
}
