import type {Identity} from '../../release/command.ts';
import {isFeatureName} from '../../release/name.ts';
import {StoreFault, type StoreFaultCode} from '../fault.ts';
import type {FreezeReader, FreezeWriter, StoreByRole, StoreHealth, StoreRole} from '../port.ts';
import type {RedisTarget} from '../url.ts';
import {Notifications} from './notifications.ts';
import {StoreClock} from './clock.ts';
import {featureStore, featureView, routerStore, type StoreParts} from './roles.ts';
import {freezeReader, freezeWriter} from './documents.ts';
import {FEATURES} from './keys.ts';
import {RedisClient} from './client.ts';

/** Faults that can end without a change of address or rights. */
const PASSING: ReadonlySet<string> = new Set([
  'store-unreachable',
  'store-refused',
] satisfies StoreFaultCode[]);

/**
 * Opens a Redis (7.0 or newer). If the server cannot be reached, or does not serve now (it loads its data, it has no connection
 * left), no fault is thrown: `health` says so, and the store connects by itself later.
 * @throws StoreFault after at most about three seconds: `store-no-rights`, `store-not-ours`, `store-bad-url`.
 */
export async function openRedis<R extends StoreRole>(target: RedisTarget, role: R): Promise<StoreByRole[R]> {
  const client = new RedisClient(target, role);
  const clock = new StoreClock(client);
  const notifications = new Notifications(() => client.dedicated(null), client.keepAlive);
  const close = (): void => {
    clock.stop();
    notifications.close();
    client.close();
  };
  try {
    await clock.compare();
  } catch (error) {
    if (!(error instanceof StoreFault) || !PASSING.has(error.code)) {
      close();
      throw error;
    }
  }
  const parts: StoreParts = {client, clock, notifications};
  const makers: {[Role in StoreRole]: (name: string) => ReturnType<StoreByRole[Role]['feature']>} = {
    viewer: name => featureView(parts, name),
    operator: name => featureStore(parts, name),
    router: name => routerStore(parts, name),
  };
  const store = {
    kind: 'redis' as const,
    label: target.label,
    identity: identityOf(target),
    now: () => clock.now(),
    health: () => health(client),
    features: async () => {
      const names = (await client.call(['SMEMBERS', FEATURES], {reads: true})) as string[];
      return names.filter(isFeatureName).toSorted();
    },
    close: async () => close(),
    ...(role === 'router' ? {} : {freezes: freezesOf(client, role)}),
    feature: makers[role],
  };
  return store as unknown as StoreByRole[R];
}

async function health(client: RedisClient): Promise<StoreHealth> {
  const start = performance.now();
  try {
    await client.call(['PING'], {key: null, reads: true});
    return {state: 'up', pingMs: performance.now() - start};
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {state: 'away', why, sinceMs: Date.now() - (client.awaySince ?? Date.now())};
  }
}

/** Redis has checked user and password before it answers anything, so this is the user that acts. */
function identityOf({username}: RedisTarget): Identity {
  const user = username ?? 'default';
  const shared = user === 'default' ? 'everybody who uses the address acts as the Redis user default' : null;
  return {name: `redis:${user}`, shared};
}

/** A viewer's store has nothing that writes. */
function freezesOf(client: RedisClient, role: StoreRole): FreezeReader | (FreezeReader & FreezeWriter) {
  return role === 'operator' ? {...freezeReader(client), ...freezeWriter(client)} : freezeReader(client);
}
