import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {afterAll, beforeAll, describe} from 'vitest';
import type {LogEntry} from '../../source/store/chain.ts';
import {redisMissing, startRedis, type RedisServer} from '../servers/redis.ts';

/** A real store, and direct access to its data, as a failover, an intruder or a mistake would have. */
export interface House {
  /** The address for `openStore`, here and in other processes. */
  address: string;
  readLog(feature: string): Promise<LogEntry[]>;
  /** Replaces the whole log by these entries; an empty list deletes it. */
  rewriteLog(feature: string, entries: readonly LogEntry[]): Promise<void>;
}

/** Tests for which one store is enough. */
export function onSqlite(tests: (house: () => House) => void): void {
  describe('on SQLite', () => {
    const folder = mkdtempSync(join(tmpdir(), 'graydeck-controller-'));
    afterAll(() => rmSync(folder, {recursive: true}));
    tests(() => sqliteHouse(join(folder, 'graydeck.db')));
  });
}

/** The same tests on SQLite and on a real redis-server. */
export function onEveryStore(tests: (house: () => House) => void): void {
  onSqlite(tests);

  describe.skipIf(redisMissing)('on Redis', () => {
    let server: RedisServer;
    beforeAll(async () => {
      server = await startRedis();
    });
    afterAll(() => server.dispose());
    tests(() => redisHouse(server));
  });
}

function sqliteHouse(path: string): House {
  const past = async <T>(work: (database: DatabaseSync) => T): Promise<T> => {
    const database = new DatabaseSync(path, {timeout: 1000});
    try {
      return work(database);
    } finally {
      database.close();
    }
  };
  return {
    address: `sqlite:${path}`,
    readLog: feature =>
      past(database => {
        const sql = 'SELECT version, text FROM log WHERE feature = ? ORDER BY version';
        return database
          .prepare(sql)
          .all(feature)
          .map(row => ({version: Number(row['version']), text: String(row['text'])}));
      }),
    rewriteLog: (feature, entries) =>
      past(database => {
        database.exec('BEGIN IMMEDIATE');
        database.prepare('DELETE FROM log WHERE feature = ?').run(feature);
        const insert = database.prepare('INSERT INTO log (feature, version, text) VALUES (?, ?, ?)');
        for (const {version, text} of entries) insert.run(feature, version, text);
        database.exec('COMMIT');
      }),
  };
}

function redisHouse(server: RedisServer): House {
  const logOf = (feature: string) => `graydeck:{${feature}}:log`;
  return {
    address: server.url,
    readLog: async feature =>
      (await server.admin.xrange(logOf(feature), '-', '+')).map(([id, fields]) => ({
        version: Number.parseInt(id, 10),
        text: fields[1] ?? '',
      })),
    rewriteLog: async (feature, entries) => {
      const rewriting = server.admin.multi().del(logOf(feature));
      for (const {version, text} of entries) rewriting.xadd(logOf(feature), `${version}-0`, 'commit', text);
      await rewriting.exec();
    },
  };
}
