import type {Connection} from './driver.ts';

/** Inside a transaction: from now on the store has this feature. */
export function addFeature(connection: Connection, feature: string): void {
  connection.run('INSERT OR IGNORE INTO features (name) VALUES (?)', feature);
}

export function listFeatures(connection: Connection): string[] {
  return connection.all('SELECT name FROM features ORDER BY name').map(row => String(row['name']));
}
