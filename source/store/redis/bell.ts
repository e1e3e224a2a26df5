import {setTimeout as delay} from 'node:timers/promises';
import type {LogBell} from '../follow.ts';
import type {Connection} from './connection.ts';

/** How often a silent bell is asked whether it still lives, and how long the answer may take, in milliseconds. */
const ASK_EVERY_MS = 5000;
const ANSWER_MS = 2000;
const FIRST_RETRY_MS = 50;
/** A change right after the store came back is to be heard, too. */
const LONGEST_RETRY_MS = 500;

/**
 * The bells of all features of one store, on one connection. It may break and be silent at any time: every ear then
 * gets an empty ring, which means "look into the log", when the bell is lost and when it is back.
 */
export class Bells {
  readonly #open: () => Promise<Connection>;
  readonly #keepAlive: boolean;
  readonly #ears = new Map<string, Set<Ear>>();
  #connection: Connection | null = null;
  #stop: AbortController | null = null;

  /** `keepAlive`: whether listening keeps the process running. */
  constructor(open: () => Promise<Connection>, keepAlive: boolean) {
    this.#open = open;
    this.#keepAlive = keepAlive;
  }

  listen(channel: string): LogBell {
    const ear = new Ear(() => this.#leave(channel, ear));
    const others = this.#ears.get(channel);
    if (others !== undefined) {
      others.add(ear);
      return ear;
    }
    this.#ears.set(channel, new Set([ear]));
    if (this.#stop === null) {
      this.#stop = new AbortController();
      void this.#keep(this.#stop.signal);
    } else {
      // Subscribed beside the others; where that fails the connection ends and all begin again.
      void this.#connection?.subscribe([channel], this.#ring, ANSWER_MS).then(
        () => ear.ring(null),
        () => this.#connection?.end(),
      );
    }
    return ear;
  }

  close(): void {
    this.#stop?.abort();
    this.#stop = null;
    this.#connection?.end();
    this.#connection = null;
  }

  #leave(channel: string, ear: Ear): void {
    const ears = this.#ears.get(channel);
    if (ears?.delete(ear) !== true || ears.size > 0) return;
    this.#ears.delete(channel);
    if (this.#ears.size === 0) this.close();
    else this.#connection?.unsubscribe(channel, ANSWER_MS).catch(() => undefined);
  }

  /** Keeps a connection that listens, for as long as there are ears. */
  async #keep(signal: AbortSignal): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (!signal.aborted) {
      try {
        const connection = await this.#open();
        if (signal.aborted) return connection.end();
        this.#connection = connection;
        await connection.subscribe([...this.#ears.keys()], this.#ring, ANSWER_MS);
        retryMs = FIRST_RETRY_MS;
        // What was said while nobody listened is in the log.
        this.#ringAll();
        await stayAwake(connection, signal, this.#keepAlive);
      } catch {
        // Whoever follows learns from the log itself what is wrong with the store.
        this.#connection?.end();
      }
      if (signal.aborted) return;
      this.#ringAll();
      await delay(retryMs, undefined, {signal, ref: this.#keepAlive}).catch(() => undefined);
      retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
    }
  }

  readonly #ring = (channel: string, text: string): void => {
    for (const ear of this.#ears.get(channel) ?? []) ear.ring(text);
  };

  #ringAll(): void {
    for (const ears of this.#ears.values()) for (const ear of ears) ear.ring(null);
  }
}

/** Resolves or rejects when the connection has come to its end. */
async function stayAwake(connection: Connection, signal: AbortSignal, keepAlive: boolean): Promise<void> {
  // Listened to once: a connection may live for months.
  const lost = new AbortController();
  void connection.ended.then(() => lost.abort());
  const awake = AbortSignal.any([signal, lost.signal]);
  while (!awake.aborted) {
    await connection.call(['PING'], ANSWER_MS);
    await delay(ASK_EVERY_MS, undefined, {signal: awake, ref: keepAlive}).catch(() => undefined);
  }
}

/** One listener. Of the rings that came since the last wait it keeps the first text: each of them means to read the log. */
class Ear implements LogBell {
  readonly #onClose: () => void;
  #rung: {text: string | null} | null = null;
  #wake: (() => void) | null = null;

  constructor(onClose: () => void) {
    this.#onClose = onClose;
  }

  ring(text: string | null): void {
    this.#rung = {text: this.#rung?.text ?? text};
    this.#wake?.();
  }

  async wait(maxMs: number, signal: AbortSignal): Promise<string | null> {
    if (this.#rung === null && !signal.aborted) {
      const {promise, resolve} = Promise.withResolvers<void>();
      const wake = (): void => resolve();
      const timer = setTimeout(wake, maxMs);
      // The connection keeps the process running, where that is wanted.
      timer.unref();
      signal.addEventListener('abort', wake);
      this.#wake = wake;
      await promise;
      this.#wake = null;
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
    }
    const text = this.#rung?.text ?? null;
    this.#rung = null;
    return text;
  }

  close(): void {
    this.#onClose();
  }
}
