import {FEEDBACK_BATCH, KEEP_FEEDBACK_MS, MOST_FEEDBACK, type FeedbackReader} from '../port.ts';
import {wellFormedJson} from '../../release/well-formed.ts';
import type {Database} from './database.ts';

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
