import type {ShareKeeper, ShareReader} from '../port.ts';
import {wellFormedJson} from '../../release/well-formed.ts';
import type {Database} from './database.ts';
import type {Connection} from './driver.ts';

/** Created at the first write, so that files of earlier versions stay readable for those versions. */
const TABLE = `CREATE TABLE IF NOT EXISTS shares (
  feature TEXT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (feature, name)
) STRICT`;

export function shareReader(database: Database, feature: string): ShareReader {
  return {
    read: () =>
      database.read(connection => {
        if (!hasTable(connection)) return new Map();
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
        if (!hasTable(connection)) connection.execute(TABLE);
        const sql = 'INSERT OR REPLACE INTO shares (feature, name, text) VALUES (?, ?, ?)';
        connection.run(sql, feature, name, wellFormedJson(text));
      }),
    remove: names =>
      database.write(connection => {
        if (!hasTable(connection)) return;
        for (const name of names)
          connection.run('DELETE FROM shares WHERE feature = ? AND name = ?', feature, name);
      }),
  };
}

function hasTable(connection: Connection): boolean {
  return connection.get("SELECT 1 FROM sqlite_schema WHERE name = 'shares'") !== undefined;
}
