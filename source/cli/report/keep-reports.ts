import {setTimeout as pause} from 'node:timers/promises';
import type {ControllerView} from '../../controller/outcome.ts';
import type {Release} from '../../release/state.ts';
import type {ReportKeeping} from './write-report.ts';

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
    // Before looking: what happens while a report is written must not be missed.
    const changed = news(view, signal);
    const {release, past} = view.snapshot().state;
    // One that a newer one has replaced ends in the very commit that begins the newer.
    for (const one of [past.at(-1), release]) {
      if (one === undefined || one === null || !hasEnded(one)) continue;
      // Completed, a release may still be taken back.
      const ending = `${one.id} ${one.state} ${one.endedAt}`;
      if (kept.has(ending)) continue;
      const leftMs = (one.endedAt ?? 0) + SETTLED_AFTER_MS - view.now();
      if (leftMs > 0) await pause(leftMs, undefined, {signal}).catch(() => undefined);
      // A store that is away is tried again with the next news.
      const isKept = !signal.aborted && (await keep(keeping, one.id).catch(() => false));
      if (isKept) kept.add(ending);
    }
    await changed;
  }
}

function hasEnded({state}: Pick<Release, 'state'>): boolean {
  return state === 'completed' || state === 'rolled_back';
}

/** The next change of the log. */
function news(view: ControllerView, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  const {promise, resolve} = Promise.withResolvers<void>();
  const told = () => resolve();
  const stop = view.subscribe(told);
  signal.addEventListener('abort', told);
  return promise.finally(() => {
    stop();
    signal.removeEventListener('abort', told);
  });
}

/** Loaded when a release ends: no first screen waits for it. */
async function keep(keeping: ReportKeeping, release: string): Promise<boolean> {
  const {keepReport} = await import('./write-report.ts');
  return await keepReport(keeping, release);
}
