import type {IncomingMessage, ServerResponse} from 'node:http';
import {sentText} from '../audience/as-sent.ts';
import type {Decision, Standing} from '../audience/decide.ts';
import type {Asked} from '../audience/forced.ts';
import {keyOf, type User} from '../audience/place.ts';
import type {Batches, Dropped} from './batches.ts';
import {decisionLine} from './decision-line.ts';
import {honoMiddleware, plainMiddleware, type HonoLike, type MiddlewareOptions} from './middleware.ts';
import type {FeatureOptions} from './options.ts';
import type {Routing} from '../router/routing.ts';
import type {UserFeedback, FeedbackQueue} from './feedback-queue.ts';
import type {Measurement} from './tally.ts';

/** How a feature stands in this process. */
export interface FeatureHealth {
  /** Whether the split is obeyed, and if not, why everybody is at prod. */
  standing: Standing;
  /** Log version of the split that is known; 0: none. */
  version: number;
  release: string | null;
  /** Percent that is applied, 0–100. */
  percent: number;
  /** Why the store cannot be reached; null: it can. */
  away: string | null;
  /** Entries of samples that the store has not taken yet, and what was dropped since the start. */
  waiting: number;
  dropped: Readonly<Dropped>;
  /** Decisions answered with prod because something in them threw. */
  faults: number;
}

/** What a feature is made of. */
export interface FeatureParts {
  name: string;
  routing: Routing;
  batches: Batches;
  feedback: FeedbackQueue;
  options: FeatureOptions;
  away(): string | null;
  ready: Promise<void>;
}

/** A feature under gray, as an application uses it. Nothing here waits for a store, and nothing but `ready` is asynchronous. */
export class Feature {
  readonly name: string;
  readonly #parts: FeatureParts;
  readonly #decisions = new WeakMap<object, Decision>();
  /** Which side a user gets, and why. Never throws: what cannot be decided is prod. */
  readonly decide: (user: User, asked?: Asked) => Decision;
  /** Counts what came of a decision. Never throws and never waits; sent four times a second. */
  readonly record: (decision: Decision, measured: Measurement) => void;

  constructor(parts: FeatureParts) {
    const {routing, batches, options, name} = parts;
    const {decisionLog} = options;
    this.name = name;
    this.#parts = parts;
    this.decide =
      decisionLog === undefined
        ? (user, asked) => routing.decide(user, asked)
        : (user, asked) => {
            const decision = routing.decide(user, asked);
            logQuietly(decisionLog, name, user, asked, decision);
            return decision;
          };
    this.record = (decision, measured) => batches.record(decision, measured, performance.now());
  }

  /**
   * Resolves to true once the newest split is known and the store has taken this router's report of it; to false after
   * `withinMs`. Until then everybody gets prod, unless a split of less than some seconds ago is remembered.
   */
  async ready(withinMs = 3000): Promise<boolean> {
    const {promise, resolve} = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), withinMs);
    void this.#parts.ready.then(() => resolve(true));
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Hands on what a user says of the version that a decision gave him; undefined: of none that is known. Never throws and
   * never waits.
   * @returns false: it is no feedback, or too much of it waits for a store that is away
   */
  feedback(decision: Decision | undefined, feedback: UserFeedback): boolean {
    const {split} = this.#parts.routing;
    const side = decision?.side ?? null;
    const version = split === null || side === null ? null : side === 'gray' ? split.gray : split.prod;
    return this.#parts.feedback.add(feedback, version);
  }

  /** Chooses between what is made for gray and for prod; a side nothing is made for gets `otherwise`. */
  route<T>(choices: {gray?: T; prod?: T}, otherwise: T): (user: User, asked?: Asked) => T {
    return (user, asked) => choices[this.decide(user, asked).side] ?? otherwise;
  }

  /** For connect, express and the like: decides for each request, and records it when it has been answered. */
  middleware<Request extends IncomingMessage = IncomingMessage>(
    options: MiddlewareOptions<Request> = {},
  ): (request: Request, response: ServerResponse, next: (error?: unknown) => unknown) => unknown {
    return plainMiddleware(this, options, (request, decision) => this.#decisions.set(request, decision));
  }

  /** What the middleware decided for a request; undefined where it did not pass it. */
  decisionOf(request: object): Decision | undefined {
    return this.#decisions.get(request);
  }

  /** The same for hono; the decision is `c.get('gray')`. */
  hono<Context extends HonoLike = HonoLike>(
    options: MiddlewareOptions<Context> = {},
  ): (context: Context, next: () => Promise<void>) => Promise<void> {
    return honoMiddleware(this, options);
  }

  health(): FeatureHealth {
    const {routing, batches, away} = this.#parts;
    const {version, release, percent} = routing.report('');
    return {
      standing: routing.standing,
      version,
      release,
      percent,
      away: away(),
      waiting: batches.waiting,
      dropped: {...batches.dropped},
      faults: routing.faults,
    };
  }
}

/** A log that fails takes no request with it. */
function logQuietly(
  log: (line: string) => void,
  feature: string,
  user: User,
  asked: Asked | undefined,
  decision: Decision,
): void {
  try {
    const who = sentText(keyOf(user, asked?.address), asked ?? {});
    log(decisionLine(new Date(), feature, who, decision, asked?.address));
  } catch {
    // Nobody to tell it to.
  }
}
