import type {RouterStore} from '../store/port.ts';
import type {Batches} from './batches.ts';

/** Sends what is gathered, one write at a time and in order. */
export class Sender {
  readonly #batches: Batches;
  #sending: Promise<void> | null = null;

  constructor(batches: Batches) {
    this.#batches = batches;
  }

  /** Resolves when nothing is on its way any more. */
  get settled(): Promise<void> {
    return this.#sending ?? Promise.resolve();
  }

  /** Makes entries of what was gathered, and sends them where there is a store. @param all also what could wait */
  flush(store: RouterStore | null, all: boolean): void {
    this.#batches.flush(performance.now(), all);
    if (store === null || this.#sending !== null || this.#batches.waiting === 0) return;
    this.#sending = this.#send(store).finally(() => (this.#sending = null));
  }

  /** Until nothing waits any more, or the store does not take it: then the next flush tries again. */
  async #send(store: RouterStore): Promise<void> {
    while (this.#batches.waiting > 0) {
      const {entries, last} = this.#batches.next(performance.now());
      try {
        await store.writeSamples(entries);
      } catch {
        // Whether they were written is not known: sent again they are known by their numbers.
        return;
      }
      this.#batches.taken(last);
    }
  }
}
