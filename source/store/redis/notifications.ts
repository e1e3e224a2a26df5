import {setTimeout as delay} from 'node:timers/promises';
import type {LogSubscription} from '../follow.ts';
import type {Connection} from './connection.ts';

/** Time between two checks of a silent connection, and longest time for its answer, in milliseconds. */
const ASK_EVERY_MS = 5000;
const ANSWER_MS = 2000;
const FIRST_RETRY_MS = 50;
/** Notifications have to be back soon after the store, in milliseconds. */
const LONGEST_RETRY_MS = 500;

/**
 * The notifications of all features of one store, on one connection. If the connection is lost, and when it is back, every
 * subscription gets a notification without text, which means: read the log.
 */
export class Notifications {
  readonly #open: () => Promise<Connection>;
  readonly #keepAlive: boolean;
  readonly #subscriptions = new Map<string, Set<Subscription>>();
  #connection: Connection | null = null;
  #stop: AbortController | null = null;

  /** `keepAlive`: whether listening keeps the process running. */
  constructor(open: () => Promise<Connection>, keepAlive: boolean) {
    this.#open = open;
    this.#keepAlive = keepAlive;
  }

  subscribe(channel: string): LogSubscription {
    const subscription = new Subscription(() => this.#leave(channel, subscription));
    const others = this.#subscriptions.get(channel);
    if (others !== undefined) {
      others.add(subscription);
      return subscription;
    }
    this.#subscriptions.set(channel, new Set([subscription]));
    if (this.#stop === null) {
      this.#stop = new AbortController();
      void this.#keep(this.#stop.signal);
    } else {
      // If this fails the connection ends, and all channels are subscribed again.
      void this.#connection?.subscribe([channel], this.#hear, ANSWER_MS).then(
        () => subscription.notify(null),
        () => this.#connection?.end(),
      );
    }
    return subscription;
  }

  close(): void {
    this.#stop?.abort();
    this.#stop = null;
    this.#connection?.end();
    this.#connection = null;
  }

  #leave(channel: string, subscription: Subscription): void {
    const subscriptions = this.#subscriptions.get(channel);
    if (subscriptions?.delete(subscription) !== true || subscriptions.size > 0) return;
    this.#subscriptions.delete(channel);
    if (this.#subscriptions.size === 0) this.close();
    else this.#connection?.unsubscribe(channel, ANSWER_MS).catch(() => undefined);
  }

  /** Keeps a connection while there are subscriptions. */
  async #keep(signal: AbortSignal): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (!signal.aborted) {
      try {
        const connection = await this.#open();
        if (signal.aborted) return connection.end();
        this.#connection = connection;
        await connection.subscribe([...this.#subscriptions.keys()], this.#hear, ANSWER_MS);
        retryMs = FIRST_RETRY_MS;
        // The log holds what was published before.
        this.#notifyAll();
        await stayAwake(connection, signal, this.#keepAlive);
      } catch {
        // Followers report the fault when they read the log.
        this.#connection?.end();
      }
      if (signal.aborted) return;
      this.#notifyAll();
      await delay(retryMs, undefined, {signal, ref: this.#keepAlive}).catch(() => undefined);
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
    }
  }

  readonly #hear = (channel: string, text: string): void => {
    for (const subscription of this.#subscriptions.get(channel) ?? []) subscription.notify(text);
  };

  #notifyAll(): void {
    for (const subscriptions of this.#subscriptions.values())
      for (const subscription of subscriptions) subscription.notify(null);
  }
}

/** Resolves or rejects when the connection has ended. */
async function stayAwake(connection: Connection, signal: AbortSignal, keepAlive: boolean): Promise<void> {
  // One listener for the whole life of the connection, which may be months.
  const lost = new AbortController();
  void connection.ended.then(() => lost.abort());
  const awake = AbortSignal.any([signal, lost.signal]);
  while (!awake.aborted) {
    await connection.call(['PING'], ANSWER_MS);
    await delay(ASK_EVERY_MS, undefined, {signal: awake, ref: keepAlive}).catch(() => undefined);
  }
}

/** One subscriber. Of the notifications since the last wait it keeps the first text; each of them means: read the log. */
class Subscription implements LogSubscription {
  readonly #onClose: () => void;
  #kept: {text: string | null} | null = null;
  #wake: (() => void) | null = null;

  constructor(onClose: () => void) {
    this.#onClose = onClose;
  }

  notify(text: string | null): void {
    this.#kept = {text: this.#kept?.text ?? text};
    this.#wake?.();
  }

  async wait(maxMs: number, signal: AbortSignal): Promise<string | null> {
    if (this.#kept === null && !signal.aborted) {
      const {promise, resolve} = Promise.withResolvers<void>();
      const wake = (): void => resolve();
      const timer = setTimeout(wake, maxMs);
      // The connection keeps the process running if that is wanted.
      timer.unref();
      signal.addEventListener('abort', wake);
      this.#wake = wake;
      await promise;
      this.#wake = null;
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
    }
    const text = this.#kept?.text ?? null;
    this.#kept = null;
    return text;
  }

  close(): void {
    this.#onClose();
  }
}
