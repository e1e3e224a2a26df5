/** Rate limits. Each client is limited alone, so that no client delays another. */
export interface RateLimits {
  /** Requests with a token, by token. */
  clients: RateLimit;
  /** Feedback, by token and address, because all visitors of a page share its token. */
  writers: RateLimit;
  /** Evaluations by OFREP, by token and address, because all visitors of a page share its token. */
  evaluations: RateLimit;
  /** Commands, by token. */
  commands: RateLimit;
  /** Rollbacks, by token: they do not wait for other commands. */
  rollbacks: RateLimit;
  /** Requests without a known token, by address. */
  strangers: RateLimit;
  /** Paths that need no token, by address. */
  open: RateLimit;
}

export function openLimits(): RateLimits {
  return {
    clients: new RateLimit({burst: 5000, perSecond: 5000}),
    writers: new RateLimit({burst: 60, perSecond: 10}),
    evaluations: new RateLimit({burst: 50_000, perSecond: 50_000}),
    commands: new RateLimit({burst: 30, perSecond: 5}),
    rollbacks: new RateLimit({burst: 100, perSecond: 20}),
    strangers: new RateLimit({burst: 30, perSecond: 1}),
    open: new RateLimit({burst: 100, perSecond: 20}),
  };
}

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
  take(client: string, now: number): number {
    const {burst, perSecond} = this.#rate;
    const before = this.#known.get(client);
    const earned = before === undefined ? burst : before.left + ((now - before.at) / 1000) * perSecond;
    const left = Math.min(burst, earned);
    this.#known.delete(client);
    this.#known.set(client, {left: left >= 1 ? left - 1 : left, at: now});
    if (this.#known.size > MOST_KNOWN) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    return left >= 1 ? 0 : Math.ceil(((1 - left) / perSecond) * 1000);
  }
}
