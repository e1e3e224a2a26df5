/** A timer that fires so late tells of a process that was not given a core, in milliseconds. */
const STALL_MS = 100;
/** After so many stalls in a row it is no longer waited anew. */
const MOST_STALLS = 3;

/**
 * Calls `act` once nothing has moved for `ms`, unless the function it returns was called. `movedAt` gives the time of the last
 * progress by `performance.now()`: an answer that is still arriving is no missing one. After `longestMs` it acts whatever moves.
 * What has arrived is read first: a process that was busy or not given a core would otherwise miss an answer that is there.
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
