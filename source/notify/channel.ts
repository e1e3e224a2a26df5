import type {ChannelRoute} from '../release/channel.ts';
import type {Message} from './message.ts';

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

/** What came of one try. All text in it is fit for a log and holds no secret. */
export type Tried =
  /** `note`: what is worth knowing all the same. */
  | {outcome: 'done'; note: string | null}
  | {
      outcome: 'failed';
      error: string;
      /** To try again would change nothing. */
      isFinal: boolean;
      /** It may have got through all the same: a connection broke after all was said. */
      isUnsure: boolean;
      /** When the receiver wants to be asked again, milliseconds; null: it does not say. */
      retryAfterMs: number | null;
    };

/** A way to tell people. */
export interface Channel extends ChannelRoute {
  /** A try takes no longer, milliseconds. */
  timeoutMs: number;
  /** Messages begun within a minute at most, but for rollbacks; more of them wait. */
  perMinute: number;
  /** Loads what the first message would have to wait for; absent: nothing. */
  warm?(): Promise<unknown>;
  /** Tries once. Never rejects. */
  send(message: Message, signal: AbortSignal): Promise<Tried>;
}

/** A try that failed for certain: nothing got through. */
export function failed(
  error: string,
  more: {isFinal?: boolean; isUnsure?: boolean; retryAfterMs?: number | null} = {},
): Tried {
  const {isFinal = false, isUnsure = false, retryAfterMs = null} = more;
  return {outcome: 'failed', error, isFinal, isUnsure, retryAfterMs};
}
