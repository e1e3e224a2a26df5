/** A unit's value, and the part of its variance that is known: what its sample size gives it. */
export interface Measured {
  value: number;
  variance: number;
}

/**
 * Student's t of the mean of `these` against that of `others` (three units or more, one at least in each) as a normal
 * deviate. The groups share the variance between units; a unit varies at least as its sample size makes it.
 * @returns 0 where they are alike
 */
export function studentNormal(these: readonly Measured[], others: readonly Measured[]): number {
  const [k, m] = [these.length, others.length];
  const [a, b] = [summary(these), summary(others)];
  const freedom = k + m - 2;
  const between = (a.squares + b.squares) / freedom;
  const known = ((k - 1) * a.variance + (m - 1) * b.variance) / freedom;
  const own = Math.max(0, between - known) * (1 / k + 1 / m) + a.variance / k + b.variance / m;
  const deviation = Math.sqrt(Math.max(own, between * (1 / k + 1 / m)));
  return a.mean === b.mean ? 0 : normalOf((a.mean - b.mean) / deviation, freedom);
}

/** The normal deviate that is as rare as a Student's t (Wallace, Annals of Mathematical Statistics 30, 1959). */
export function normalOf(t: number, freedom: number): number {
  const shrunk = (8 * freedom + 1) / (8 * freedom + 3);
  return Math.sign(t) * shrunk * Math.sqrt(freedom * Math.log1p((t * t) / freedom));
}

function summary(units: readonly Measured[]): {mean: number; squares: number; variance: number} {
  const meanOf = (of: (unit: Measured) => number) =>
    units.reduce((sum, unit) => sum + of(unit), 0) / units.length;
  const mean = meanOf(({value}) => value);
  const squares = meanOf(({value}) => (value - mean) ** 2) * units.length;
  return {mean, squares, variance: meanOf(({variance}) => variance)};
}
