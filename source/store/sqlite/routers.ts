import {
  KEEP_REPORTS_MS,
  MOST_REPORTS,
  type RouterRegistry,
  type RouterReport,
  type StoredRouterReport,
} from '../port.ts';
import {decodeReport} from '../read-documents.ts';
import type {Database} from './database.ts';
import {addFeature} from './schema.ts';
import {toJson} from '../../release/well-formed.ts';

export function routerRegistry(database: Database, feature: string): RouterRegistry {
  return {
    list: () =>
      database.read(connection => {
        const sql =
          'SELECT at, report FROM (SELECT name, at, report FROM routers WHERE feature = ? ORDER BY at DESC LIMIT ?) ORDER BY name';
        const reports: StoredRouterReport[] = [];
        for (const row of connection.all(sql, feature, MOST_REPORTS)) {
          const report = decodeReport(String(row['report']));
          if (report !== null) reports.push({...report, at: Number(row['at'])});
        }
        return reports;
      }),
  };
}

export function writeReport(database: Database, feature: string, report: RouterReport): Promise<void> {
  return database.write(connection => {
    const at = Date.now();
    addFeature(connection, feature);
    const sql = 'INSERT OR REPLACE INTO routers (feature, name, at, report) VALUES (?, ?, ?, ?)';
    connection.run(sql, feature, report.name, at, toJson(report));
    connection.run('DELETE FROM routers WHERE feature = ? AND at < ?', feature, at - KEEP_REPORTS_MS);
  });
}

export function forgetRouter(database: Database, feature: string, name: string): Promise<void> {
  return database.write(connection => {
    connection.run('DELETE FROM routers WHERE feature = ? AND name = ?', feature, name);
  });
}
