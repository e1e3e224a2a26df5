import type {LogSubscription} from '../follow.ts';
import type {Connection} from './driver.ts';

/** Between two looks at whether another connection has written, in milliseconds. A look costs about a microsecond. */
const POLL_MS = 25;

/** Hears of every write to the file, by this process (at once) or another (within `POLL_MS`). */
export class Notifications {
  readonly #connect: () => Connection;
  readonly #keepAlive: boolean;
  readonly #listeners = new Set<() => void>();
  #connection: Connection | null = null;
  #timer: NodeJS.Timeout | null = null;
  #dataVersion: unknown = null;

  /** `connect` opens a connection of the notifications' own: SQLite tells a connection only of what others wrote. */
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

  /** Looks at the path anew: another file lies there. */
  reopen(): void {
    this.#connection?.close();
    this.#connection = null;
  }

  /** Whoever still waits is woken. */
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

  /** SQLite's count of others' writes; null when it cannot be read, which the listeners will find out themselves. */
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
 * One listener's bell. `hasNews` keeps it silent for writes that do not concern the listener; it may throw, which
 * counts as news.
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
          // The notifications' own timer keeps the process alive, where that is wanted.
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
