import type {ChannelRoute} from '../release/channel.ts';
import type {Message} from './message.ts';

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
