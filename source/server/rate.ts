/** How often something may be done: so many at once, and so many a second in the long run. */
export interface Rate {
  burst: number;
  perSecond: number;
}

/** Of so many who ask the newest are remembered. */
const MOST_KNOWN = 10_000;

/** Counts what many do, each for himself. Memory is bounded: who has not asked for longest is forgotten first. */
export class RateLimit {
  readonly #rate: Rate;
  readonly #known = new Map<string, {left: number; at: number}>();

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /**
   * Takes one. @param now milliseconds of a clock that does not jump
   * @returns 0, or after how many milliseconds there will be one
   */
  take(who: string, now: number): number {
    const {burst, perSecond} = this.#rate;
    const before = this.#known.get(who);
    const earned = before === undefined ? burst : before.left + ((now - before.at) / 1000) * perSecond;
    const left = Math.min(burst, earned);
    this.#known.delete(who);
    this.#known.set(who, {left: left >= 1 ? left - 1 : left, at: now});
    if (this.#known.size > MOST_KNOWN) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    return left >= 1 ? 0 : Math.ceil(((1 - left) / perSecond) * 1000);
  }
}
