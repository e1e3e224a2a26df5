/** Waits for a change, a while, or the end of the signal; whichever comes first. */
export function changeOrWhile(
  subscribe: (listener: () => void) => () => void,
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      stop();
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const stop = subscribe(done);
    const timer = setTimeout(done, Math.max(0, ms));
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}

/** Waits a while, or until the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return changeOrWhile(() => () => undefined, ms, signal);
}
