import type {StepOutput} from '../../release/step-output.ts';
import {decodeOutput} from '../output.ts';
import {KEEP_OUTPUTS, type OutputReader} from '../port.ts';
import type {Database} from './database.ts';
import type {Connection} from './driver.ts';
import {toJson} from '../../release/well-formed.ts';

/** Created at the first write, so that files of earlier versions stay readable for those versions. */
const TABLE = `CREATE TABLE IF NOT EXISTS outputs (
  id INTEGER PRIMARY KEY AUTOINCREMENT, feature TEXT NOT NULL, at INTEGER NOT NULL, output TEXT NOT NULL
) STRICT`;

export function outputReader(database: Database, feature: string): OutputReader {
  return {
    read: () =>
      database.read(connection => {
        if (!hasTable(connection)) return [];
        const sql = 'SELECT at, output FROM outputs WHERE feature = ? ORDER BY id';
        return connection
          .all(sql, feature)
          .flatMap(row => decodeOutput(String(row['output']), Number(row['at'])));
      }),
  };
}

export async function writeOutput(database: Database, feature: string, output: StepOutput): Promise<void> {
  const keep = (connection: Connection): void => {
    if (!hasTable(connection)) connection.execute(TABLE);
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

function hasTable(connection: Connection): boolean {
  return connection.get("SELECT 1 FROM sqlite_schema WHERE name = 'outputs'") !== undefined;
}
