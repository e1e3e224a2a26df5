import {resolve} from 'node:path';
import type * as Sqlite from 'node:sqlite';
import type {DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync} from 'node:sqlite';

export type Row = Record<string, SQLOutputValue>;

/** Longest time that one call of the driver waits for a lock and blocks the event loop, in milliseconds. */
const BUSY_MS = 5;

/** Loads the built-in SQLite without the warning of Node 22 that it is experimental. */
function loadSqlite(): typeof Sqlite {
  const emitWarning = process.emitWarning;
  const quiet = (...args: [string | Error, ...unknown[]]) => {
    if (args[1] === 'ExperimentalWarning' && String(args[0]).includes('SQLite')) return;
    Reflect.apply(emitWarning, process, args);
  };
  process.emitWarning = quiet;
  try {
    return process.getBuiltinModule('node:sqlite');
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** A connection to one file, with its statements prepared once. Every method throws the driver's own errors. */
export class Connection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #synchronous = '';

  constructor(path: string, readOnly: boolean) {
    const sqlite = loadSqlite();
    // An absolute path: SQLite reads a name that begins with "file:" as an address with settings.
    this.#database = new sqlite.DatabaseSync(resolve(path), {readOnly, timeout: BUSY_MS});
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#prepare(sql).get(...values);
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#prepare(sql).all(...values);
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    this.#prepare(sql).run(...values);
  }

  /** Runs statements that are not prepared for reuse: schema, pragmas. */
  execute(sql: string): void {
    this.#database.exec(sql);
  }

  /**
   * Runs `work` as one transaction that holds the write lock from its first statement on. `durable`: it survives a loss of
   * power.
   */
  transaction<T>(work: () => T, durable: boolean): T {
    const synchronous = durable ? 'FULL' : 'NORMAL';
    if (synchronous !== this.#synchronous) this.execute(`PRAGMA synchronous = ${synchronous}`);
    this.#synchronous = synchronous;
    return this.#begun(work, 'COMMIT');
  }

  /** Runs `work` as a transaction and undoes it at its end. */
  rehearsal<T>(work: () => T): T {
    return this.#begun(work, 'ROLLBACK');
  }

  #begun<T>(work: () => T, end: 'COMMIT' | 'ROLLBACK'): T {
    this.execute('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.execute(end);
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.execute('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#statements.clear();
    if (this.#database.isOpen) this.#database.close();
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
