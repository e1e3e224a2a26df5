import {
  encodeFeedback,
  FEEDBACK_TYPES,
  LONGEST_FEEDBACK_NAME,
  LONGEST_MESSAGE,
  RATINGS,
  type Feedback,
  type FeedbackType,
  type Rating,
} from '../analysis/feedback/feedback.ts';
import type {RouterStore} from '../store/port.ts';
import {startOf} from '../release/well-formed.ts';

/** Feedback of a user, as an application passes it on. */
export interface UserFeedback {
  readonly type: FeedbackType;
  readonly message: string;
  /** 1 is worst, 5 is best. */
  readonly rating?: Rating;
  /** Name of the phase, if the application knows it. */
  readonly phase?: string;
  /** The user's id. If left out, the feedback is anonymous. */
  readonly user?: string | number;
}

/** Most messages that wait for the store. */
const MOST_WAITING = 100;

/** Feedback that the store has not taken yet. Bounded, sent in order, one message at a time. */
export class FeedbackQueue {
  readonly #waiting: string[] = [];
  #sending: Promise<void> | null = null;

  /** Resolves when no write is under way. */
  get settled(): Promise<void> {
    return this.#sending ?? Promise.resolve();
  }

  /**
   * Adds a message. @param version the version that the user was served; null if unknown @returns false if
   * the message is invalid or the queue is full
   */
  add(feedback: UserFeedback, version: string | null): boolean {
    const valid = feedbackOf(feedback, version);
    if (valid === null || this.#waiting.length >= MOST_WAITING) return false;
    this.#waiting.push(encodeFeedback(valid));
    return true;
  }

  /** Sends the waiting messages. If the store takes no more, the next flush tries again. */
  flush(store: RouterStore | null): void {
    if (store === null || this.#sending !== null || this.#waiting.length === 0) return;
    this.#sending = this.#send(store).finally(() => (this.#sending = null));
  }

  async #send(store: RouterStore): Promise<void> {
    for (let text = this.#waiting[0]; text !== undefined; text = this.#waiting[0]) {
      try {
        await store.writeFeedback(text);
      } catch {
        return;
      }
      this.#waiting.shift();
    }
  }
}

/**
 * Validates feedback, because an application may be written without types. Null if invalid; texts that are
 * too long are cut.
 */
function feedbackOf(feedback: UserFeedback, version: string | null): Feedback | null {
  try {
    const type = FEEDBACK_TYPES.find(one => one === feedback.type);
    const {message, rating, phase, user} = feedback;
    if (type === undefined || typeof message !== 'string' || message.trim() === '') return null;
    const nameOf = (name: unknown) =>
      typeof name === 'string' || typeof name === 'number'
        ? startOf(String(name), LONGEST_FEEDBACK_NAME)
        : null;
    return {
      type,
      message: startOf(message, LONGEST_MESSAGE),
      rating: RATINGS.find(one => one === rating) ?? null,
      phase: nameOf(phase),
      version,
      user: nameOf(user),
    };
  } catch {
    return null;
  }
}
