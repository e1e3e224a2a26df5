import {closeSync, existsSync, mkdirSync, openSync, statSync} from 'node:fs';
import {dirname} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {StoreFault} from '../fault.ts';
import {Connection} from './driver.ts';
import {diskFull, isBusy, isFull, mayBeFull, notAFile, notThere, toFault} from './faults.ts';
import {Reserve, type ReserveUse} from './reserve.ts';
import {Bells} from './bells.ts';
import {prepareSchema} from './schema.ts';

/** How long a call tries to get a lock before it gives up, in milliseconds. */
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
 * The file of the store, shared with other processes. Work on it is synchronous and short; waiting for another
 * process's lock is not: between tries the event loop runs.
 */
export class Database {
  readonly bells: Bells;
  readonly #options: DatabaseOptions;
  readonly #closed = new AbortController();
  readonly #reserve: Reserve;
  #connection: Connection | null = null;
  #file = '';

  constructor(options: DatabaseOptions) {
    this.#options = options;
    this.#reserve = new Reserve(options.path);
    this.bells = new Bells(() => this.#connect(true), options.keepAlive);
  }

  /** Aborts when the store is closed. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Reads. */
  read<T>(work: (connection: Connection) => T): Promise<T> {
    return this.#attempt(() => work(this.#current()), 'some');
  }

  /** Reads at once; throws what the driver throws, also when a lock is in the way. */
  peek<T>(work: (connection: Connection) => T): T {
    return work(this.#current());
  }

  /**
   * Writes all of `work` or nothing, and rings the bells. `durable`: also against a loss of power. `reserve`: what may be used
   * of the room that is kept, where the disk is full.
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
    this.bells.ring();
    return result;
  }

  /** Does all of `work` with the right to write, and takes it back. */
  rehearse<T>(work: (connection: Connection) => T): Promise<T> {
    return this.#attempt(() => this.#current().rehearsal(() => work(this.#current())), 'nothing');
  }

  close(): void {
    this.#closed.abort();
    this.bells.close();
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
          // First what the journal holds goes into the file, so that its own room can be used again.
          if (isCleared && !this.#reserve.spend(reserve)) throw diskFull(this.#options.label, error);
          isCleared = true;
          this.#emptyJournal();
          continue;
        }
        if (!isBusy(error) || performance.now() > giveUpAt) throw toFault(error, this.#options.label);
      }
      // Of unequal length, or two processes would meet again and again.
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
      // Others read from it, or the file needs room itself.
    }
  }

  /** The connection, opened anew when the path leads to another file than before: else we would write into a deleted one. */
  #current(): Connection {
    if (this.#connection !== null && this.#file === fileAt(this.#options.path)) return this.#connection;
    if (this.#connection !== null) this.bells.reopen();
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

/** Which file a path leads to; empty when to none. */
function fileAt(path: string): string {
  const file = statSync(path, {throwIfNoEntry: false});
  return file === undefined ? '' : `${file.dev}:${file.ino}`;
}

/** Level by level: the recursive mode of `mkdirSync` never returns where a folder cannot take one, as under /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path, {mode: 0o700});
  } catch (error) {
    // Another process may have been first.
    if (!existsSync(path)) throw error;
  }
}
