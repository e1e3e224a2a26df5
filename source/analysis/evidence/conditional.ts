/**
 * Log of the conditional e-value of a 2×2 table: of m events, x on gray, gray having the part `share` of the requests;
 * gray's rate is held to be ψ = 1 + `excess` times prod's, ln ψ = `log`.
 *
 * e(ψ) = ψ^x / (1 + (ψ − 1) share)^m. The exact one divides by the mean of ψ^k under the hypergeometric law
 * (Turner, Ly, Grünwald, arXiv 2106.02693; stratified: arXiv 2302.11401); this denominator is never less (Hoeffding 1963,
 * sampling without replacement), hence it is an e-value for any rate the sides have in common, and any share.
 */
export function lnConditional(x: number, m: number, share: number, log: number, excess: number): number {
  return x * log - m * Math.log(1 + excess * share);
}
