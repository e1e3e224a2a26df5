import {closeSync, existsSync, mkdirSync, openSync, statSync} from 'node:fs';
import {dirname} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {StoreFault} from '../fault.ts';
import {Connection} from './driver.ts';
import {diskFull, isBusy, isFull, mayBeFull, notAFile, notThere, toFault} from './faults.ts';
import {Reserve, type ReserveUse} from './reserve.ts';
import {Notifications} from './notifications.ts';
import {prepareSchema} from './schema.ts';

/** Longest time that a call waits for a lock, in milliseconds. */
const GIVE_UP_MS = 5000;
const JOURNAL_LIMIT_BYTES = 8 * 1024 * 1024;

export interface DatabaseOptions {
  path: string;
  label: string;
  readOnly: boolean;
  /** Whether following alone keeps the process alive. */
  keepAlive: boolean;
}

/**
 * The file of the store, which processes share. Work on it is synchronous and short. While another process holds the lock the
 * event loop runs.
 */
export class Database {
  readonly notifications: Notifications;
  readonly #options: DatabaseOptions;
  readonly #closed = new AbortController();
  readonly #reserve: Reserve;
  #connection: Connection | null = null;
  #file = '';

  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.#reserve = new Reserve(options.path);
    this.notifications = new Notifications(() => this.#connect(true), options.keepAlive);
  }

  /** Aborts when the store is closed. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Reads. */
  read<T>(work: (connection: Connection) => T): Promise<T> {
    return this.#attempt(() => work(this.#current()), 'some');
  }

  /** Reads at once. Throws the error of the driver, also if another process holds the lock. */
  peek<T>(work: (connection: Connection) => T): T {
    return work(this.#current());
  }

  /**
   * Writes all of `work` or nothing, and notifies subscribers. `durable`: the write survives a loss of power. `reserve`: the part
   * of the reserve that it may use if the disk is full.
   */
  async write<T>(
    work: (connection: Connection) => T,
    {durable = false, reserve = 'nothing'}: {durable?: boolean; reserve?: ReserveUse} = {},
  ): Promise<T> {
    const result = await this.#attempt(() => {
      const connection = this.#current();
      return connection.transaction(() => work(connection), durable);
    }, reserve);
    this.#reserve.fill();
    this.notifications.notify();
    return result;
  }

  /** Does all of `work` in a write transaction, and undoes it. */
  rehearse<T>(work: (connection: Connection) => T): Promise<T> {
    return this.#attempt(() => this.#current().rehearsal(() => work(this.#current())), 'nothing');
  }

  close(): void {
    this.#closed.abort();
    this.notifications.close();
    this.#connection?.close();
    this.#connection = null;
    this.#reserve.reclaim();
  }

  async #attempt<T>(work: () => T, reserve: ReserveUse): Promise<T> {
    const giveUpAt = performance.now() + GIVE_UP_MS;
    let isCleared = false;
    for (;;) {
      try {
        return work();
      } catch (error) {
        if (this.#isFull(error)) {
          // First the journal is written into the file, so that its space can be used again.
          if (isCleared && !this.#reserve.spend(reserve)) throw diskFull(this.#options.label, error);
          isCleared = true;
          this.#emptyJournal();
          continue;
        }
        if (!isBusy(error) || performance.now() > giveUpAt) throw toFault(error, this.#options.label);
      }
      // A random time, so that two processes do not collide again and again.
      await delay(1 + Math.random() * 9);
    }
  }

  #isFull(error: unknown): boolean {
    return mayBeFull(error) && (isFull(error) || this.#reserve.isDiskFull);
  }

  #emptyJournal(): void {
    try {
      this.#connection?.execute('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // Another process reads from it, or the file needs space itself.
    }
  }

  /** Gives the connection. Opens it again if the path leads to another file: otherwise writes would go into a deleted file. */
  #current(): Connection {
    if (this.#connection !== null && this.#file === fileAt(this.#options.path)) return this.#connection;
    if (this.#connection !== null) this.notifications.reopen();
    this.#connection?.close();
    this.#connection = null;
    const connection = this.#connect(this.#options.readOnly);
    this.#file = fileAt(this.#options.path);
    this.#connection = connection;
    return connection;
  }

  #connect(readOnly: boolean): Connection {
    const {path, label} = this.#options;
    if (this.#closed.signal.aborted) {
      throw new StoreFault('store-unreachable', `${label} has been closed.`, 'Open it again.');
    }
    if (fileAt(path) === '') {
      if (readOnly) throw notThere(label);
      makeFolder(dirname(path));
      closeSync(openSync(path, 'a', 0o600));
    }
    if (statSync(path).isDirectory()) throw notAFile(label);
    const connection = new Connection(path, readOnly);
    try {
      prepareSchema(connection, readOnly, label);
      if (!readOnly) {
        connection.execute(`PRAGMA journal_size_limit = ${JOURNAL_LIMIT_BYTES}`);
        this.#reserve.fill();
      }
    } catch (error) {
      connection.close();
      throw error;
    }
    return connection;
  }
}

/** Identifies the file at a path; empty: there is none. */
function fileAt(path: string): string {
  const file = statSync(path, {throwIfNoEntry: false});
  return file === undefined ? '' : `${file.dev}:${file.ino}`;
}

/** Creates folders level by level: the recursive mode of `mkdirSync` never returns under /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path, {mode: 0o700});
  } catch (error) {
    // Another process may have created it.
    if (!existsSync(path)) throw error;
  }
}
