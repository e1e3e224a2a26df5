import {randomBytes} from 'node:crypto';
import type {IncomingMessage, ServerResponse} from 'node:http';
import {errorName} from '../analysis/fingerprint.ts';
import type {Decision} from '../audience/decide.ts';
import {sentText} from '../audience/as-sent.ts';
import {cookieIn, VISITOR_S, type Asked, type HeadersLike} from '../audience/forced.ts';
import {keyOf} from '../audience/place.ts';
import type {User} from '../audience/rule.ts';
import type {Measurement} from './tally.ts';

/** The part of a feature that a middleware calls. */
export interface MeasuredFeature {
  decide(user: User, asked?: Asked): Decision;
  record(decision: Decision, measured: Measurement): void;
  /** Name of the attribute that is hashed in place of the id; null: the id. */
  bucketBy?(): string | null;
}

export interface MiddlewareOptions<Request> {
  /**
   * The user of a request: an id, or an id with attributes. Without it, or if it returns undefined or throws,
   * the client's address is the user.
   */
  user?: (request: Request) => User | string | number | null | undefined;
  /**
   * Name of a cookie for visitors without an id, for example `gray_visitor`: the middleware sets it where the request has none, and
   * the visitor is placed by its value, as behind an nginx with `visitor:` of that name. Without it they go by their address.
   */
  visitorCookie?: string;
}

/** Errors of requests that a framework has caught, until they are recorded. */
export type CaughtErrors = WeakMap<object, unknown>;

/** One error, counted under the name of its kind. */
type Kind = Readonly<Record<string, number>>;
const NO_KIND: Kind = {};

function kindOf(error: unknown): Kind {
  return {[errorName(error)]: 1};
}

type Next = (error?: unknown) => unknown;
/** The client address that frameworks with `(req, res, next)` may add. */
interface Extras {
  ip?: unknown;
  secure?: unknown;
}

/**
 * Decides for each request and records the result. Responses with 5xx, thrown errors and aborted requests are
 * errors.
 */
export function plainMiddleware<Request extends IncomingMessage>(
  feature: MeasuredFeature,
  {user, visitorCookie}: MiddlewareOptions<Request>,
  remember: (request: object, decision: Decision) => void,
  caught: CaughtErrors = new WeakMap(),
): (request: Request, response: ServerResponse, next: Next) => unknown {
  const {decide, record} = feature;
  return (request, response, next) => {
    const began = performance.now();
    const address = addressOf(request);
    const isSecure = (request as Extras).secure === true || 'encrypted' in request.socket;
    const requester = visiting(userOf(request, user), request.headers, {visitorCookie, isSecure}, cookie =>
      response.appendHeader('set-cookie', cookie),
    );
    const asked = {headers: request.headers, lines: request.rawHeaders, address};
    const decision = decide(requester, asked);
    const unit = idOf(requester, asked, feature.bucketBy?.() ?? null);
    remember(request, decision);
    let isDone = false;
    const end = (isError: boolean, thrown: Kind = NO_KIND) => {
      if (isDone) return;
      isDone = true;
      // An error that a framework caught, or that broke the response, names the failure as well.
      const known = caught.get(request) ?? response.errored ?? undefined;
      const kind = isError && thrown === NO_KIND && known !== undefined ? kindOf(known) : thrown;
      const response_time = performance.now() - began;
      const errors = isError ? 1 : 0;
      record(decision, {requests: 1, errors, response_time, user: unit, ...kind});
    };
    response.once('finish', () => end(response.statusCode >= 500));
    // Closed before it was finished: the client left or was cut off.
    response.once('close', () => end(true));
    return watched(
      () => next(),
      error => end(true, kindOf(error)),
    );
  };
}

/**
 * Error middleware for after the routes. Express and connect catch errors of routes, so the middleware does not see
 * them. Passes every error on.
 */
export function errorMiddleware(
  caught: CaughtErrors,
): (error: unknown, request: IncomingMessage, response: ServerResponse, next: Next) => unknown {
  // Four parameters are what makes it error middleware.
  return (error, request, _response, next) => {
    caught.set(request, error);
    return next(error);
  };
}

/** The part of hono's context that the middleware uses. */
export interface HonoLike {
  req: {raw: {headers: Headers; signal?: AbortSignal; url?: string}};
  res: {status: number};
  error?: Error | undefined;
  env?: unknown;
  set(key: 'gray', value: Decision): void;
  header?(name: string, value: string, options: {append: true}): void;
}

