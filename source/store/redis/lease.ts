import type {Lease, LeaseKeeper} from '../port.ts';
import type {Keys} from './keys.ts';
import type {RedisClient} from './client.ts';
import {SCRIPTS} from './scripts.ts';
import {toJson} from '../../release/well-formed.ts';

export function leaseReader(client: RedisClient, {lease}: Keys): Pick<LeaseKeeper, 'read'> {
  return {read: async () => decode(await client.call(['GET', lease], {reads: true}))};
}

export function leaseKeeper(client: RedisClient, keys: Keys): LeaseKeeper {
  const {lease} = keys;
  return {
    ...leaseReader(client, keys),
    hold: async (holder, token, forMs) => {
      const ms = Math.max(1, Math.round(forMs));
      const [asHolder, asToken] = [toJson(holder), toJson(token)];
      return decode(await client.call(['EVAL', SCRIPTS.hold, 1, lease, asHolder, asToken, ms]));
    },
    giveUp: async token => {
      await client.call(['EVAL', SCRIPTS.giveUp, 1, lease, toJson(token)]);
    },
  };
}

/** Reads a lease. Anything else counts as no lease, and `hold` replaces it. */
function decode(text: unknown): Lease | null {
  if (typeof text !== 'string') return null;
  try {
    const {holder, token, until} = JSON.parse(text) as Record<string, unknown>;
    if (typeof holder !== 'string' || typeof token !== 'string' || typeof until !== 'number') return null;
    return {holder, token, until};
  } catch {
    return null;
  }
}
