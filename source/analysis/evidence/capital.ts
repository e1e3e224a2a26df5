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

/** Part of the capital that is bet on a difference from the first second on: most regressions are there at once. */
const AT_ONCE = 0.6;
/** Scale of the prior of the start, seconds. */
const SCALE = 600;
/** Capital beyond this has long decided; it is kept from overflowing. */
const GREATEST = 1e200;
/** Seconds of a block; a cluster of requests that belong together is over by then. */
export const BLOCK_SECONDS = 30;
/** Chance that a block holds a cluster, and by how many events its size falls to a third. */
const CLUSTER = 0.01;
const CLUSTER_EVENTS = 4;

/**
 * Part of the capital that is not bet yet after `seconds` of watching. The prior of the start must stay heavy: one that
 * falls exponentially has nothing left to bet on a regression that begins after hours.
 */
export function unbetAfter(seconds: number): number {
  return (1 - AT_ONCE) / (1 + Math.log(1 + seconds / SCALE));
}

/**
 * A bet against "gray is no worse", on every size of a regression and every second it may begin at. Its capital is a
 * non-negative martingale that starts at 1, so that it ever reaches 1/α with probability α at most (Ville 1939). The
 * starts are mixed as by Shiryaev (1963): S ← (S + w) e, with w taken from what is not bet yet.
 *
 * A capped bet counts blocks of 30 seconds: of a block's likelihood ratio LR no more than 1 / (1/LR + exp(−x/4)/100)
 * counts, x being the events in it, so that one cluster of requests does not decide; what lasts longer is no cluster. The
 * result is at most LR, so it stays valid.
 */
export class Capital {
  readonly #effects: Effects;
  readonly #offset: number | null;
  /** By effect. */
  readonly amounts: number[];
  seconds = -1;
  unbet = 1;
  /** In the running block: what was put in, events, and the block's number. */
  put = 0;
  events = 0;
  block = Number.NaN;

  /** @param offset null: not capped; else seconds by which the blocks are shifted */
  constructor(effects: Effects, offset: number | null) {
    this.#effects = effects;
    this.#offset = offset;
    this.amounts = effects.stakes.map(() => 0);
  }

  /** The capital now, what is not bet included; at the beginning 1. */
  get total(): number {
    return this.unbet + sumOf(this.amounts) * this.#kept();
  }

  startAgain(): void {
    this.amounts.fill(0);
    this.seconds = -1;
    this.unbet = 1;
    this.put = 0;
    this.events = 0;
  }

  /** A stretch of `seconds` that ends at `t`; `factors` are the likelihood ratios by effect, `events` what a cluster is made of. */
  grow(t: number, seconds: number, factors: Float64Array, events: number): void {
    if (this.#offset !== null) this.#turnBlock(Math.floor((t - this.#offset) / BLOCK_SECONDS));
    this.seconds = this.seconds < 0 ? 0 : this.seconds + seconds;
    const left = Math.min(this.unbet, unbetAfter(this.seconds));
    const fresh = this.unbet - left;
    this.unbet = left;
    this.put += fresh;
    this.events += events;
    const {stakes} = this.#effects;
    for (let k = 0; k < stakes.length; k++) {
      const amount = ((this.amounts[k] ?? 0) + fresh * (stakes[k] ?? 0)) * (factors[k] ?? 1);
      this.amounts[k] = amount < GREATEST ? amount : GREATEST;
    }
  }

  #turnBlock(block: number): void {
    if (block === this.block) return;
    const kept = this.#kept();
    for (let k = 0; k < this.amounts.length; k++) this.amounts[k] = (this.amounts[k] ?? 0) * kept;
    this.put = sumOf(this.amounts);
    this.events = 0;
    this.block = block;
  }

  /** Part of the block's gain that counts, 0–1. */
  #kept(): number {
    if (this.#offset === null || this.put <= 0) return 1;
    return 1 / (1 + (sumOf(this.amounts) / this.put) * CLUSTER * Math.exp(-this.events / CLUSTER_EVENTS));
  }
}

function sumOf(numbers: readonly number[]): number {
  let sum = 0;
  for (let k = 0; k < numbers.length; k++) sum += numbers[k] ?? 0;
  return sum;
}
