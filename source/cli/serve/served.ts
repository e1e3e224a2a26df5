import {setTimeout as pause} from 'node:timers/promises';
import type {MonitorSettings} from '../../monitor/settings.ts';
import {freezeOf, type Freeze} from '../../release/freeze.ts';
import {isFeatureName} from '../../release/name.ts';
import type {ServedFeatures} from '../../server/served.ts';
import type {StoreHealth, ViewStore} from '../../store/port.ts';
import type {ServingOperator} from './acting.ts';
import {type OpenedFeature, openServedFeature} from './feature.ts';
import type {AppWriter} from './writer.ts';

/** How often the store is asked for features that are new, and whether it is there, milliseconds. */
const LOOK_EVERY_MS = 2000;

/** Every feature of a store, or one, as it is served; features that come are taken in. */
export interface OpenedServed extends ServedFeatures {
  get(name: string): OpenedFeature | null;
  /** Opens a feature for its first release; null: no feature of this name is served. */
  open(name: string): Promise<OpenedFeature | null>;
  close(): Promise<void>;
}

export interface ServedOptions {
  writer: AppWriter;
  /** Absent or null: the server only reads. */
  operator?: ServingOperator | null;
  /** Called after a feature was opened. */
  onOpened?(name: string): Promise<void>;
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
  {writer, operator = null, onOpened = async () => {}}: ServedOptions,
): Promise<OpenedServed> {
  const opened = new Map<string, Promise<OpenedFeature>>();
  const ready = new Map<string, OpenedFeature>();
  let frozen: Freeze | null = null;
  const stop = new AbortController();
  let health: StoreHealth = {state: 'up', pingMs: 0};

  const open = (name: string): Promise<OpenedFeature> => {
    const known = opened.get(name);
    if (known !== undefined) return known;
    const opening = openServedFeature(store, name, settings, {writer, operator, freeze: () => frozen}).then(
      async feature => {
        ready.set(name, feature);
        await onOpened(name);
        return feature;
      },
    );
    opened.set(name, opening);
    opening.catch(() => opened.delete(name));
    return opening;
  };

  const lookAtFreeze = async () => {
    const read = freezeOf(await store.freezes.newest());
    // The same object as long as it is the same freeze, so that documents are made once.
    if (JSON.stringify(read) !== JSON.stringify(frozen)) frozen = read;
  };

  const look = async () => {
    health = await store.health();
    if (health.state !== 'up') return;
    const names = only === null ? await store.features().catch(() => []) : [only];
    await lookAtFreeze().catch(() => undefined);
    for (const name of names) if (!stop.signal.aborted) await open(name);
  };
  await look();
  const looking = (async () => {
    while (!stop.signal.aborted) {
      await pause(LOOK_EVERY_MS, undefined, {signal: stop.signal}).catch(() => undefined);
      if (!stop.signal.aborted) await look().catch(() => undefined);
    }
  })();

  return {
    store,
    names: () => [...ready.keys()],
    get: name => ready.get(name) ?? null,
    async open(name) {
      const isServed = isFeatureName(name) && (only === null || only === name) && !stop.signal.aborted;
      return isServed ? await open(name) : null;
    },
    health: () => health,
    async close() {
      stop.abort();
      await looking;
      await Promise.all([...ready.values()].map(feature => feature.close()));
    },
  };
}
