import type {LogSubscription} from '../follow.ts';
import type {Connection} from './driver.ts';

/** Time between two checks for writes of other connections, in milliseconds. A check costs about a microsecond. */
const POLL_MS = 25;

/** Notifies of every write to the file: of this process at once, of another process within `POLL_MS`. */
export class Notifications {
  readonly #connect: () => Connection;
  readonly #keepAlive: boolean;
  readonly #listeners = new Set<() => void>();
  #connection: Connection | null = null;
  #timer: NodeJS.Timeout | null = null;
  #dataVersion: unknown = null;

  /** `connect` opens a separate connection: SQLite tells a connection only of writes by others. */
  constructor(connect: () => Connection, keepAlive: boolean) {
    this.#connect = connect;
    this.#keepAlive = keepAlive;
  }

  /** Calls `listener` after every write from now on. Returns the way to stop. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (this.#timer === null) {
      this.#dataVersion = this.#look();
      this.#timer = setInterval(() => this.#poll(), POLL_MS);
      if (!this.#keepAlive) this.#timer.unref();
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stop();
    };
  }

  notify(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Connects again: another file has taken the path. */
  reopen(): void {
    this.#connection?.close();
    this.#connection = null;
  }

  /** Wakes all subscribers and stops. */
  close(): void {
    this.#stop();
    this.notify();
    this.reopen();
  }

  #stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #poll(): void {
    const dataVersion = this.#look();
    if (dataVersion === this.#dataVersion) return;
    this.#dataVersion = dataVersion;
    this.notify();
  }

  /** SQLite's count of writes by others; null if it cannot be read. Subscribers see the fault when they read. */
  #look(): unknown {
    try {
      this.#connection ??= this.#connect();
      return this.#connection.get('PRAGMA data_version')?.['data_version'];
    } catch {
      this.reopen();
      return null;
    }
  }
}

/**
 * Subscribes to writes for which `hasNews` is true. If `hasNews` throws, the write counts as news.
 */
export function subscribe(notifications: Notifications, hasNews: () => boolean): LogSubscription {
  let isKept = false;
  let wake = () => {};
  const stop = notifications.subscribe(() => {
    if (!isKept) isKept = concerns(hasNews);
    if (isKept) wake();
  });
  return {
    async wait(maxMs, signal) {
      if (!isKept && !signal.aborted) {
        await new Promise<void>(resolve => {
          const timer = setTimeout(() => wake(), maxMs);
          // The timer of `Notifications` keeps the process running if that is wanted.
          timer.unref();
          wake = () => {
            clearTimeout(timer);
            signal.removeEventListener('abort', wake);
            wake = () => {};
            resolve();
          };
          signal.addEventListener('abort', wake);
        });
      }
      isKept = false;
      return null;
    },
    close: stop,
  };
}

function concerns(hasNews: () => boolean): boolean {
  try {
    return hasNews();
  } catch {
    return true;
  }
}
