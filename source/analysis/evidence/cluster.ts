import {lnConditional} from './conditional.ts';
import {lnRising} from './gamma.ts';

/**
 * Log likelihood of the split of m events, x of them gray's, when they come in clusters, by that at ψ = 1; `share`, `log`
 * and `excess` as in `lnConditional`.
 *
 * Beta-binomial, or binomial raised to a power below 1: an e-value as well, by Jensen's inequality, should events come one by
 * one after all. The lesser is one in both cases.
 * @param gray clusters that gray is expected to have, `both` those of both sides
 * @param deflate the variance of a binomial split over that of this one
 * @param zero ln of gray's rising factorial by x less that of both by m
 */
export function lnCluster(
  x: number,
  m: number,
  share: number,
  log: number,
  excess: number,
  gray: number,
  both: number,
  deflate: number,
  zero: number,
): number {
  const single = lnConditional(x, m, share, log, excess);
  if (m <= 1) return single;
  const more = gray * excess;
  return Math.min(single * deflate, lnRising(gray + more, x) - lnRising(both + more, m) - zero);
}
