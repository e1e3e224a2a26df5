/** Kullback-Leibler divergence of two Bernoulli variables, in nats; infinite where `q` rules out what `p` shows. */
export function divergence(p: number, q: number): number {
  return Math.max(0, term(p, q) + term(1 - p, 1 - q));
}

function term(p: number, q: number): number {
  if (p <= 0) return 0;
  return q <= 0 ? Number.POSITIVE_INFINITY : p * Math.log(p / q);
}
