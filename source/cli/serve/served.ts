import {setTimeout as pause} from 'node:timers/promises';
import type {MonitorSettings} from '../../monitor/settings.ts';
import type {ServedFeatures} from '../../server/served.ts';
import type {RoutingStore, StoreHealth, ViewStore} from '../../store/port.ts';
import {type OpenedFeature, openServedFeature} from './feature.ts';

/** Writes feedback with the rights of an app. The store is opened at the first write: a server that only reads needs no such rights. */
export function feedbackWriter(open: () => Promise<RoutingStore>) {
  const opened: {store: Promise<RoutingStore> | null} = {store: null};
  return {
    /** @throws StoreFault */
    async write(feature: string, text: string): Promise<void> {
      opened.store ??= open();
      const store = await opened.store.catch((error: unknown) => {
        opened.store = null;
        throw error;
      });
      await store.feature(feature).writeFeedback(text);
    },
    async close(): Promise<void> {
      const store = await opened.store?.catch(() => null);
      await store?.close();
    },
  };
}

/** How often the store is asked for features that are new, and whether it is there, milliseconds. */
const LOOK_EVERY_MS = 2000;

/** Every feature of a store, or one, as it is served; features that come are taken in. */
export interface OpenedServed extends ServedFeatures {
  get(name: string): OpenedFeature | null;
  close(): Promise<void>;
}

/**
 * Opens what is there and keeps looking for more.
 * @param only the one feature to serve; null: all
 * @param onOpened called with each feature once it is opened
 */
export async function openServed(
  store: ViewStore,
  settings: MonitorSettings,
  only: string | null,
  write: (feature: string, text: string) => Promise<void>,
  onOpened: (name: string) => Promise<void> = async () => {},
): Promise<OpenedServed> {
  const opened = new Map<string, OpenedFeature>();
  const stop = new AbortController();
  let health: StoreHealth = {state: 'up', pingMs: 0};

  const look = async () => {
    health = await store.health();
    if (health.state !== 'up') return;
    const names = only === null ? await store.features().catch(() => []) : [only];
    for (const name of names) {
      if (opened.has(name) || stop.signal.aborted) continue;
      opened.set(name, await openServedFeature(store, name, settings, write));
      await onOpened(name);
    }
  };
  await look();
  const looking = (async () => {
    while (!stop.signal.aborted) {
      await pause(LOOK_EVERY_MS, undefined, {signal: stop.signal}).catch(() => undefined);
      if (!stop.signal.aborted) await look().catch(() => undefined);
    }
  })();

  return {
    names: () => [...opened.keys()],
    get: name => opened.get(name) ?? null,
    health: () => health,
    async close() {
      stop.abort();
      await looking;
      await Promise.all([...opened.values()].map(feature => feature.close()));
    },
  };
}