/** Middleware for hono. The decision is `c.get('gray')`. */
export function honoMiddleware<Context extends HonoLike>(
  feature: MeasuredFeature,
  {user, visitorCookie}: MiddlewareOptions<Context>,
): (context: Context, next: () => Promise<void>) => Promise<void> {
  const {decide, record} = feature;
  return async (context, next) => {
    const began = performance.now();
    const incoming = incomingOf(context);
    const isSecure = context.req.raw.url?.startsWith('https:') === true;
    const {headers} = context.req.raw;
    const requester = visiting(userOf(context, user), headers, {visitorCookie, isSecure}, cookie =>
      context.header?.('set-cookie', cookie, {append: true}),
    );
    const address = plainAddress(incoming?.socket?.remoteAddress);
    const asked = {headers: context.req.raw.headers, lines: incoming?.rawHeaders, address};
    const decision = decide(requester, asked);
    const unit = idOf(requester, asked, feature.bucketBy?.() ?? null);
    context.set('gray', decision);
    const end = (isError: boolean, kind: Kind = NO_KIND) => {
      const response_time = performance.now() - began;
      const errors = isError ? 1 : 0;
      record(decision, {requests: 1, errors, response_time, user: unit, ...kind});
    };
    try {
      await next();
    } catch (error) {
      end(true, kindOf(error));
      throw error;
    }
    // Hono answers a thrown error itself and keeps it in the context.
    const isAborted = context.req.raw.signal?.aborted === true;
    const {error} = context;
    const kind = error === undefined ? NO_KIND : kindOf(error);
    end(isAborted || error !== undefined || context.res.status >= 500, kind);
  };
}

function userOf<Request>(request: Request, user: MiddlewareOptions<Request>['user']): User {
  try {
    const named = user?.(request);
    if (typeof named === 'string' || typeof named === 'number') return {id: named};
    return named ?? {};
  } catch {
    // If the application's function throws, the user is anonymous. The request must not fail.
    return {};
  }
}

/** A user without an id as the visitor of the cookie, which is set where the request has none. Never throws. */
function visiting(
  user: User,
  headers: HeadersLike,
  {visitorCookie: name, isSecure}: {visitorCookie: string | undefined; isSecure: boolean},
  set: (cookie: string) => void,
): User {
  try {
    if (name === undefined || keyOf(user) !== '') return user;
    const known = cookieIn(headers, name);
    const id = known === '' ? randomBytes(16).toString('hex') : known;
    if (known === '')
      set(`${name}=${id}; Path=/; Max-Age=${VISITOR_S}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`);
    return Object.create(user, {id: {value: id, enumerable: true}}) as User;
  } catch {
    return user;
  }
}

/**
 * The person of the samples: the unit that is hashed, since evidence counts what is placed as one. The id of the user, else the
 * address; or the value of the attribute. Never throws, because an error must not fail the request.
 */
function idOf(user: User, asked: Asked, bucketBy: string | null): string {
  const {address = ''} = asked;
  try {
    const id: unknown = bucketBy === null ? user.id : user[bucketBy];
    const isNamed = typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint';
    return isNamed && id !== '' ? sentText(String(id), asked) : address;
  } catch {
    return address;
  }
}

/**
 * The client address as the framework knows it, else the remote end of the connection. Behind a proxy, the
 * framework must trust the proxy.
 */
function addressOf(request: IncomingMessage & Extras): string | undefined {
  const address = typeof request.ip === 'string' ? request.ip : request.socket.remoteAddress;
  return plainAddress(address);
}

/** The Node request that hono's adapter puts into the environment. */
function incomingOf({env}: HonoLike) {
  const {incoming} = (env ?? {}) as {
    incoming?: {socket?: {remoteAddress?: string}; rawHeaders?: readonly string[]};
  };
  return incoming;
}

/** Strips the IPv6 prefix of an IPv4 address, so that it reads as nginx writes it. */
function plainAddress(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/iu, '');
}

/** Calls `next`, and reports an error that it throws or rejects with. The error is thrown again. */
function watched(next: () => unknown, onThrown: (error: unknown) => void): unknown {
  try {
    const result = next();
    if (!isThenable(result)) return result;
    return Promise.resolve(result).catch((error: unknown) => {
      onThrown(error);
      throw error;
    });
  } catch (error) {
    onThrown(error);
    throw error;
  }
}

/** Promises of other libraries reject as well. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
