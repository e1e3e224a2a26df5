import {arrivals, normal, seeded} from '../../../../source/demo/behaviour.ts';

/** Random numbers of one launch; the same seed gives the same launch. */
export class Chance {
  readonly uniform: () => number;

  constructor(seed: number) {
    this.uniform = seeded(seed);
    // Neighbouring seeds begin alike.
    for (let index = 0; index < 8; index++) this.uniform();
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** Uniform on the scale of the logarithm. */
  logBetween(low: number, high: number): number {
    return low * (high / low) ** this.uniform();
  }

  normal(): number {
    return normal(this.uniform);
  }

  /** A factor with this standard deviation of its logarithm and mean 1. */
  factor(sigma: number): number {
    return Math.exp(sigma * this.normal() - (sigma * sigma) / 2);
  }

  poisson(mean: number): number {
    return mean > 0 ? arrivals(mean, this.uniform) : 0;
  }

  /** Successes of `n` trials: by the gaps between them where they are few, by the normal law where they are many. */
  binomial(n: number, p: number): number {
    if (n <= 0 || p <= 0) return 0;
    if (p >= 1) return n;
    if (p > 0.5) return n - this.binomial(n, 1 - p);
    const mean = n * p;
    if (mean > 40)
      return Math.min(n, Math.max(0, Math.round(mean + Math.sqrt(mean * (1 - p)) * this.normal())));
    const scale = 1 / Math.log1p(-p);
    let count = 0;
    for (
      let at = Math.floor(Math.log(1 - this.uniform()) * scale);
      at < n;
      at += 1 + Math.floor(Math.log(1 - this.uniform()) * scale)
    )
      count++;
    return count;
  }

  /** 1, 2, 3…: how often one tries until the first success. */
  geometric(mean: number): number {
    return mean <= 1 ? 1 : 1 + Math.floor(Math.log(1 - this.uniform()) / Math.log(1 - 1 / mean));
  }
}
