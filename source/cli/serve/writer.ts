import type {RoutingStore} from '../../store/port.ts';

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
