import {setTimeout as delay} from 'node:timers/promises';
import type {Intent} from '../release/command.ts';
import type {State} from '../release/state.ts';

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

/** Outcome of a command; `kind` is `done`, `nothing`, `refused` or `conflict`. */
interface Outcome {
  kind: string;
  refusal?: {message: string};
}

/** The part of a controller that steps and notifications use. */
export interface WorkingLog {
  state(): State;
  subscribe(listener: () => void): () => void;
  /** The store's clock, milliseconds since 1970. */
  now(): number;
  execute(intent: Intent): Promise<Outcome>;
}

/**
 * Resolves when the log changes, after `ms` milliseconds, or when the signal aborts, whichever comes first.
 */
export function changeOrTime(
  log: Pick<WorkingLog, 'subscribe'>,
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      unsubscribe();
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const unsubscribe = log.subscribe(done);
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
