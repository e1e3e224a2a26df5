import {EFFECTS, NODES} from './effects.ts';
import {TINY} from './noise-laws.ts';
import type {Tape} from './tape.ts';

const J = NODES.length;
const K = EFFECTS.length;
/** Part of the wealth that is set on a difference from the first second on: most regressions are there at once. */
const AT_ONCE = 0.55;
/** Seconds of traffic until half of the rest is set. */
const HALF = 600;
/** Beyond all doubt, and safe from overflow. */
const GREATEST = 1e200;

/**
 * What is set on gray being worse, by effect and by the difference of the minute, and what it has come to: an e-value.
 * The rest waits for later starts.
 */
export class Wealth {
  readonly #stakes: readonly number[];
  /** By effect and difference. */
  readonly #set = new Float64Array(K * J);
  #sum = 0;
  /** To be set on the effects with the next second that says something. */
  #pending = 0;
  #reserve = 1;
  /** Seconds in which both sides had requests. */
  #active = 0;

  /** @param stakes part of the wealth on each effect; they sum to 1 */
  constructor(stakes: readonly number[]) {
    this.#stakes = stakes;
  }

  /** Everything is capital again, as before the first second. */
  reset(): void {
    this.#set.fill(0);
    this.#sum = 0;
    this.#pending = 0;
    this.#reserve = 1;
    this.#active = 0;
  }

  get total(): number {
    return this.#reserve + this.#pending + this.#sum;
  }

  /** Nothing was set yet. */
  get isWhole(): boolean {
    return this.#active === 0;
  }

  /** A second in which a regression may begin. */
  start(): void {
    const left = (1 - AT_ONCE) / (1 + this.#active / HALF);
    this.#active++;
    this.#pending += this.#reserve - left;
    this.#reserve = left;
  }

  /**
   * A part of the minutes has ended: their wealth is spread anew by the laws of each effect, and so is what is pending.
   * @param keep the other part, 0–1
   * @param laws of a minute's difference: no worse, then every effect
   * @param from the lowest node in reach
   * @param onNodes is filled with what is on each node
   */
  settle(keep: number, laws: Float64Array, from: number, onNodes: Float64Array): void {
    const renewed = 1 - keep;
    const set = this.#set;
    onNodes.fill(0);
    for (let k = 0; k < K; k++) {
      const stake = this.#stakes[k] ?? 0;
      if (stake === 0) continue;
      const at = k * J;
      let sum = 0;
      for (let j = from; j < J; j++) sum += set[at + j] ?? 0;
      const fresh = renewed * sum + this.#pending * stake;
      for (let j = from; j < J; j++) {
        const value = keep * (set[at + j] ?? 0) + fresh * (laws[at + J + j] ?? 0);
        set[at + j] = value;
        onNodes[j] = (onNodes[j] ?? 0) + value;
      }
    }
    this.#sum += this.#pending;
    this.#pending = 0;
  }

  /** Multiplies what is on each node by `like`; `sum` is what comes out. */
  gain(like: Float64Array, from: number, sum: number): void {
    const set = this.#set;
    const down = sum > GREATEST ? GREATEST / sum : 1;
    for (let k = 0; k < K; k++) {
      if (this.#stakes[k] === 0) continue;
      const at = k * J;
      for (let j = from; j < J; j++) {
        const value = (set[at + j] ?? 0) * (like[j] ?? 0) * down;
        set[at + j] = value < TINY ? 0 : value;
      }
    }
    this.#sum = Math.min(sum, GREATEST);
  }

  save(tape: Tape): void {
    tape.putAll(this.#set);
    tape.put(this.#sum, this.#pending, this.#reserve, this.#active);
  }

  load(tape: Tape): void {
    tape.takeAll(this.#set);
    this.#sum = tape.take();
    this.#pending = tape.take();
    this.#reserve = tape.take();
    this.#active = tape.take();
  }
}
