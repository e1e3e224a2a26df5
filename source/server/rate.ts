/** A rate: requests at once, and requests a second in the long run. */
export interface Rate {
  burst: number;
  perSecond: number;
}

/** Most clients remembered. */
const MOST_KNOWN = 10_000;

/**
 * Limits the rate of each client by a token bucket. Memory is bounded: the client that was idle longest is
 * forgotten.
 */
export class RateLimit {
  readonly #rate: Rate;
  readonly #known = new Map<string, {left: number; at: number}>();

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /**
   * Takes one. @param now monotonic clock, milliseconds
   * @returns 0, or the milliseconds until one is available
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
