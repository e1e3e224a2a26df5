import {STREAM_AHEAD_MS, type MendedStream, type StreamClocks} from '../port.ts';
import type {Database} from './database.ts';
import type {Connection} from './driver.ts';

const STREAMS = ['samples', 'feedback'] as const;

export async function readStreamClocks(database: Database, feature: string): Promise<StreamClocks> {
  return await database.read(connection => ({
    samples: newestOf(connection, 'samples', feature),
    feedback: newestOf(connection, 'feedback', feature),
  }));
}

/** Times here are those of the writers' clock. Ids are given by SQLite, and an application has no say in them. */
export async function mendStreams(database: Database, feature: string): Promise<MendedStream[]> {
  const now = Date.now();
  const isAhead = ({at}: {at: number | null}) => at !== null && at > now + STREAM_AHEAD_MS;
  const clocks = await readStreamClocks(database, feature);
  const ahead = STREAMS.map(stream => ({stream, at: clocks[stream]})).filter(isAhead);
  if (ahead.length === 0) return [];
  return await database.write(connection =>
    ahead.map(({stream, at}) => {
      const where = 'WHERE feature = ? AND at > ?';
      const {n} =
        connection.get(`SELECT count(*) AS n FROM ${stream} ${where}`, feature, now + STREAM_AHEAD_MS) ?? {};
      connection.run(`DELETE FROM ${stream} ${where}`, feature, now + STREAM_AHEAD_MS);
      return {stream, aheadMs: (at ?? now) - now, entries: Number(n)};
    }),
  );
}

/** Of samples there is an index by time; feedback is found by its id, the newest first. */
const NEWEST = {
  samples: 'SELECT max(at) AS at FROM samples WHERE feature = ?',
  feedback: 'SELECT at FROM feedback WHERE feature = ? ORDER BY id DESC LIMIT 1',
};

function newestOf(connection: Connection, stream: keyof typeof NEWEST, feature: string): number | null {
  const at = connection.get(NEWEST[stream], feature)?.['at'];
  return at === null || at === undefined ? null : Number(at);
}
