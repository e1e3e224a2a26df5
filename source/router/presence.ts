import {setTimeout as delay} from 'node:timers/promises';

/** How often a router says what it applies, in milliseconds. */
const REPORT_EVERY_MS = 5000;
/** Until the next attempt while the store does not take it. */
const RETRY_MS = 400;
/** A router is at prod by itself somewhere in the last fifth of the time it has, so that not all are at once. */
const JITTER = 0.2;

/** What the presence of a router is made of. */
export interface PresenceMeans {
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
  readonly #means: PresenceMeans;
  readonly #early = Math.random() * JITTER;
  #confirmed = Number.NEGATIVE_INFINITY;
  #readable = true;
  #isStale = true;
  #timer: NodeJS.Timeout | null = null;
  #wake: AbortController | null = null;
  #isChanged = false;

  constructor(means: PresenceMeans) {
    this.#means = means;
  }

  /** Says it soon: something has changed. */
  kick(): void {
    this.#isChanged = true;
    this.#wake?.abort();
  }

  /** The store took a report so long ago, before this process began. */
  rememberedFor(ms: number): void {
    this.#confirmed = this.#means.steady() - ms;
    this.#look();
  }

  /** Whether the log can be read: without news of it a report proves nothing either. */
  setReadable(isReadable: boolean): void {
    this.#readable = isReadable;
    if (isReadable) this.kick();
  }

  /** Runs until the signal aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#isChanged = false;
      const isSaid = await this.#say(signal);
      if (this.#isChanged && isSaid) continue;
      this.#wake = new AbortController();
      const awake = AbortSignal.any([signal, this.#wake.signal]);
      // Two may be lost before it is stale, whatever the split says.
      const pauseMs = isSaid ? Math.min(REPORT_EVERY_MS, this.#means.staleAfterMs() / 3) : RETRY_MS;
      await delay(pauseMs, undefined, {signal: awake, ref: false}).catch(() => undefined);
      this.#wake = null;
    }
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  async #say(signal: AbortSignal): Promise<boolean> {
    const {report, refresh, steady, onAway, onConfirmed} = this.#means;
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
    const leftMs = this.#confirmed + this.#means.staleAfterMs() * (1 - this.#early) - this.#means.steady();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (leftMs > 0) {
      this.#timer = setTimeout(() => this.#look(), leftMs + 1);
      this.#timer.unref();
    }
    const isStale = leftMs <= 0;
    if (isStale === this.#isStale) return;
    this.#isStale = isStale;
    this.#means.onStale(isStale);
    // What was said while it was stale is no longer so.
    if (!isStale) this.kick();
  }
}
