import {Acting, type ActingMeans} from './acting.ts';
import {untilLook} from '../monitor/judge-until.ts';
import type {LeadershipTerm} from './leadership-term.ts';
import {RollbackFault} from '../store/fault.ts';
import {pause} from './wait.ts';

/**
 * Looks at the feature each second and does what follows, until the term is over.
 * @param onTrouble told after each look what kept it from judging; null: nothing did
 */
export async function act(
  means: ActingMeans,
  term: LeadershipTerm,
  onTrouble: (why: string | null) => void,
): Promise<void> {
  const {signal} = term;
  const acting = new Acting(means, term);
  await Promise.race([means.measuring.ready(), ended(signal)]);
  while (!signal.aborted) {
    try {
      await acting.look();
      onTrouble(null);
    } catch (error) {
      // Nothing is done without a judgement; the next second is another try.
      onTrouble(whyOf(error));
    }
    await pause(untilLook(means.controller.now()), signal);
  }
  // What could not be left is judged again from the samples.
  await acting.end().catch(() => undefined);
}

function whyOf(error: unknown): string {
  if (error instanceof RollbackFault) return `the rollback is not written. ${error.message} ${error.way}`;
  return error instanceof Error ? error.message : String(error);
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), {once: true});
  });
}
