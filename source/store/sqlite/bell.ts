import type {LogBell} from '../follow.ts';
import type {Bells} from './bells.ts';

/**
 * One listener's bell. `hasNews` keeps it silent for writes that do not concern the listener; it may throw, which
 * counts as news.
 */
export function listen(bells: Bells, hasNews: () => boolean): LogBell {
  let rung = false;
  let wake = () => {};
  const stop = bells.subscribe(() => {
    if (!rung) rung = concerns(hasNews);
    if (rung) wake();
  });
  return {
    async wait(maxMs, signal) {
      if (!rung && !signal.aborted) {
        await new Promise<void>(resolve => {
          const timer = setTimeout(() => wake(), maxMs);
          // The bells' own timer keeps the process alive, where that is wanted.
          timer.unref();
          wake = () => {
            clearTimeout(timer);
            signal.removeEventListener('abort', wake);
            wake = () => {};
            resolve();
          };
          signal.addEventListener('abort', wake);
        });
      }
      rung = false;
      return null;
    },
    close: stop,
  };
}

function concerns(hasNews: () => boolean): boolean {
  try {
    return hasNews();
  } catch {
    return true;
  }
}
