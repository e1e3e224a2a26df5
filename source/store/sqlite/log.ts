import type {Commit} from '../../release/commit.ts';
import {encodeCommit, placeOf, type LogEntry} from '../chain.ts';
import {exposesMore} from '../exposes-more.ts';
import {followLog, readHead, readLog, type LogSource} from '../follow.ts';
import type {AppendResult, LogReader, LogRehearsal, LogWriter} from '../port.ts';
import {subscribe} from './notifications.ts';
import type {Database} from './database.ts';
import type {Connection, Row} from './driver.ts';
import {addFeature} from './schema.ts';

export function logReader(database: Database, feature: string): LogReader {
  const source = logSource(database, feature);
  return {
    head: () => readHead(source),
    read: (afterVersion, take, onBreak) => readLog(source, afterVersion, take, onBreak),
    follow: (after, onNews, signal) =>
      followLog(source, after, onNews, AbortSignal.any([signal, database.closed])),
  };
}

export function logWriter(database: Database, feature: string): LogWriter & LogRehearsal {
  return {
    append: commit =>
      database.write(connection => appendIn(connection, feature, commit), {
        durable: true,
        reserve: exposesMore(commit) ? 'nothing' : 'all',
      }),
    rehearse: commit => database.rehearse(connection => appendIn(connection, feature, commit)),
  };
}

function logSource(database: Database, feature: string): LogSource {
  return {
    entries: (from, limit) => database.read(connection => entriesFrom(connection, feature, from, limit)),
    newest: limit =>
      database.read(connection => {
        const sql = 'SELECT version, text FROM log WHERE feature = ? ORDER BY version DESC LIMIT ?';
        return connection.all(sql, feature, limit).map(toEntry).toReversed();
      }),
    subscribe() {
      let seen = '';
      return subscribe(database.notifications, () => {
        const now = database.peek(connection => stampOf(connection, feature));
        const news = now !== seen;
        seen = now;
        return news;
      });
    },
  };
}

/** Appends inside a transaction, so that the log cannot change between the check and the write. */
function appendIn(connection: Connection, feature: string, commit: Commit): AppendResult {
  const place = placeOf(commit, entriesFrom(connection, feature, Math.max(1, commit.version - 1), 2));
  if (place === 'mine') return {outcome: 'written'};
  if (place === 'taken' || place === 'parted') return {outcome: 'conflict'};
  const isForeign = place === 'foreign';
  if (isForeign) putAside(connection, feature, commit.version);
  addFeature(connection, feature);
  const sql = 'INSERT INTO log (feature, version, text) VALUES (?, ?, ?)';
  connection.run(sql, feature, commit.version, encodeCommit(commit));
  return isForeign ? {outcome: 'written', putAside: true} : {outcome: 'written'};
}

function putAside(connection: Connection, feature: string, from: number): void {
  connection.run(
    'INSERT INTO aside SELECT feature, version, ?, text FROM log WHERE feature = ? AND version >= ?',
    Date.now(),
    feature,
    from,
  );
  connection.run('DELETE FROM log WHERE feature = ? AND version >= ?', feature, from);
}

function entriesFrom(connection: Connection, feature: string, from: number, limit: number): LogEntry[] {
  const sql = 'SELECT version, text FROM log WHERE feature = ? AND version >= ? ORDER BY version LIMIT ?';
  return connection.all(sql, feature, from, limit).map(toEntry);
}

/** Changes with every append. Read from the index alone: a commit may be large. */
function stampOf(connection: Connection, feature: string): string {
  const sql = 'SELECT version, row FROM log WHERE feature = ? ORDER BY version DESC LIMIT 1';
  const newest = connection.get(sql, feature);
  return newest === undefined ? 'empty' : `${String(newest['version'])} ${String(newest['row'])}`;
}

function toEntry(row: Row): LogEntry {
  return {version: Number(row['version']), text: String(row['text'])};
}
