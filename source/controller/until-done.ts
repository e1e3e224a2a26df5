import {setTimeout as delay} from 'node:timers/promises';

/** Shortest and longest pause between two reads of a log that cannot be read, milliseconds. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;

/** Pause after this many failures in a row, milliseconds. */
export function pauseAfter(failures: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
}

/**
 * Returns a function that runs the task, one run at a time. Called during a run, it runs the task once more.
 * A failed run is repeated until it succeeds or the signal aborts.
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
