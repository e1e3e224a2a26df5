import type {AlertLevel} from './plan.ts';

/**
 * Why a notification is sent: an alert was raised, escalated or resolved, or a rollback began, a step failed,
 * a release completed.
 */
export type DispatchKind = 'raised' | 'escalated' | 'over' | 'rollback' | 'failed' | 'completed';

/** Progress of a dispatch on one channel. */
export interface Delivery {
  channel: string;
  /** `sending`: a try has begun and has no outcome yet. `waiting`: the next try is due at `again`. */
  state: 'sending' | 'waiting' | 'done' | 'failed';
  /** Number of tries begun. */
  attempts: number;
  /** Name of the sender that began the last try. */
  by: string;
  /** When the last try began or ended, milliseconds since 1970. */
  at: number;
  /** Until when the sender counts as alive, milliseconds since 1970; null unless `sending`. */
  deadline: number | null;
  /** When the next try is due, milliseconds since 1970; null unless `waiting`. */
  again: number | null;
  /** Whether an earlier try may have arrived. The next message then says that it may be a repeat. */
  isUnsure: boolean;
  /** Why the last try failed; null if none failed or the message was delivered. */
  error: string | null;
}

/** A notification that is due on the channels. It follows from an event and is stored only by the log. */
export interface Dispatch {
  /**
   * For example `raised a-7k2m9x`. Each reading of the log gives the same id, so that a receiver can
   * recognise a repeat.
   */
  id: string;
  kind: DispatchKind;
  level: AlertLevel;
  /** When it happened, milliseconds since 1970. */
  at: number;
  by: string;
  /** The authenticated user behind `by`; null in older logs. */
  authenticated: string | null;
  /** The commit that caused it; null if it is not known. */
  head: {version: number; id: string} | null;
  /** Id of the alert; null if it is about no alert. */
  alert: string | null;
  /** The current release when it happened; null if there was none. */
  release: string | null;
  /** What happened, in the words of the log. Text from outside. */
  text: string;
  /** Not sent before this moment of the store's clock, milliseconds since 1970. */
  notBefore: number;
  /** One for each channel that gets it; null until a sender has begun. */
  deliveries: Delivery[] | null;
}

/** The delivery on a channel; null if there is none. */
export function deliveryOf({deliveries}: Dispatch, channel: string): Delivery | null {
  return deliveries?.find(one => one.channel === channel) ?? null;
}

/** Whether every delivery has ended. */
export function isSettled({deliveries}: Dispatch): boolean {
  return deliveries !== null && deliveries.every(({state}) => state === 'done' || state === 'failed');
}
