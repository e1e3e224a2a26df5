import type {RollUpReader, RollUpWriter} from '../port.ts';
import type {Database} from './database.ts';

export function rollUpReader(database: Database, feature: string): RollUpReader {
  return {
    read: (kind, sinceMs) =>
      database.read(connection => {
        const sql = 'SELECT t, body FROM roll_ups WHERE feature = ? AND kind = ? AND t >= ? ORDER BY t';
        const rows = connection.all(sql, feature, kind, sinceMs);
        return rows.map(row => ({t: Number(row['t']), body: String(row['body'])}));
      }),
  };
}

export function rollUpWriter(database: Database, feature: string): RollUpWriter {
  return {
    write: (kind, rollUps, keepMs) =>
      database.write(connection => {
        for (const {t, body} of rollUps) {
          connection.run('INSERT OR REPLACE INTO roll_ups VALUES (?, ?, ?, ?)', feature, kind, t, body);
        }
        const sql = 'DELETE FROM roll_ups WHERE feature = ? AND kind = ? AND t < ?';
        connection.run(sql, feature, kind, Date.now() - keepMs);
      }),
  };
}
