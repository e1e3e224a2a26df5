import {setTimeout as pause} from 'node:timers/promises';
import {readFeedback, type GivenFeedback} from '../analysis/feedback/feedback.ts';
import {FEEDBACK_METRICS, feedbackNumbers, type FeedbackTarget} from '../analysis/feedback/sides.ts';
import type {ExternalNumbers, ExternalReading} from '../analysis/judge/read-metric.ts';

/** Where feedback lies; the store's port fits as it is. */
export interface FeedbackSource {
  read(sinceMs: number, afterId?: string): Promise<{id: string; at: number; text: string}[]>;
}

/** The release that feedback is weighed for, and its id. */
export interface FeedbackRelease extends FeedbackTarget {
  id: string;
}

export interface FeedbackFollowerOptions {
  source: FeedbackSource;
  /** Asked at each look; null: none runs, and feedback is no number. */
  target: () => FeedbackRelease | null;
  /** The store's clock, milliseconds since 1970. */
  now: () => number;
  /** Between two looks, milliseconds. */
  everyMs?: number;
}

const EVERY_MS = 2000;
/** After so many looks without an answer what was known says nothing about now. */
const SILENT_LOOKS = 5;
/** Most that is remembered; the store keeps no more. */
const MOST_KEPT = 50_000;

/** So many of the newest pieces keep their words, for the log of the screen. */
const MOST_WORDS = 50;

/** What is remembered of a piece of feedback for the numbers: not its words. */
export type Remembered = Pick<GivenFeedback, 'at' | 'type' | 'rating' | 'phase' | 'version'>;

/**
 * People's feedback on the running release as numbers: `user_satisfaction`, the mean rating, and `bug_reports`, how many
 * came in the window. Looks into the store every two seconds and never throws to its host.
 */
export class FeedbackFollower implements ExternalNumbers {
  readonly #options: FeedbackFollowerOptions;
  readonly #everyMs: number;
  readonly #abort = new AbortController();
  readonly #listeners = new Set<() => void>();
  #release: string | null = null;
  #given: Remembered[] = [];
  #newest: readonly GivenFeedback[] = [];
  #afterId: string | undefined;
  /** When the store answered last, here; null: never for this release. */
  #answeredAt: number | null = null;
  #isAway = false;
  #running: Promise<void> | null = null;
  #first: Promise<void> = Promise.resolve();

  constructor(options: FeedbackFollowerOptions) {
    this.#options = options;
    this.#everyMs = options.everyMs ?? EVERY_MS;
  }

  /** The release that feedback is weighed for; null: none runs. */
  get target(): FeedbackRelease | null {
    return this.#options.target();
  }

  /** What is remembered of the running release, oldest first. */
  get given(): readonly Remembered[] {
    return this.#given;
  }

  /** The newest pieces on the running release with their words, oldest first; the same list until another one comes. */
  get newest(): readonly GivenFeedback[] {
    return this.#newest;
  }

  /** Begins to look. Resolves after the first look, whatever came of it. */
  async start(): Promise<void> {
    if (this.#running === null) {
      const first = Promise.withResolvers<void>();
      this.#first = first.promise;
      this.#running = this.#keepLooking(first.resolve);
    }
    await this.#first;
  }

  read(metric: string, overMs: number): ExternalReading | null {
    const known = FEEDBACK_METRICS.find(name => name === metric);
    if (known === undefined) return null;
    const source = 'feedback';
    const target = this.#options.target();
    const ageMs = this.#answeredAt === null ? null : performance.now() - this.#answeredAt;
    if (target === null || target.id !== this.#release || ageMs === null)
      return {prod: null, gray: null, ageMs: null, state: this.#isAway ? 'away' : 'no-data', source};
    if (ageMs > SILENT_LOOKS * this.#everyMs)
      return {prod: null, gray: null, ageMs, state: this.#isAway ? 'away' : 'stale', source};
    const at = this.#options.now();
    const {prod, gray} = feedbackNumbers(this.#given, known, target, at, overMs);
    return {
      prod: prod.value,
      gray: gray.value,
      ageMs,
      state: gray.value === null ? 'no-data' : 'ok',
      source,
      samples: {prod: prod.samples, gray: gray.samples},
      coveredMs: Math.max(0, Math.min(overMs, at - target.startedAt)),
    };
  }

  /** Called after each look; returns the way to stop. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#abort.abort();
    this.#listeners.clear();
    await this.#running;
  }

  async #keepLooking(looked: () => void): Promise<void> {
    const {signal} = this.#abort;
    while (!signal.aborted) {
      try {
        await this.#look();
        this.#isAway = false;
      } catch {
        this.#isAway = true;
      }
      looked();
      for (const listener of this.#listeners) listener();
      await pause(this.#everyMs, undefined, {signal}).catch(() => undefined);
    }
    looked();
  }

  async #look(): Promise<void> {
    const target = this.#options.target();
    if (target?.id !== this.#release) {
      this.#release = target?.id ?? null;
      this.#given = [];
      this.#newest = [];
      this.#afterId = undefined;
      this.#answeredAt = null;
    }
    if (target === null) return;
    for (;;) {
      const batch = await this.#options.source.read(target.startedAt, this.#afterId);
      if (this.#abort.signal.aborted) return;
      if (batch.length === 0) break;
      this.#afterId = batch.at(-1)?.id;
      const {given} = readFeedback(batch);
      for (const {at, type, rating, phase, version} of given)
        this.#given.push({at, type, rating, phase, version});
      if (given.length > 0) this.#newest = [...this.#newest, ...given].slice(-MOST_WORDS);
    }
    if (this.#given.length > MOST_KEPT) this.#given = this.#given.slice(-MOST_KEPT);
    this.#answeredAt = performance.now();
  }
}
