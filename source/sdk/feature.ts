import {startOf} from '../release/well-formed.ts';
import type {IncomingMessage, ServerResponse} from 'node:http';
import {sentText} from '../audience/as-sent.ts';
import type {Decision, Standing} from '../audience/decide.ts';
import type {Asked} from '../audience/forced.ts';
import {keyOf, type User} from '../audience/place.ts';
import type {Batches, Dropped} from './batches.ts';
import {
  errorMiddleware,
  honoMiddleware,
  plainMiddleware,
  type CaughtErrors,
  type HonoLike,
  type MiddlewareOptions,
} from './middleware.ts';
import type {FeatureOptions} from './options.ts';
import type {Routing} from '../router/routing.ts';
import type {UserFeedback, FeedbackQueue} from './feedback-queue.ts';
import type {Measurement} from './tally.ts';

/** State of a feature in this process. */
export interface FeatureHealth {
  /** Whether the split is obeyed, and if not, why every user gets prod. */
  standing: Standing;
  /** Log version of the known split; 0 if none is known. */
  version: number;
  /** Log version from which on decisions have followed the same split; 0 if none is known. */
  since: number;
  release: string | null;
  /** Attribute that is hashed in place of the id; null: the id. */
  bucketBy: string | null;
  /** Percent of users that get gray here, 0–100. */
  percent: number;
  /** Why the store cannot be reached; null if it can. */
  away: string | null;
  /** Entries of samples that the store has not taken yet, and what was dropped since the start. */
  waiting: number;
  dropped: Readonly<Dropped>;
  /** Number of decisions answered with prod because the input or the split threw an error. */
  faults: number;
}

/** The parts of a feature. */
export interface FeatureParts {
  name: string;
  routing: Routing;
  batches: Batches;
  feedback: FeedbackQueue;
  options: FeatureOptions;
  away(): string | null;
  ready: Promise<void>;
}

/**
 * A feature as an application uses it. Apart from `ready`, everything is synchronous and never waits for the
 * store.
 */
export class Feature {
  readonly name: string;
  readonly #parts: FeatureParts;
  readonly #decisions = new WeakMap<object, Decision>();
  readonly #caught: CaughtErrors = new WeakMap();
  /** Decides which side a user gets, and why. Never throws; an error gives prod. */
  readonly decide: (user: User, asked?: Asked) => Decision;
  /** Records what came of a decision. Never throws and never waits. Samples are sent four times a second. */
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
   * Resolves to true once the newest split is known and the store has taken this router's report of it; to
   * false after `withinMs` milliseconds. Until then every user gets prod, unless this host remembers a split
   * that is not stale yet.
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
   * Calls the function after each change that may change decisions: a percent, an audience, a rollback, or that the
   * store can no longer be reached. An error that it throws is dropped.
   * @returns a function that ends the calls
   */
  watch(onChange: () => void): () => void {
    return this.#parts.routing.watch(() => {
      try {
        onChange();
      } catch {
        // The application's function failed. Routing goes on.
      }
    });
  }

  /**
   * Sends feedback of a user about the version that the decision gave; undefined if there is no decision.
   * Never throws and never waits.
   * @returns false if the feedback is invalid, or if 100 messages wait for the store
   */
  feedback(decision: Decision | undefined, feedback: UserFeedback): boolean {
    const {split} = this.#parts.routing;
    const side = decision?.side ?? null;
    const version = split === null || side === null ? null : side === 'gray' ? split.gray : split.prod;
    return this.#parts.feedback.add(feedback, version);
  }

  /** Returns a function that chooses a value by the user's side. A side without a value gets `otherwise`. */
  route<T>(choices: {gray?: T; prod?: T}, otherwise: T): (user: User, asked?: Asked) => T {
    return (user, asked) => choices[this.decide(user, asked).side] ?? otherwise;
  }

  /**
   * Middleware for connect, express and similar frameworks: decides for each request, and records it when it
   * has been answered.
   */
  middleware<Request extends IncomingMessage = IncomingMessage>(
    options: MiddlewareOptions<Request> = {},
  ): (request: Request, response: ServerResponse, next: (error?: unknown) => unknown) => unknown {
    return plainMiddleware(
      this,
      options,
      (request, decision) => this.#decisions.set(request, decision),
      this.#caught,
    );
  }

  /**
   * Error middleware for express and connect, to stand after the routes: names what a route has thrown in the samples of
   * the request, and passes it on. Elsewhere the middleware sees a thrown error itself.
   */
  errors(): (
    error: unknown,
    request: IncomingMessage,
    response: ServerResponse,
    next: (error?: unknown) => unknown,
  ) => unknown {
    return errorMiddleware(this.#caught);
  }

  /** The middleware's decision for a request; undefined if the request did not pass the middleware. */
  decisionOf(request: object): Decision | undefined {
    return this.#decisions.get(request);
  }

  /** Name of the attribute that is hashed in place of the id; null: the id. */
  bucketBy(): string | null {
    return this.#parts.routing.split?.bucketBy ?? null;
  }

  /** Middleware for hono. The decision is `c.get('gray')`. */
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
      since: routing.since,
      bucketBy: routing.split?.bucketBy ?? null,
      release,
      percent,
      away: away(),
      waiting: batches.waiting,
      dropped: {...batches.dropped},
      faults: routing.faults,
    };
  }
}

/** Writes to the decision log. An error of the log must not fail the request. */
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
    // The application's log failed. The decision stands.
  }
}

const LONGEST_USER = 100;

/**
 * Formats a line of the decision log: `[2026-11-23 12:00:00] Gray Routing - User: u-42, Feature: pay, Gray:
 * YES, IP: …`.
 */
function decisionLine(
  at: Date,
  feature: string,
  user: string,
  {side, reason, version}: Decision,
  address: string | undefined,
): string {
  const time = at.toISOString().slice(0, 19).replace('T', ' ');
  const who = user === '' ? '-' : oneLine(user);
  const gray = side === 'gray' ? 'YES' : 'NO';
  return (
    `[${time}] Gray Routing - User: ${who}, Feature: ${feature}, Gray: ${gray}, ` +
    `IP: ${oneLine(address ?? 'unknown')}, Reason: ${reason}, Split: ${version}`
  );
}

/**
 * Shortens a text from outside and removes control characters, so that it cannot end the line or act on a
 * terminal.
 */
function oneLine(text: string): string {
  const short = text.length > LONGEST_USER ? `${startOf(text, LONGEST_USER)}…` : text;
  return short.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '');
}
