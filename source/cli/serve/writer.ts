import type {RoutingStore} from '../../store/port.ts';

/** Entries in one write. */
const MOST_AT_ONCE = 100;

/** What clients of the server write, with the rights of an app. */
export interface AppWriter {
  /** @throws StoreFault */
  feedback(feature: string, text: string): Promise<void>;
  /** @throws StoreFault */
  samples(feature: string, entries: string[][]): Promise<void>;
}

/** Opens the store at the first write: a server that only reads needs no such rights. */
export function openWriter(open: () => Promise<RoutingStore>): AppWriter & {close(): Promise<void>} {
  const opened: {store: Promise<RoutingStore> | null} = {store: null};
  const featureOf = async (name: string) => {
    opened.store ??= open();
    const store = await opened.store.catch((error: unknown) => {
      opened.store = null;
      throw error;
    });
    return store.feature(name);
  };
  return {
    async feedback(name, text) {
      await (await featureOf(name)).writeFeedback(text);
    },
    async samples(name, entries) {
      const feature = await featureOf(name);
      for (let from = 0; from < entries.length; from += MOST_AT_ONCE)
        await feature.writeSamples(entries.slice(from, from + MOST_AT_ONCE));
    },
    async close() {
      const store = await opened.store?.catch(() => null);
      await store?.close();
    },
  };
}
