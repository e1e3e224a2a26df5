import type {LeaseKeeper} from '../store/port.ts';
import {elapsed, type Clock, type Moment} from '../monitor/clock.ts';

/** Milliseconds that a guard keeps the lease without renewing it. */
export const LEASE_MS = 5000;
/** How often it is renewed, and asked for by those who stand by, milliseconds. */
export const RENEW_MS = 1000;
/** Our clock and the store's do not run alike to the millisecond. */
const MARGIN_MS = 250;

/**
 * The lease of a feature's guard as this process knows it: whether it may still be ours is told without asking anybody,
 * so that who slept knows before it does anything.
 */
export class LeaseHold {
  readonly #keeper: LeaseKeeper;
  readonly #holder: string;
  readonly #token: string;
  readonly #clock: Clock;
  /** When it was asked for the last time it was given: from then on it runs, at the earliest. */
  #since: Moment | null = null;

  /** @param token of this process and feature alone */
  constructor(keeper: LeaseKeeper, holder: string, token: string, clock: Clock) {
    this.#keeper = keeper;
    this.#holder = holder;
    this.#token = token;
    this.#clock = clock;
  }

  /** Takes it when it is free, or renews it. @returns whether it is ours now @throws StoreFault */
  async hold(): Promise<boolean> {
    const asked = this.#clock();
    const lease = await this.#keeper.hold(this.#holder, this.#token, LEASE_MS);
    this.#since = lease === null ? null : asked;
    return this.isHeld();
  }

  /** Whether it cannot have run out yet. */
  isHeld(): boolean {
    return this.#since !== null && elapsed(this.#since, this.#clock()) < LEASE_MS - MARGIN_MS;
  }

  /** Makes it free for others, at once. @throws StoreFault */
  async giveUp(): Promise<void> {
    this.#since = null;
    await this.#keeper.giveUp(this.#token);
  }
}
