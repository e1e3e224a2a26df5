import type {Connection} from './driver.ts';
import {notOurs, notThere} from './faults.ts';

/** Inside a transaction: from now on the store has this feature. */
export function addFeature(connection: Connection, feature: string): void {
  connection.run('INSERT OR IGNORE INTO features (name) VALUES (?)', feature);
}

export function listFeatures(connection: Connection): string[] {
  return connection.all('SELECT name FROM features ORDER BY name').map(row => String(row['name']));
}

/** Marks a file as a store of Graydeck: "Gray" as a number. */
const APPLICATION_ID = 0x47_72_61_79;
/** Raised with each change of the tables. */
const SCHEMA_VERSION = 1;

const TABLES = `
  CREATE TABLE features (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  -- The unique key is the compare-and-set: never two commits at one version.
  -- AUTOINCREMENT: a row is never used again, so a replaced entry is seen as news.
  CREATE TABLE log (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    feature TEXT NOT NULL, version INTEGER NOT NULL, text TEXT NOT NULL,
    UNIQUE (feature, version)
  ) STRICT;
  -- What lay in the log and could not belong to it.
  CREATE TABLE aside (feature TEXT NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL, text TEXT NOT NULL) STRICT;
  -- Here too: an id is never used again, even when all samples have been trimmed.
  CREATE TABLE samples (
    id INTEGER PRIMARY KEY AUTOINCREMENT, feature TEXT NOT NULL, at INTEGER NOT NULL, fields TEXT NOT NULL
  ) STRICT;
  CREATE INDEX samples_by_time ON samples (feature, at);
  CREATE TABLE roll_ups (
    feature TEXT NOT NULL, kind TEXT NOT NULL, t INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (feature, kind, t)
  ) STRICT;
  CREATE TABLE routers (
    feature TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL, report TEXT NOT NULL, PRIMARY KEY (feature, name)
  ) STRICT;
  CREATE TABLE leases (
    feature TEXT PRIMARY KEY, holder TEXT NOT NULL, token TEXT NOT NULL, until INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE feedback (
    id INTEGER PRIMARY KEY AUTOINCREMENT, feature TEXT NOT NULL, at INTEGER NOT NULL, text TEXT NOT NULL
  ) STRICT;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/**
 * Makes sure that the file is a store of this schema; makes the tables in an empty one.
 * @throws StoreFault `store-not-ours` for any other content, `store-unreachable` when a reader finds it still empty.
 */
export function prepareSchema(connection: Connection, readOnly: boolean, label: string): void {
  if (isReady(connection, label)) return;
  if (readOnly) throw notThere(label);
  connection.execute('PRAGMA journal_mode = WAL');
  connection.transaction(() => {
    // Another process may have created the tables before this one had the lock.
    if (!isReady(connection, label)) connection.execute(TABLES);
  }, true);
}

/** False: an empty file. */
function isReady(connection: Connection, label: string): boolean {
  const application = Number(connection.get('PRAGMA application_id')?.['application_id']);
  const version = Number(connection.get('PRAGMA user_version')?.['user_version']);
  const tables = Number(connection.get('SELECT count(*) AS n FROM sqlite_schema')?.['n']);
  if (application === 0 && version === 0 && tables === 0) return false;
  if (application !== APPLICATION_ID) throw notOurs(label, 'is a database of another program');
  if (version > SCHEMA_VERSION) throw notOurs(label, 'was written by a newer Graydeck');
  return true;
}
