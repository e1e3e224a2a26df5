import {EFFECTS, NODES} from './effects.ts';
import {normalBelow} from './normal.ts';

/** Standard deviations of the log of a side's rate from minute to minute that are thought of. */
export const NOISE_LEVELS: readonly number[] = [0, 0.06, 0.12, 0.2, 0.3, 0.45, 0.7, 1.1, 1.8];

/** One law for both sides alike and one for every effect. */
export const LAWS = EFFECTS.length + 1;
const SIZE = LAWS * NODES.length;
/** A chance below it is none, in every law alike: what one of them may explain and another may not would be evidence. */
const FAINT = 1e-7;

/** Below it a number is nothing: arithmetic with the smallest ones is slow. */
export const TINY = 1e-150;

const tables = new Map<number, Float64Array>();

/**
 * For every level of noise the laws of the difference between the sides in a minute, on the nodes: normal around the
 * difference there is, with √2 of the noise of one side.
 */
function tableFor(margin: number): Float64Array {
  const known = tables.get(margin);
  if (known !== undefined) return known;
  const centres = [margin, ...EFFECTS.map(effect => effect + margin)];
  const table = Float64Array.from(
    NOISE_LEVELS.flatMap(level => centres.flatMap(centre => law(centre, Math.SQRT2 * level))),
  );
  tables.set(margin, table);
  return table;
}

function law(centre: number, sigma: number): number[] {
  let below = 0;
  return NODES.map((node, j) => {
    const next = NODES[j + 1];
    const edge = next === undefined ? Number.POSITIVE_INFINITY : (node + next) / 2;
    const upTo =
      edge === Number.POSITIVE_INFINITY
        ? 1
        : sigma > 0
          ? normalBelow((edge - centre) / sigma)
          : edge > centre
            ? 1
            : 0;
    const mass = upTo - below;
    below = upTo;
    return mass;
  });
}

/**
 * Fills `into` (`LAWS` × nodes) with the mean of the laws by the belief in each level.
 * @param margin log of the ratio of the rates that does not matter
 */
export function mixLaws(margin: number, weights: Float64Array, into: Float64Array): void {
  const table = tableFor(margin);
  into.fill(0);
  for (let level = 0; level < NOISE_LEVELS.length; level++) {
    const weight = weights[level] ?? 0;
    if (weight < 1e-5) continue;
    const at = level * SIZE;
    for (let i = 0; i < SIZE; i++) into[i] = (into[i] ?? 0) + weight * (table[at + i] ?? 0);
  }
  for (let i = 0; i < SIZE; i++) if ((into[i] ?? 0) < FAINT) into[i] = 0;
}
