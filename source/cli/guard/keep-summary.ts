import {randomUUID} from 'node:crypto';
import {setTimeout as pause} from 'node:timers/promises';
import type {Monitor} from '../../monitor/monitor.ts';
import {readSummary, summaryOf} from '../../monitor/summary.ts';
import {toJson} from '../../release/well-formed.ts';
import {StoreFault} from '../../store/fault.ts';
import type {SummaryKeeper} from '../../store/port.ts';

const EVERY_MS = 1000;
/** A summary no older than this is kept by a process that lives, milliseconds. */
const LIVES_MS = 3000;

export interface SummaryKeeping {
  monitor: Monitor;
  summary: SummaryKeeper;
  /** Whether this process acts for the feature at the moment. */
  isOnDuty(): boolean;
  /** Whether it is the guard: then it does not look whether another process does it. */
  isGuard: boolean;
}

/**
 * Publishes the summary of a feature each second while this process acts, until the signal aborts. Of several consoles without a
 * guard the first one does it.
 */
export async function keepSummary(keeping: SummaryKeeping, signal: AbortSignal): Promise<void> {
  const by = randomUUID();
  while (!signal.aborted) {
    try {
      if (await isOurs(keeping, by)) await keeping.summary.write(toJson(summaryOf(keeping.monitor, by)));
    } catch (error) {
      // A Redis user made before there were summaries may not write them; nothing else depends on them.
      if (error instanceof StoreFault && error.code === 'store-no-rights') return;
      // A store that is away is tried again with the next second.
    }
    await pause(EVERY_MS, undefined, {signal}).catch(() => undefined);
  }
}

async function isOurs({monitor, summary, isOnDuty, isGuard}: SummaryKeeping, by: string): Promise<boolean> {
  if (!isOnDuty()) return false;
  if (isGuard) return true;
  const last = readSummary(await summary.read());
  return last === null || last.by === by || Math.abs(monitor.view.now() - last.at) > LIVES_MS;
}
