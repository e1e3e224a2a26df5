import type {Tried} from './channel.ts';

/** Before the second try, the third, …; milliseconds. There is one try more than pauses. */
const PAUSES_MS = [1000, 5000, 20_000, 60_000, 180_000, 600_000];
export const TRIES_AT_MOST = PAUSES_MS.length + 1;
/** Pauses differ by so much, so that many that failed at once do not come back at once. */
const JITTER = 0.2;
/** A receiver that wants to be left alone for longer is given up. */
const LONGEST_PAUSE_MS = 3_600_000;

/** What to do after a try that failed: again after a time in milliseconds, or null: not again. */
export function afterFailure(
  {isFinal, retryAfterMs}: Pick<Extract<Tried, {outcome: 'failed'}>, 'isFinal' | 'retryAfterMs'>,
  attempts: number,
  random: () => number,
): number | null {
  const pause = PAUSES_MS[attempts - 1];
  if (isFinal || pause === undefined || (retryAfterMs ?? 0) > LONGEST_PAUSE_MS) return null;
  const jittered = pause * (1 - JITTER + 2 * JITTER * random());
  // A service that names a time is not asked before it, nor by all at the same moment.
  return Math.round(
    retryAfterMs === null ? jittered : Math.min(retryAfterMs + jittered / 2, LONGEST_PAUSE_MS),
  );
}
