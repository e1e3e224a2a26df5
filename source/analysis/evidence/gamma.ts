/** Stirling's series for ln Γ beyond its leading terms: 1/(12x) − 1/(360x³) + 1/(1260x⁵) − 1/(1680x⁷) (Abramowitz, Stegun 6.1.41). */
function series(x: number): number {
  const inverse = 1 / x;
  const square = inverse * inverse;
  return inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)));
}

/**
 * ln of the rising factorial r (r + 1) … (r + k − 1) = Γ(r + k) / Γ(r), for r > 0 and whole k ≥ 0. Some 1e-13, relative
 * to the sum of the magnitudes of the logs.
 */
export function lnRising(r: number, k: number): number {
  if (k === 0) return 0;
  let sum = 0;
  let product = 1;
  let from = r;
  let left = k;
  while (left > 0 && (left <= 4 || from < 12)) {
    product *= from;
    if (product > 1e200) {
      sum += Math.log(product);
      product = 1;
    }
    from++;
    left--;
  }
  sum += Math.log(product);
  if (left === 0) return sum;
  const to = from + left;
  // (to − ½) ln to − (from − ½) ln from − left, without two great numbers that nearly cancel.
  return (
    sum + left * Math.log(to) + (from - 0.5) * Math.log1p(left / from) - left + series(to) - series(from)
  );
}
