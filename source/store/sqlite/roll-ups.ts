import {wellFormedJson} from '../../release/well-formed.ts';
import type {RollUpReader, RollUpWriter} from '../port.ts';
import {readSlices} from '../roll-up-slices.ts';
import type {Database} from './database.ts';

export function rollUpReader(database: Database, feature: string): RollUpReader {
  return {
    read: (kind, sinceMs, take) =>
      readSlices(
        (after, count) =>
          database.read(connection => {
            const sql =
              'SELECT t, body FROM roll_ups WHERE feature = ? AND kind = ? AND t > ? ORDER BY t LIMIT ?';
            const rows = connection.all(sql, feature, kind, after, count);
            const rollUps = rows.map(row => ({t: Number(row['t']), body: String(row['body'])}));
            return {rollUps, last: rollUps.length < count ? null : (rollUps.at(-1)?.t ?? null)};
          }),
        sinceMs,
        take,
      ),
  };
}

export function rollUpWriter(database: Database, feature: string): RollUpWriter {
  return {
    write: (kind, rollUps, keepMs) =>
      database.write(connection => {
        for (const {t, body} of rollUps) {
          connection.run(
            'INSERT OR REPLACE INTO roll_ups VALUES (?, ?, ?, ?)',
            feature,
            kind,
            t,
            wellFormedJson(body),
          );
        }
        const sql = 'DELETE FROM roll_ups WHERE feature = ? AND kind = ? AND t < ?';
        connection.run(sql, feature, kind, Date.now() - keepMs);
      }),
  };
}
