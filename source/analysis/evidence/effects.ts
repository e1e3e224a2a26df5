import type {Worse} from './reading.ts';

/** How much worse gray is: logs of the ratio of its rate to prod's, in the bad direction. */

/** The sizes a regression is looked for at, from 6 % to a hundred times. */
export const EFFECTS: readonly number[] = [0.06, 0.12, 0.24, 0.45, 0.8, 1.3, 1.8, 2.4, 3.2, 4.6];

/** Where likelihoods are computed: at no difference, at every effect, and at what noise may make of them. */
export const NODES: readonly number[] = [
  -2.4, -1.5, -1, -0.7, -0.45, -0.24, -0.12, -0.06, 0, 0.06, 0.12, 0.18, 0.24, 0.34, 0.45, 0.6, 0.8, 1.05,
  1.3, 1.8, 2.4, 3.2, 4.6,
];
export const ZERO = NODES.indexOf(0);

/** What is set on each effect, before it is made to sum to 1. Doubling is where a second saved costs most. */
const MORE = [0.4, 0.6, 1, 1.6, 1.8, 1.4, 1.1, 1, 0.7, 0.5];
/** Of what should happen often, like a conversion: small losses are what there is. */
const LESS = [1.2, 1.4, 1.4, 0.8, 0.5, 0.3, 0.2, 0.2, 0.2, 0.2];

/** The part of the wealth set on each effect, of what happens to at least the part `part` (0–1) of the requests. */
export function stakes(worse: Worse, part = 0): number[] {
  const raw = worse === 'less' ? LESS : MORE;
  const possible = raw.map((stake, k) => ((EFFECTS[k] ?? 0) + Math.log(part) <= 0 ? stake : 0));
  const sum = possible.reduce((total, stake) => total + stake, 0);
  return possible.map(stake => stake / sum);
}

/** The nodes as they are for one direction: ln ψ and ψ − 1 of gray's rate over prod's. */
export interface Shifts {
  logs: Float64Array;
  excesses: Float64Array;
}

const shifts = (sign: number): Shifts => ({
  logs: Float64Array.from(NODES, node => sign * node),
  excesses: Float64Array.from(NODES, node => Math.expm1(sign * node)),
});

export const SHIFTS: Readonly<Record<Worse, Shifts>> = {more: shifts(1), less: shifts(-1)};
