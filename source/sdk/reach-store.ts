import {setTimeout as delay} from 'node:timers/promises';
import type {RoutingStore} from '../store/port.ts';

const AGAIN_MS = 1000;

/**
 * Opens the store, and retries each second until it succeeds. Null if the signal aborted first.
 * @param onAway receives why the store cannot be opened; null once it is open
 */
export async function reachStore(
  open: () => Promise<RoutingStore>,
  onAway: (why: string | null) => void,
  signal: AbortSignal,
): Promise<RoutingStore | null> {
  while (!signal.aborted) {
    try {
      const store = await open();
      onAway(null);
      return store;
    } catch (error) {
      onAway(error instanceof Error ? error.message : String(error));
      await delay(AGAIN_MS, undefined, {signal, ref: false}).catch(() => undefined);
    }
  }
  return null;
}

/** Waits for `work`, at most this many milliseconds. Keeps the process running meanwhile. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const late = new AbortController();
  await Promise.race([work, delay(ms, undefined, {signal: late.signal}).catch(() => undefined)]);
  late.abort();
}
