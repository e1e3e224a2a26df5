import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {afterAll, beforeAll} from 'vitest';
import {openStore} from '../../source/store/open.ts';
import {storeContract} from './contract.ts';
import type {Subject} from './contract/subject.ts';

const folder = mkdtempSync(join(tmpdir(), 'graydeck-sqlite-'));
const path = join(folder, 'state', 'graydeck.db');
const address = `sqlite:${path}`;

/** Past the adapter, by a connection of its own. */
function raw<T>(work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path, {timeout: 1000});
  try {
    return work(database);
  } finally {
    database.close();
  }
}

const subject: Subject = {
  name: 'SQLite',
  address,
  open: role => openStore(address, role),
  raw: {
    readLog: async feature =>
      raw(database => {
        const rows = database
          .prepare('SELECT version, text FROM log WHERE feature = ? ORDER BY version')
          .all(feature);
        return rows.map(row => ({version: Number(row['version']), text: String(row['text'])}));
      }),
    rewriteLog: async (feature, entries) =>
      raw(database => {
        database.exec('BEGIN IMMEDIATE');
        database.prepare('DELETE FROM log WHERE feature = ?').run(feature);
        const insert = database.prepare('INSERT INTO log (feature, version, text) VALUES (?, ?, ?)');
        for (const {version, text} of entries) insert.run(feature, version, text);
        database.exec('COMMIT');
      }),
    putSample: async (feature, at, fields) =>
      raw(database => {
        const insert = database.prepare('INSERT INTO samples (feature, at, fields) VALUES (?, ?, ?)');
        insert.run(feature, at, JSON.stringify(fields));
      }),
  },
  cannot: {
    away: 'a local file has no server that could be away',
    lostReply: 'there is no network between a process and its file',
  },
};

beforeAll(async () => {
  // The first process that may write makes the file; viewers come later.
  await (await subject.open('operator')).close();
});
afterAll(() => rmSync(folder, {recursive: true}));

storeContract('SQLite', () => subject);
