import {setImmediate as yieldToOthers, setTimeout as delay} from 'node:timers/promises';
import {toJson, wellFormedJson} from '../../release/well-formed.ts';
import {LOOK_EVERY_MS} from '../follow.ts';
import {
  KEEP_SAMPLES_MS,
  type MendedStream,
  type RollUpReader,
  type RollUpWriter,
  STREAM_AHEAD_MS,
  type SampleEntry,
  type SampleReader,
  type SampleWriter,
  type StreamClocks,
} from '../port.ts';
import {readSlices} from '../read-documents.ts';
import type {Database} from './database.ts';
import type {Connection, Row} from './driver.ts';
import {addFeature} from './schema.ts';
import {subscribe} from './notifications.ts';

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

const BATCH = 1000;

export function sampleReader(database: Database, feature: string): SampleReader {
  const batchAfter = (id: number) => database.read(connection => entriesAfter(connection, feature, id));
  const lastId = () => database.read(newestId);
  return {
    lastId: async () => String(await lastId()),
    async history(sinceMs, onBatch, signal) {
      // Read first, so that entries that come meanwhile are handed out.
      let last = await lastId();
      let entries = await database.read(connection => entriesSince(connection, feature, sinceMs, 0));
      while (entries.length > 0 && !signal.aborted) {
        onBatch(entries);
        last = Number(entries.at(-1)?.id);
        await yieldToOthers();
        entries = await database.read(connection => entriesSince(connection, feature, sinceMs, last));
      }
      return String(last);
    },
    follow: (afterId, onBatch, signal, onStatus) =>
      followSamples(
        database,
        {batchAfter, lastId},
        Number.parseInt(afterId, 10) || 0,
        {onBatch, onStatus: onStatus ?? (() => {})},
        AbortSignal.any([signal, database.closed]),
      ),
  };
}

interface Source {
  batchAfter(id: number): Promise<SampleEntry[]>;
  lastId(): Promise<number>;
}
interface Listener {
  onBatch: (entries: SampleEntry[]) => void;
  onStatus: (status: {away: string | null}) => void;
}

async function followSamples(
  database: Database,
  source: Source,
  afterId: number,
  listener: Listener,
  signal: AbortSignal,
): Promise<void> {
  const subscription = subscribe(database.notifications, () => true);
  let last = afterId;
  let away = false;
  try {
    while (!signal.aborted) {
      let entries: SampleEntry[];
      try {
        entries = await source.batchAfter(last);
        // Another file has taken the path, and its ids begin again.
        if (entries.length === 0 && (await source.lastId()) < last) last = 0;
      } catch (error) {
        if (signal.aborted) return;
        if (!away) listener.onStatus({away: error instanceof Error ? error.message : String(error)});
        away = true;
        await delay(LOOK_EVERY_MS / 4, undefined, {signal}).catch(() => undefined);
        continue;
      }
      if (signal.aborted) return;
      if (away) listener.onStatus({away: null});
      away = false;
      if (entries.length > 0) {
        listener.onBatch(entries);
        last = Number(entries.at(-1)?.id);
      }
      if (entries.length < BATCH) await subscription.wait(LOOK_EVERY_MS, signal);
    }
  } finally {
    subscription.close();
  }
}

export function sampleWriter(database: Database, feature: string): SampleWriter {
  return {
    async write(entries, keepMs = KEEP_SAMPLES_MS) {
      if (entries.length === 0) return;
      await database.write(connection => {
        const at = Date.now();
        addFeature(connection, feature);
        for (const fields of entries) {
          const sql = 'INSERT INTO samples (feature, at, fields) VALUES (?, ?, ?)';
          connection.run(sql, feature, at, toJson(fields));
        }
        connection.run('DELETE FROM samples WHERE feature = ? AND at < ?', feature, at - keepMs);
      });
    },
  };
}

/** The unary plus keeps SQLite from the index by time: entries after an id are few and lie at the end of the table. */
function entriesAfter(connection: Connection, feature: string, id: number): SampleEntry[] {
  const sql = 'SELECT id, at, fields FROM samples WHERE id > ? AND +feature = ? ORDER BY id LIMIT ?';
  return connection.all(sql, id, feature, BATCH).map(toSample);
}

function entriesSince(
  connection: Connection,
  feature: string,
  sinceMs: number,
  afterId: number,
): SampleEntry[] {
  const sql = `SELECT id, at, fields FROM samples WHERE feature = ? AND at >= ? AND id > ? ORDER BY id LIMIT ?`;
  return connection.all(sql, feature, sinceMs, afterId, BATCH).map(toSample);
}

/** The newest id ever given, also when its entry has been trimmed. */
function newestId(connection: Connection): number {
  return Number(connection.get("SELECT seq FROM sqlite_sequence WHERE name = 'samples'")?.['seq'] ?? 0);
}

/** Fields that do not read are handed on as one name without a value, for the reader to count as junk. */
function toSample(row: Row): SampleEntry {
  const text = String(row['fields']);
  return {id: String(row['id']), at: Number(row['at']), fields: readFields(text) ?? [text]};
}

function readFields(text: string): string[] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every(item => typeof item === 'string') ? value : null;
  } catch {
    return null;
  }
}
