import type {Lease, LeaseKeeper} from '../port.ts';
import type {Database} from './database.ts';
import type {Connection} from './driver.ts';

export function leaseReader(database: Database, feature: string): Pick<LeaseKeeper, 'read'> {
  return {read: () => database.read(connection => current(connection, feature))};
}

export function leaseKeeper(database: Database, feature: string): LeaseKeeper {
  return {
    ...leaseReader(database, feature),
    hold: (holder, token, forMs) => {
      const take = (connection: Connection): Lease | null => {
        const held = current(connection, feature);
        const now = Date.now();
        const isVoid = held === null || held.until - now > 2 * forMs;
        if (!isVoid && held.token !== token) return null;
        const until = now + forMs;
        connection.run('INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?)', feature, holder, token, until);
        return {holder, token, until};
      };
      // The guard has to keep its lease on a full disk.
      return database.write(take, {reserve: 'some'});
    },
    giveUp: token =>
      database.write(connection => {
        connection.run('DELETE FROM leases WHERE feature = ? AND token = ?', feature, token);
      }),
  };
}

/** The lease that still runs. */
function current(connection: Connection, feature: string): Lease | null {
  const row = connection.get('SELECT holder, token, until FROM leases WHERE feature = ?', feature);
  const until = Number(row?.['until'] ?? 0);
  if (row === undefined || until <= Date.now()) return null;
  return {holder: String(row['holder']), token: String(row['token']), until};
}
