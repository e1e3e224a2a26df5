/** Time between two reports without a change, milliseconds. */
const REPORT_EVERY_MS = 5000;
/** Pause after a report that the store did not take, milliseconds. */
const RETRY_MS = 400;
/**
 * A report follows a change after a random time between these two, milliseconds. Reports of hundreds of
 * routers would otherwise delay the news to the last of them, and would all arrive at once.
 */
const REPORT_AFTER_MS = 20;
const REPORT_WITHIN_MS = 50;
/**
 * A router becomes stale at a random moment in the last fifth of `staleAfterMs`, so that not all routers go
 * to prod at once.
 */
const JITTER = 0.2;

/** The functions that `Presence` calls. */
export interface PresenceOptions {
  /** Writes the report. @throws if the store does not take it */
  report(): Promise<void>;
  /**
   * Reads the newest commit. Called after the store came back and before gray is served again. @throws if the
   * store cannot be read
   */
  refresh(): Promise<void>;
  /** Milliseconds without a taken report after which the router is stale. */
  staleAfterMs(): number;
  onStale(isStale: boolean): void;
  /** Called when the store has taken a report. */
  onConfirmed(): void;
  onAway(why: string | null): void;
  /** Monotonic clock, milliseconds. */
  steady(): number;
}

/**
 * Reports every few seconds and soon after a change which split this router applies, and tracks whether the
 * router is stale. A successful read is no proof of contact: a primary that has been cut off can still be
 * read.
 */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #early = Math.random() * JITTER;
  #confirmed = Number.NEGATIVE_INFINITY;
  #readable = true;
  #isStale = true;
  #timer: NodeJS.Timeout | null = null;
  #wake: (() => void) | null = null;
  /** Timer from a change until its report. */
  #soon: NodeJS.Timeout | null = null;
  #isDue = false;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  /** Reports soon, because something has changed. */
  kick(): void {
    if (this.#soon !== null) return;
    this.#soon = setTimeout(
      () => {
        this.#soon = null;
        this.#isDue = true;
        this.#wake?.();
      },
      REPORT_AFTER_MS + (REPORT_WITHIN_MS - REPORT_AFTER_MS) * Math.random(),
    );
    this.#soon.unref();
  }

  /**
   * Restores the age of the last taken report, from before this process began. @param ms its age,
   * milliseconds
   */
  rememberedFor(ms: number): void {
    this.#confirmed = this.#options.steady() - ms;
    this.#look();
  }

  /** Sets whether the log can be read. While it cannot, a taken report does not make the router fresh. */
  setReadable(isReadable: boolean): void {
    this.#readable = isReadable;
    if (isReadable) this.kick();
  }

  /** Reports until the signal aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = () => this.#wake?.();
    signal.addEventListener('abort', stop);
    while (!signal.aborted) {
      this.#isDue = false;
      const isTaken = await this.#send(signal);
      if (signal.aborted || (this.#isDue && isTaken)) continue;
      // Two reports may be lost before the router is stale, whatever `staleAfterMs` is.
      await this.#sleep(isTaken ? Math.min(REPORT_EVERY_MS, this.#options.staleAfterMs() / 3) : RETRY_MS);
    }
    signal.removeEventListener('abort', stop);
    for (const timer of [this.#timer, this.#soon]) if (timer !== null) clearTimeout(timer);
  }

  /**
   * Waits this long or until `#wake` is called. Ends without an error, which would cost time in a frequent
   * path.
   */
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

  async #send(signal: AbortSignal): Promise<boolean> {
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
    // The report counts from before it was sent, because it may have been delayed on the way.
    this.#confirmed = began;
    onAway(null);
    onConfirmed();
    this.#look();
    return true;
  }

  /** Computes whether the router is stale, and sets a timer for when that may change. */
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
    // The last report says that this router serves no gray. That is no longer true.
    if (!isStale) this.kick();
  }
}
