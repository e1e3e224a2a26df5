/** How often a router says what it applies, in milliseconds. */
const REPORT_EVERY_MS = 5000;
/** Until the next attempt while the store does not take it. */
const RETRY_MS = 400;
/**
 * From a change until it is said, in milliseconds: what hundreds of routers answer must not meet the news on its way to
 * the last of them, and those that hear it at once do not all answer at once.
 */
const SAYS_AFTER_MS = 20;
const SAYS_WITHIN_MS = 50;
/** A router is at prod by itself somewhere in the last fifth of the time it has, so that not all are at once. */
const JITTER = 0.2;

/** What the presence of a router is made of. */
export interface PresenceOptions {
  /** Writes the report. @throws when the store does not take it */
  report(): Promise<void>;
  /** Reads the newest commit, after the store came back and before it is believed again. @throws */
  refresh(): Promise<void>;
  /** After how long without a report a router is stale, milliseconds. */
  staleAfterMs(): number;
  onStale(isStale: boolean): void;
  /** The store has taken a report that was begun at this reading of the steady clock. */
  onConfirmed(): void;
  onAway(why: string | null): void;
  /** The steady clock, milliseconds. */
  steady(): number;
}

/**
 * Says every few seconds, and right after a change, what this router applies; tells when that has not been possible for
 * too long, and when it is again. A read proves nothing: what cannot be written to may be a primary that is none.
 */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #early = Math.random() * JITTER;
  #confirmed = Number.NEGATIVE_INFINITY;
  #readable = true;
  #isStale = true;
  #timer: NodeJS.Timeout | null = null;
  #wake: (() => void) | null = null;
  /** Runs from a change until it is to be said. */
  #soon: NodeJS.Timeout | null = null;
  #isDue = false;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  /** Says it soon: something has changed. */
  kick(): void {
    if (this.#soon !== null) return;
    this.#soon = setTimeout(
      () => {
        this.#soon = null;
        this.#isDue = true;
        this.#wake?.();
      },
      SAYS_AFTER_MS + (SAYS_WITHIN_MS - SAYS_AFTER_MS) * Math.random(),
    );
    this.#soon.unref();
  }

  /** The store took a report so long ago, before this process began. */
  rememberedFor(ms: number): void {
    this.#confirmed = this.#options.steady() - ms;
    this.#look();
  }

  /** Whether the log can be read: without news of it a report proves nothing either. */
  setReadable(isReadable: boolean): void {
    this.#readable = isReadable;
    if (isReadable) this.kick();
  }

  /** Runs until the signal aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = () => this.#wake?.();
    signal.addEventListener('abort', stop);
    while (!signal.aborted) {
      this.#isDue = false;
      const isSaid = await this.#say(signal);
      if (signal.aborted || (this.#isDue && isSaid)) continue;
      // Two may be lost before it is stale, whatever the split says.
      await this.#sleep(isSaid ? Math.min(REPORT_EVERY_MS, this.#options.staleAfterMs() / 3) : RETRY_MS);
    }
    signal.removeEventListener('abort', stop);
    for (const timer of [this.#timer, this.#soon]) if (timer !== null) clearTimeout(timer);
  }

  /** Until somebody wakes it, or so long. Made without an error to end it: this happens often. */
  #sleep(ms: number): Promise<void> {
    const {promise, resolve} = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    timer.unref();
    this.#wake = () => {
      clearTimeout(timer);
      resolve();
    };
    return promise;
  }

  async #say(signal: AbortSignal): Promise<boolean> {
    const {report, refresh, steady, onAway, onConfirmed} = this.#options;
    const began = steady();
    try {
      await report();
      if (this.#isStale) await refresh();
    } catch (error) {
      if (!signal.aborted) onAway(error instanceof Error ? error.message : String(error));
      return false;
    }
    if (signal.aborted || !this.#readable) return this.#readable;
    // Dated back to before it was sent: it may have lain on the way.
    this.#confirmed = began;
    onAway(null);
    onConfirmed();
    this.#look();
    return true;
  }

  /** Stale or not, and looks again when that may change. */
  #look(): void {
    const leftMs =
      this.#confirmed + this.#options.staleAfterMs() * (1 - this.#early) - this.#options.steady();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (leftMs > 0) {
      this.#timer = setTimeout(() => this.#look(), leftMs + 1);
      this.#timer.unref();
    }
    const isStale = leftMs <= 0;
    if (isStale === this.#isStale) return;
    this.#isStale = isStale;
    this.#options.onStale(isStale);
    // What was said while it was stale is no longer so.
    if (!isStale) this.kick();
  }
}
