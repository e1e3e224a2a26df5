import type {Identity} from '../../release/command.ts';
import {isFeatureName} from '../../release/name.ts';
import {StoreFault, type StoreFaultCode} from '../fault.ts';
import type {FreezeReader, FreezeWriter, StoreByRole, StoreHealth, StoreRole} from '../port.ts';
import type {RedisTarget} from '../url.ts';
import {Bells} from './bell.ts';
import {StoreClock} from './clock.ts';
import {featureStore, featureView, routerStore, type Means} from './faces.ts';
import {freezeReader, freezeWriter} from './freezes.ts';
import {FEATURES} from './keys.ts';
import {Line} from './line.ts';

/** What passes without anybody changing the address or the rights. */
const PASSING: ReadonlySet<string> = new Set([
  'store-unreachable',
  'store-refused',
] satisfies StoreFaultCode[]);

/**
 * Opens a Redis (7.0 or newer). One that is away, or will not serve for the moment (it is loading, it is full of
 * connections), is no fault: the store says so by its health, and heals by itself.
 * @throws StoreFault after at most about three seconds: `store-no-rights`, `store-not-ours`, `store-bad-url`.
 */
export async function openRedis<R extends StoreRole>(target: RedisTarget, role: R): Promise<StoreByRole[R]> {
  const line = new Line(target, role);
  const clock = new StoreClock(line);
  const bells = new Bells(() => line.dedicated(null), line.keepAlive);
  const close = (): void => {
    clock.stop();
    bells.close();
    line.close();
  };
  try {
    await clock.compare();
  } catch (error) {
    if (!(error instanceof StoreFault) || !PASSING.has(error.code)) {
      close();
      throw error;
    }
  }
  const means: Means = {line, clock, bells};
  const makers: {[Role in StoreRole]: (name: string) => ReturnType<StoreByRole[Role]['feature']>} = {
    viewer: name => featureView(means, name),
    operator: name => featureStore(means, name),
    router: name => routerStore(means, name),
  };
  const store = {
    kind: 'redis' as const,
    label: target.label,
    identity: identityOf(target),
    now: () => clock.now(),
    health: () => health(line),
    features: async () => {
      const names = (await line.call(['SMEMBERS', FEATURES], {reads: true})) as string[];
      return names.filter(isFeatureName).toSorted();
    },
    close: async () => close(),
    ...(role === 'router' ? {} : {freezes: freezesOf(line, role)}),
    feature: makers[role],
  };
  return store as unknown as StoreByRole[R];
}

async function health(line: Line): Promise<StoreHealth> {
  const start = performance.now();
  try {
    await line.call(['PING'], {key: null, reads: true});
    return {state: 'up', pingMs: performance.now() - start};
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {state: 'away', why, sinceMs: Date.now() - (line.awaySince ?? Date.now())};
  }
}

/** Redis has checked user and password before it answers anything, so this is the user that acts. */
function identityOf({username}: RedisTarget): Identity {
  const user = username ?? 'default';
  const shared = user === 'default' ? 'everybody who uses the address acts as the Redis user default' : null;
  return {name: `redis:${user}`, shared};
}

/** A viewer's store has nothing that writes. */
function freezesOf(line: Line, role: StoreRole): FreezeReader | (FreezeReader & FreezeWriter) {
  return role === 'operator' ? {...freezeReader(line), ...freezeWriter(line)} : freezeReader(line);
}
