import {lnRising} from './gamma.ts';

/** Log of the negative binomial probability of `m` events in `n` requests under a Gamma(events, trials) rate; n^m / m! is left out. */
export function lnForetold(events: number, trials: number, m: number, n: number): number {
  const silence = -events * Math.log1p(n / trials);
  return m > 0 ? lnRising(events, m) - m * Math.log(trials + n) + silence : silence;
}
