import type {RouterStore} from '../store/port.ts';
import type {Batches} from './batches.ts';

/** Writes the gathered samples to the store, one write at a time and in order. */
export class Sender {
  readonly #batches: Batches;
  #sending: Promise<void> | null = null;

  constructor(batches: Batches) {
    this.#batches = batches;
  }

  /** Resolves when no write is under way. */
  get settled(): Promise<void> {
    return this.#sending ?? Promise.resolve();
  }

  /**
   * Makes entries of the gathered samples, and sends them if there is a store. @param all also those that
   * could be gathered for longer
   */
  flush(store: RouterStore | null, all: boolean): void {
    this.#batches.flush(performance.now(), all);
    if (store === null || this.#sending !== null || this.#batches.waiting === 0) return;
    this.#sending = this.#send(store).finally(() => (this.#sending = null));
  }

  /** Sends until no entry waits or the store takes no more. Then the next flush tries again. */
  async #send(store: RouterStore): Promise<void> {
    while (this.#batches.waiting > 0) {
      const {entries, last} = this.#batches.next(performance.now());
      try {
        await store.writeSamples(entries);
      } catch {
        // The store may have written them. Sent again, they are recognised by their numbers.
        return;
      }
      this.#batches.taken(last);
    }
  }
}
