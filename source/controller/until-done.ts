import {setTimeout as delay} from 'node:timers/promises';

/** Between two tries to read a log that cannot be read, in milliseconds. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;

/** How long to wait after this many failures in a row. */
export function pauseAfter(failures: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
}

/**
 * Makes a task that is asked for from everywhere one that runs once at a time: asked for meanwhile, it runs once more;
 * when it fails, it is tried again until it succeeds or the signal aborts. Tells nobody how it ended.
 */
export function untilDone(task: () => Promise<void>, signal: AbortSignal): () => void {
  let isWanted = false;
  let isRunning = false;
  const run = async () => {
    isRunning = true;
    for (let failures = 0; isWanted && !signal.aborted;) {
      isWanted = false;
      try {
        await task();
        failures = 0;
      } catch {
        isWanted = true;
        failures += 1;
        await delay(pauseAfter(failures), undefined, {signal}).catch(() => undefined);
      }
    }
    isRunning = false;
  };
  return () => {
    isWanted = true;
    if (!isRunning) void run();
  };
}
