/** If a timer fires so late, the process had no core, in milliseconds. */
const STALL_MS = 100;
/** Number of stalls after which the wait is over. */
const MOST_STALLS = 3;

/**
 * Calls `act` if there is no progress for `ms`, unless the returned function was called before. `movedAt` gives the time of the
 * last progress by `performance.now()`: an answer that is still arriving is not missing. After `longestMs` it calls `act` in any
 * case. It reads arrived bytes first: otherwise a process that had no core would miss an answer that is already there.
 */
export function deadline(
  ms: number,
  act: () => void,
  movedAt: () => number = () => Number.NEGATIVE_INFINITY,
  longestMs = Number.POSITIVE_INFINITY,
): () => void {
  const began = performance.now();
  let timer: NodeJS.Timeout | undefined;
  let look: NodeJS.Immediate | undefined;
  let stalls = 0;
  const wait = (forMs: number): void => {
    const due = performance.now() + forMs;
    timer = setTimeout(() => {
      const isStalled = performance.now() - due > STALL_MS;
      look = setImmediate(() => {
        const now = performance.now();
        const quietMs = now - movedAt();
        if (now - began >= longestMs) act();
        else if (quietMs < ms) wait(ms - quietMs);
        else if (isStalled && stalls++ < MOST_STALLS) wait(ms);
        else act();
      });
    }, forMs);
  };
  wait(ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(look);
  };
}
