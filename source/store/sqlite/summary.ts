import {wellFormedJson} from '../../release/well-formed.ts';
import type {SummaryKeeper, SummaryReader} from '../port.ts';
import type {Database} from './database.ts';
import type {Connection} from './driver.ts';

/** Made when first needed: older versions go on reading the file. */
const TABLE = 'CREATE TABLE IF NOT EXISTS summaries (feature TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT';

export function summaryReader(database: Database, feature: string): SummaryReader {
  return {
    read: () =>
      database.read(connection => {
        if (!hasTable(connection)) return null;
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
        if (!hasTable(connection)) connection.execute(TABLE);
        const sql = 'INSERT OR REPLACE INTO summaries (feature, text) VALUES (?, ?)';
        connection.run(sql, feature, wellFormedJson(text));
      }),
  };
}

function hasTable(connection: Connection): boolean {
  return connection.get("SELECT 1 FROM sqlite_schema WHERE name = 'summaries'") !== undefined;
}
