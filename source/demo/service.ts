import {setImmediate as nextTurn} from 'node:timers/promises';
import {type Feedback, type Rating, encodeFeedback} from '../analysis/feedback/feedback.ts';
import type {Side} from '../analysis/numbers.ts';
import type {Commit} from '../release/commit.ts';
import type {Split} from '../release/split.ts';
import type {RouterStore} from '../store/port.ts';
import {seeded} from './behaviour.ts';
import {prodPastOf} from './history.ts';
import {Instance} from './instance.ts';

type Words = readonly (readonly [type: Feedback['type'], rating: Rating, message: string])[];

const ABOUT_PROD: Words = [
  ['experience', 4, 'works as always'],
  ['suggestion', 3, 'could the receipt be sent by mail?'],
  ['performance', 4, 'quick enough'],
];
const ABOUT_GRAY: Words = [
  ['experience', 5, 'the new payment page is much clearer'],
  ['performance', 5, 'feels faster than before'],
  ['suggestion', 4, 'please keep the old shortcuts'],
];
const ABOUT_FAILING: Words = [
  ['bug', 1, 'the payment was declined, but the money is gone'],
  ['bug', 1, 'the button does nothing'],
  ['performance', 2, 'it takes ages to confirm'],
];

/** Feedback of a simulated user, encoded; null if no version is known for the side. */
export function saying(side: Side, split: Split, isFailing: boolean, random: () => number): string | null {
  const version = side === 'gray' ? split.gray : split.prod;
  if (version === null || (side === 'gray' && !split.live)) return null;
  const words = side === 'prod' ? ABOUT_PROD : isFailing ? ABOUT_FAILING : ABOUT_GRAY;
  const chosen = words[Math.floor(random() * words.length)];
  if (chosen === undefined) return null;
  const [type, rating, message] = chosen;
  return encodeFeedback({type, rating, message, version, phase: null, user: null});
}

const INSTANCES = ['web-1', 'web-2', 'web-3'];
const FLUSH_MS = 250;
const REPORT_MS = 5000;
/** Time between two messages of users, milliseconds, and the share of messages about gray. */
const SAYS_MS = 4000;
const SAYS_OF_GRAY = 0.7;
/** Delay until a process receives a commit, milliseconds. */
const NEWS_TAKES_MS = {least: 5, spread: 110};
const KEEP_MS = 20 * 60_000;

/** The simulated service: a client of the store with the rights of role `app`. */
export interface DemoService {
  /** When gray begins to fail, by the store's clock; null if not planned. */
  failsAt(): number | null;
  /** Whether gray is failing now. */
  isFailing(): boolean;
  /** Makes gray fail now, or lets it recover. */
  toggle(): void;
  /** Writes the past of prod, so that a console has history to show. */
  writePast(): Promise<void>;
  close(): Promise<void>;
}

export interface DemoOptions {
  store: RouterStore;
  now(): number;
  /** Milliseconds after the start until gray begins to fail; null for only on demand. */
  failsAfterMs: number | null;
  seed?: number;
}

/** Starts the service: three instances that place users by their split and report what they applied. */
export function startDemoService(options: DemoOptions): DemoService {
  return new RunningService(options);
}

class RunningService implements DemoService {
  readonly #options: DemoOptions;
  readonly #random: () => number;
  readonly #people: () => number;
  readonly #instances: readonly Instance[];
  readonly #stop = new AbortController();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #startedAt: number;
  readonly #following: Promise<void>;
  #failsAt: number | null;
  #servedUntil: number;
  #split: Split | null = null;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(options: DemoOptions) {
    this.#options = options;
    const {store, now, failsAfterMs, seed = 20_261_123} = options;
    this.#random = seeded(seed);
    this.#people = seeded(seed + 100);
    this.#instances = INSTANCES.map(
      (name, index) => new Instance(name, store.feature, seeded(seed + index + 1)),
    );
    this.#startedAt = now();
    this.#servedUntil = this.#startedAt;
    this.#failsAt = failsAfterMs === null ? null : this.#startedAt + failsAfterMs;
    this.#following = this.#follow().catch(() => undefined);
    this.#every(FLUSH_MS, () => this.#serve());
    this.#every(REPORT_MS, () => this.#report());
    this.#every(SAYS_MS, () => this.#say());
  }

  failsAt(): number | null {
    return this.#failsAt;
  }

  isFailing(): boolean {
    return this.#failsAt !== null && this.#options.now() >= this.#failsAt;
  }

  toggle(): void {
    this.#failsAt = this.isFailing() ? null : this.#options.now();
  }

  async writePast(): Promise<void> {
    for (const entries of prodPastOf(this.#startedAt, this.#options.now, this.#random)) {
      if (this.#stop.signal.aborted) return;
      await this.#options.store.writeSamples(entries, KEEP_MS);
      // The screen and its keys have priority.
      await nextTurn();
    }
  }

  async close(): Promise<void> {
    this.#stop.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all([this.#following, this.#writing]);
  }

  async #follow(): Promise<void> {
    const {store} = this.#options;
    const head = await store.head();
    for (const instance of this.#instances) if (head !== null) instance.apply(head);
    this.#split ??= head?.split ?? null;
    this.#report();
    const after = head === null ? null : {version: head.version, id: head.id};
    const {signal} = this.#stop;
    await store.follow(after, news => void (news.type === 'commit' && this.#receive(news.commit)), signal);
  }

  /** Instances learn of a commit one after the other, as processes do. */
  #receive(commit: Commit): void {
    this.#split = commit.split;
    for (const instance of this.#instances) {
      const timer = setTimeout(
        () => {
          this.#timers.delete(timer);
          instance.apply(commit);
          this.#send(() => this.#options.store.report(instance.report()));
        },
        NEWS_TAKES_MS.least + this.#random() * NEWS_TAKES_MS.spread,
      );
      this.#timers.add(timer);
    }
  }

  #serve(): void {
    const at = this.#options.now();
    const ms = Math.min(Math.max(0, at - this.#servedUntil), 4 * FLUSH_MS);
    this.#servedUntil = at;
    const share = 1 / this.#instances.length;
    for (const instance of this.#instances) instance.serve(at, ms, share, this.#failsAt);
    for (const instance of this.#instances)
      this.#send(() => instance.flush(at, entries => this.#options.store.writeSamples(entries, KEEP_MS)));
  }

  #say(): void {
    const side = this.#people() < SAYS_OF_GRAY ? 'gray' : 'prod';
    const text = this.#split === null ? null : saying(side, this.#split, this.isFailing(), this.#people);
    if (text !== null) this.#send(() => this.#options.store.writeFeedback(text));
  }

  #report(): void {
    for (const instance of this.#instances) this.#send(() => this.#options.store.report(instance.report()));
  }

  /** While the store is away, measurements are lost and the service continues. */
  #send(work: () => Promise<unknown>): void {
    this.#writing = this.#writing.then(work).catch(() => undefined);
  }

  #every(ms: number, work: () => void): void {
    this.#timers.add(setInterval(work, ms));
  }
}
