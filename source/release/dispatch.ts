import type {AlertLevel} from './plan.ts';

/** Why people are told: an alert was raised, nobody saw to it, it is over; a rollback; a step that failed; an end. */
export type DispatchKind = 'raised' | 'escalated' | 'over' | 'rollback' | 'failed' | 'completed';

/** How far one channel is with a dispatch. */
export interface Delivery {
  channel: string;
  /** `sending`: begun, and nobody knows its outcome yet; `waiting`: to be tried (again) at `again`. */
  state: 'sending' | 'waiting' | 'done' | 'failed';
  /** Tries begun so far. */
  attempts: number;
  /** Who began the last try. */
  by: string;
  /** When it was begun, or ended, milliseconds since 1970. */
  at: number;
  /** Until when the sender may be trusted to be alive; null unless it is sending. */
  deadline: number | null;
  /** When the next try is due; null unless it waits. */
  again: number | null;
  /** A try before may have got through although nobody heard so: whatever is sent now may be a repeat. */
  isUnsure: boolean;
  /** Why the last try failed; null: none did, or it is done. */
  error: string | null;
}

/** Something that people are to be told by the channels. It follows from an event; nothing but the log holds it. */
export interface Dispatch {
  /** `raised a-7k2m9x`: the same however often the log is read, so that a receiver can know a repeat. */
  id: string;
  kind: DispatchKind;
  level: AlertLevel;
  /** When it happened, milliseconds since 1970. */
  at: number;
  by: string;
  /** The alert it speaks of; null: none. */
  alert: string | null;
  /** The release at hand when it happened; null: there was none. */
  release: string | null;
  /** What happened, in the words of the log. Text from outside. */
  text: string;
  /** It is not told before this moment of the store's clock. */
  notBefore: number;
  /** One for each channel that is to have it; null: nobody has begun to tell it. */
  deliveries: Delivery[] | null;
}

/** The delivery of a dispatch by a channel; null: there is none. */
export function deliveryOf({deliveries}: Dispatch, channel: string): Delivery | null {
  return deliveries?.find(one => one.channel === channel) ?? null;
}

/** Whether nothing is left to be done about it. */
export function isSettled({deliveries}: Dispatch): boolean {
  return deliveries !== null && deliveries.every(({state}) => state === 'done' || state === 'failed');
}
