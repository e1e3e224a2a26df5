import {decodeFeedback, type GivenFeedback} from '../analysis/feedback/feedback.ts';
import type {FeedbackReader} from '../store/port.ts';

/** Milliseconds for which a read is reused. */
const FRESH_MS = 500;

/**
 * Reads the feedback of a feature without its messages: all of it once, then only new entries. Concurrent
 * calls share one read.
 */
export class FeedbackLedger {
  readonly #reader: FeedbackReader;
  readonly #keepMs: number;
  #given: GivenFeedback[] = [];
  #afterId: string | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | null = null;

  /** @param keepMs how long feedback is kept, milliseconds */
  constructor(reader: FeedbackReader, keepMs: number) {
    this.#reader = reader;
    this.#keepMs = keepMs;
  }

  /** @param now the store's clock, milliseconds since 1970 @throws StoreFault */
  async read(now: number): Promise<readonly GivenFeedback[]> {
    if (performance.now() - this.#readAt > FRESH_MS) {
      this.#reading ??= this.#readOn(now).finally(() => {
        this.#reading = null;
      });
      await this.#reading;
    }
    return this.#given;
  }

  /** Makes the next read see a new entry. */
  expire(): void {
    this.#readAt = Number.NEGATIVE_INFINITY;
  }

  async #readOn(now: number): Promise<void> {
    const since = now - this.#keepMs;
    const begunAt = performance.now();
    for (;;) {
      const batch = await this.#reader.read(since, this.#afterId);
      if (batch.length === 0) break;
      this.#afterId = batch.at(-1)?.id;
      for (const {at, text} of batch) {
        const feedback = decodeFeedback(text);
        if (feedback !== null) this.#given.push({...feedback, message: '', at});
      }
    }
    if ((this.#given[0]?.at ?? since) < since) this.#given = this.#given.filter(({at}) => at >= since);
    this.#readAt = begunAt;
  }
}
