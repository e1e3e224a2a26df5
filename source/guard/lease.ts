import type {Controller, Outcome} from '../controller/outcome.ts';
import {type Clock, type Moment, elapsed} from '../monitor/clock.ts';
import type {Actor, Intent} from '../release/command.ts';
import type {LeaseKeeper} from '../store/port.ts';

/** The time in which this process is the guard of a feature, under one epoch. */
export interface LeadershipTerm {
  readonly epoch: number;
  readonly actor: Actor;
  /** Aborts when it is over, for whatever reason. */
  readonly signal: AbortSignal;
  /** Whether it cannot have run out yet. Asked before anything is done to the world. */
  isHeld(): boolean;
  /** Whether no other process can be the guard yet: results up to now may still be written. */
  isLeased(): boolean;
  /** Gives a command as this guard; null: it is the guard no more, and nothing was written. @throws StoreFault */
  command(intent: Intent, reason?: string, isMeant?: () => boolean): Promise<Outcome | null>;
}

/** A term and the way to end it. */
export interface OwnTerm extends LeadershipTerm {
  end(): void;
}

/** Begins a term. Whatever the log says against its epoch ends it. */
export function beginTerm(controller: Controller, lease: LeaseHold, name: string, epoch: number): OwnTerm {
  const over = new AbortController();
  const actor: Actor = {name, kind: 'guard', epoch};
  const isHeld = () => {
    if (!over.signal.aborted && !lease.isHeld()) over.abort();
    return !over.signal.aborted;
  };
  return {
    epoch,
    actor,
    signal: over.signal,
    isHeld,
    isLeased: () => lease.isHeld(),
    end: () => over.abort(),
    async command(intent, reason, isMeant = () => true) {
      if (!isHeld()) return null;
      const stamp = {by: actor, ...(reason === undefined ? {} : {reason})};
      const outcome = await controller.execute(intent, stamp, {isMeant: () => isHeld() && isMeant()});
      if (outcome.kind === 'refused' && outcome.refusal.code === 'old-epoch') over.abort();
      return over.signal.aborted && outcome.kind !== 'done' ? null : outcome;
    },
  };
}

/** Waits for a change, a while, or the end of the signal; whichever comes first. */
export function changeOrWhile(
  subscribe: (listener: () => void) => () => void,
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      stop();
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const stop = subscribe(done);
    const timer = setTimeout(done, Math.max(0, ms));
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}

/** Waits a while, or until the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return changeOrWhile(() => () => undefined, ms, signal);
}

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
