import type {Worse} from './reading.ts';

/** The sizes of a regression that evidence looks for, all of one direction. */
export interface Effects {
  /** ln ψ, where ψ is gray's rate over prod's, and ψ − 1. */
  readonly logs: readonly number[];
  readonly excesses: readonly number[];
  /** Part of the capital on each size; they sum to 1. */
  readonly stakes: readonly number[];
}

function effects(sizes: readonly (readonly [psi: number, stake: number])[]): Effects {
  const sum = sizes.reduce((total, [, stake]) => total + stake, 0);
  return {
    logs: sizes.map(([psi]) => Math.log(psi)),
    excesses: sizes.map(([psi]) => psi - 1),
    stakes: sizes.map(([, stake]) => stake / sum),
  };
}

/**
 * `more`: events that are bad, from a seventh more to a thousand times as many (prod may never fail). `less`: events
 * that are good, from a twentieth fewer to next to none.
 */
export const EFFECTS: Readonly<Record<Worse, Effects>> = {
  more: effects([
    [1.15, 0.7],
    [1.4, 1.1],
    [2, 1.6],
    [3.5, 1.5],
    [9, 1.5],
    [40, 0.9],
    [1000, 0.7],
  ]),
  less: effects([
    [0.95, 1.2],
    [0.9, 1.5],
    [0.8, 1.4],
    [0.68, 0.9],
    [0.5, 0.5],
    [0.25, 0.3],
    [0.05, 0.2],
  ]),
};
