import {readFreezeEntry} from '../../release/freeze.ts';
import type {StepOutput} from '../../release/step.ts';
import {toJson, wellFormedJson} from '../../release/well-formed.ts';
import {decodeOutput, readJson} from '../read-documents.ts';
import {
  FEEDBACK_BATCH,
  type FeedbackReader,
  type FreezeReader,
  type FreezeWriter,
  KEEP_FEEDBACK_MS,
  KEEP_FREEZES,
  KEEP_OUTPUTS,
  MOST_FEEDBACK,
  type OutputReader,
  type ShareKeeper,
  type ShareReader,
  type SummaryKeeper,
  type SummaryReader,
} from '../port.ts';
import type {Database} from './database.ts';
import type {Connection} from './driver.ts';

/** Tables of documents are created at the first write: a file of an earlier version stays readable for that version. */
function hasTable(connection: Connection, table: string): boolean {
  return connection.get('SELECT 1 FROM sqlite_schema WHERE name = ?', table) !== undefined;
}

const SUMMARIES_TABLE =
  'CREATE TABLE IF NOT EXISTS summaries (feature TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT';

export function summaryReader(database: Database, feature: string): SummaryReader {
  return {
    read: () =>
      database.read(connection => {
        if (!hasTable(connection, 'summaries')) return null;
        const row = connection.get('SELECT text FROM summaries WHERE feature = ?', feature);
        return row === undefined ? null : String(row['text']);
      }),
  };
}

export function summaryKeeper(database: Database, feature: string): SummaryKeeper {
  return {
    ...summaryReader(database, feature),
    write: text =>
      database.write(connection => {
        if (!hasTable(connection, 'summaries')) connection.execute(SUMMARIES_TABLE);
        const sql = 'INSERT OR REPLACE INTO summaries (feature, text) VALUES (?, ?)';
        connection.run(sql, feature, wellFormedJson(text));
      }),
  };
}

const SHARES_TABLE = `CREATE TABLE IF NOT EXISTS shares (
  feature TEXT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (feature, name)
) STRICT`;

export function shareReader(database: Database, feature: string): ShareReader {
  return {
    read: () =>
      database.read(connection => {
        if (!hasTable(connection, 'shares')) return new Map();
        const rows = connection.all('SELECT name, text FROM shares WHERE feature = ?', feature);
        return new Map(rows.map(row => [String(row['name']), String(row['text'])]));
      }),
  };
}

export function shareKeeper(database: Database, feature: string): ShareKeeper {
  return {
    ...shareReader(database, feature),
    write: (name, text) =>
      database.write(connection => {
        if (!hasTable(connection, 'shares')) connection.execute(SHARES_TABLE);
        const sql = 'INSERT OR REPLACE INTO shares (feature, name, text) VALUES (?, ?, ?)';
        connection.run(sql, feature, name, wellFormedJson(text));
      }),
    remove: names =>
      database.write(connection => {
        if (!hasTable(connection, 'shares')) return;
        for (const name of names)
          connection.run('DELETE FROM shares WHERE feature = ? AND name = ?', feature, name);
      }),
  };
}

const FREEZES_TABLE =
  'CREATE TABLE IF NOT EXISTS freezes (id INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT NOT NULL) STRICT';

export function freezeReader(database: Database): FreezeReader {
  return {
    newest: () =>
      database.read(connection => {
        if (!hasTable(connection, 'freezes')) return null;
        const row = connection.get('SELECT entry FROM freezes ORDER BY id DESC LIMIT 1');
        return row === undefined ? null : readFreezeEntry(readJson(String(row['entry'])));
      }),
  };
}

export function freezeWriter(database: Database): FreezeWriter {
  return {
    write: async entry => {
      await database.write(
        connection => {
          if (!hasTable(connection, 'freezes')) connection.execute(FREEZES_TABLE);
          connection.run('INSERT INTO freezes (entry) VALUES (?)', toJson(entry));
          const surplus = 'DELETE FROM freezes WHERE id <= (SELECT max(id) FROM freezes) - ?';
          connection.run(surplus, KEEP_FREEZES);
        },
        {durable: true},
      );
    },
  };
}

const OUTPUTS_TABLE = `CREATE TABLE IF NOT EXISTS outputs (
  id INTEGER PRIMARY KEY AUTOINCREMENT, feature TEXT NOT NULL, at INTEGER NOT NULL, output TEXT NOT NULL
) STRICT`;

export function outputReader(database: Database, feature: string): OutputReader {
  return {
    read: () =>
      database.read(connection => {
        if (!hasTable(connection, 'outputs')) return [];
        const sql = 'SELECT at, output FROM outputs WHERE feature = ? ORDER BY id';
        return connection
          .all(sql, feature)
          .flatMap(row => decodeOutput(String(row['output']), Number(row['at'])));
      }),
  };
}

export async function writeOutput(database: Database, feature: string, output: StepOutput): Promise<void> {
  const keep = (connection: Connection): void => {
    if (!hasTable(connection, 'outputs')) connection.execute(OUTPUTS_TABLE);
    const text = toJson(output);
    connection.run('INSERT INTO outputs (feature, at, output) VALUES (?, ?, ?)', feature, Date.now(), text);
    const surplus =
      'DELETE FROM outputs WHERE feature = ? AND id <= ' +
      '(SELECT id FROM outputs WHERE feature = ? ORDER BY id DESC LIMIT 1 OFFSET ?)';
    connection.run(surplus, feature, feature, KEEP_OUTPUTS);
  };
  // The snapshot of a rollback is one of them.
  await database.write(keep, {reserve: 'all'});
}

/** Finding the oldest that is one too many reads all that are kept: done once in so many entries. */
const TRIM_EVERY = 64;

export function feedbackReader(database: Database, feature: string): FeedbackReader {
  return {
    read: (sinceMs, afterId) =>
      database.read(connection => {
        const sql =
          'SELECT id, at, text FROM feedback WHERE feature = ? AND at >= ? AND id > ? ORDER BY id LIMIT ?';
        const after = Number.parseInt(afterId ?? '', 10) || 0;
        return connection
          .all(sql, feature, Math.ceil(sinceMs), after, FEEDBACK_BATCH)
          .map(row => ({id: String(row['id']), at: Number(row['at']), text: String(row['text'])}));
      }),
  };
}

export async function writeFeedback(database: Database, feature: string, text: string): Promise<void> {
  await database.write(connection => {
    const at = Date.now();
    connection.run(
      'INSERT INTO feedback (feature, at, text) VALUES (?, ?, ?)',
      feature,
      at,
      wellFormedJson(text),
    );
    connection.run('DELETE FROM feedback WHERE feature = ? AND at < ?', feature, at - KEEP_FEEDBACK_MS);
    const id = Number(connection.get('SELECT last_insert_rowid() AS id')?.['id']);
    if (id % TRIM_EVERY !== 0) return;
    const surplus =
      'DELETE FROM feedback WHERE feature = ? AND id <= ' +
      '(SELECT id FROM feedback WHERE feature = ? ORDER BY id DESC LIMIT 1 OFFSET ?)';
    connection.run(surplus, feature, feature, MOST_FEEDBACK);
  });
}
