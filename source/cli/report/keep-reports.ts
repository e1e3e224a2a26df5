import {setTimeout as pause} from 'node:timers/promises';
import type {ControllerView} from '../../controller/outcome.ts';
import type {Release} from '../../release/state.ts';
import type {FeatureStore} from '../../store/port.ts';
import type {Settings} from '../settings.ts';

/** Whose reports are kept; the folder that the configuration names gets them as files, too. */
export interface ReportKeeping {
  feature: FeatureStore;
  view: ControllerView;
  settings: Pick<Settings, 'config' | 'declared'>;
}

/** The last samples of an ended release are rolled up by then, milliseconds. */
const SETTLED_AFTER_MS = 5000;

/**
 * Keeps the report of every release that ends, until the signal aborts: in the store, before what it is made from is
 * trimmed, and as files where a folder is named. Two who do so write the same.
 */
export async function keepReports(keeping: ReportKeeping, signal: AbortSignal): Promise<void> {
  const {view} = keeping;
  const kept = new Set<string>();
  while (!signal.aborted) {
    const {release} = view.snapshot().state;
    if (release !== null && hasEnded(release) && !kept.has(release.id)) {
      const leftMs = (release.endedAt ?? 0) + SETTLED_AFTER_MS - view.now();
      if (leftMs > 0) await pause(leftMs, undefined, {signal}).catch(() => undefined);
      // A store that is away is tried again with the next news.
      const isKept = !signal.aborted && (await keep(keeping, release.id).catch(() => false));
      if (isKept) kept.add(release.id);
    }
    await news(view, signal);
  }
}

function hasEnded({state}: Release): boolean {
  return state === 'completed' || state === 'rolled_back';
}

/** The next change of the log. */
async function news(view: ControllerView, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const {promise, resolve} = Promise.withResolvers<void>();
  const stop = view.subscribe(resolve);
  signal.addEventListener('abort', () => resolve(), {once: true});
  await promise;
  stop();
}

/** Loaded when a release ends: no first screen waits for it. */
async function keep(keeping: ReportKeeping, release: string): Promise<boolean> {
  const {keepReport} = await import('./keep-report.ts');
  return await keepReport(keeping, release);
}
