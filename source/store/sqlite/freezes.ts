import {readFreezeEntry} from '../../release/freeze.ts';
import {toJson} from '../../release/well-formed.ts';
import {readJson} from '../freeze.ts';
import {KEEP_FREEZES, type FreezeReader, type FreezeWriter} from '../port.ts';
import type {Database} from './database.ts';
import type {Connection} from './driver.ts';

/** Made when first needed: a file of an earlier version goes on being one that both read. */
const TABLE =
  'CREATE TABLE IF NOT EXISTS freezes (id INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT NOT NULL) STRICT';

export function freezeReader(database: Database): FreezeReader {
  return {
    newest: () =>
      database.read(connection => {
        if (!hasTable(connection)) return null;
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
          if (!hasTable(connection)) connection.execute(TABLE);
          connection.run('INSERT INTO freezes (entry) VALUES (?)', toJson(entry));
          const surplus = 'DELETE FROM freezes WHERE id <= (SELECT max(id) FROM freezes) - ?';
          connection.run(surplus, KEEP_FREEZES);
        },
        {durable: true},
      );
    },
  };
}

function hasTable(connection: Connection): boolean {
  return connection.get("SELECT 1 FROM sqlite_schema WHERE name = 'freezes'") !== undefined;
}
