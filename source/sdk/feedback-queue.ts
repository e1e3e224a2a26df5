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

/** What a user says, as an application hands it on. */
export interface UserFeedback {
  readonly type: FeedbackType;
  readonly message: string;
  /** 1 is worst, 5 best. */
  readonly rating?: Rating;
  /** The phase, where the application knows it. */
  readonly phase?: string;
  /** Who said it; left out, nobody is told. */
  readonly user?: string | number;
}

/** Most that waits for the store. */
const MOST_WAITING = 100;

/** What users said and the store has not taken yet: bounded, sent in order, one at a time. */
export class FeedbackQueue {
  readonly #waiting: string[] = [];
  #sending: Promise<void> | null = null;

  /** Resolves when nothing is on its way any more. */
  get settled(): Promise<void> {
    return this.#sending ?? Promise.resolve();
  }

  /** @param version the one the user was served, null: unknown @returns false: it is no feedback, or too much waits */
  add(feedback: UserFeedback, version: string | null): boolean {
    const valid = feedbackOf(feedback, version);
    if (valid === null || this.#waiting.length >= MOST_WAITING) return false;
    this.#waiting.push(encodeFeedback(valid));
    return true;
  }

  /** Sends what waits; what the store does not take is tried again with the next flush. */
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

/** Applications may be written without types: whatever does not fit is no feedback, what is too long is cut. */
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
