import type {Intent} from '../release/command.ts';
import type {State} from '../release/state.ts';

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
