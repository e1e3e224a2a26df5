import type {IncomingMessage, ServerResponse} from 'node:http';
import {errorName} from '../analysis/fingerprint.ts';
import type {Decision} from '../audience/decide.ts';
import {sentText} from '../audience/as-sent.ts';
import type {Asked} from '../audience/forced.ts';
import type {User} from '../audience/rule.ts';
import type {Measurement} from './tally.ts';

/** What a middleware needs of a feature. */
export interface Measured {
  decide(user: User, asked?: Asked): Decision;
  record(decision: Decision, measured: Measurement): void;
}

export interface MiddlewareOptions<Request> {
  /** Who asks: an id, or an id with attributes. Left out, undefined or thrown: the client's address. */
  user?: (request: Request) => User | string | number | null | undefined;
}

/** One error under the name of its kind. */
type Kind = Readonly<Record<string, number>>;
const NO_KIND: Kind = {};

function kindOf(error: unknown): Kind {
  return {[errorName(error)]: 1};
}

type Next = (error?: unknown) => unknown;
/** What frameworks of the `(req, res, next)` kind add, where they do. */
interface Extras {
  ip?: unknown;
}

/** Decides for each request, then measures it: 5xx, thrown and aborted ones are errors. */
export function plainMiddleware<Request extends IncomingMessage>(
  {decide, record}: Measured,
  {user}: MiddlewareOptions<Request>,
  remember: (request: object, decision: Decision) => void,
): (request: Request, response: ServerResponse, next: Next) => unknown {
  return (request, response, next) => {
    const began = performance.now();
    const who = userOf(request, user);
    const address = addressOf(request);
    const asked = {headers: request.headers, lines: request.rawHeaders, address};
    const decision = decide(who, asked);
    remember(request, decision);
    let isDone = false;
    const end = (isError: boolean, kind: Kind = NO_KIND) => {
      if (isDone) return;
      isDone = true;
      const response_time = performance.now() - began;
      const errors = isError ? 1 : 0;
      record(decision, {requests: 1, errors, response_time, user: idOf(who, asked), ...kind});
    };
    response.once('finish', () => end(response.statusCode >= 500));
    // Closed before it was finished: who asked has gone, or was cut off.
    response.once('close', () => end(true));
    return watched(
      () => next(),
      error => end(true, kindOf(error)),
    );
  };
}

/** What hono's context has of what is needed here. */
export interface HonoLike {
  req: {raw: {headers: Headers; signal?: AbortSignal}};
  res: {status: number};
  error?: Error | undefined;
  env?: unknown;
  set(key: 'gray', value: Decision): void;
}

/** The same for hono: the decision is `c.get('gray')`. */
export function honoMiddleware<Context extends HonoLike>(
  {decide, record}: Measured,
  {user}: MiddlewareOptions<Context>,
): (context: Context, next: () => Promise<void>) => Promise<void> {
  return async (context, next) => {
    const began = performance.now();
    const who = userOf(context, user);
    const incoming = incomingOf(context);
    const address = plainAddress(incoming?.socket?.remoteAddress);
    const asked = {headers: context.req.raw.headers, lines: incoming?.rawHeaders, address};
    const decision = decide(who, asked);
    context.set('gray', decision);
    const end = (isError: boolean, kind: Kind = NO_KIND) => {
      const response_time = performance.now() - began;
      const errors = isError ? 1 : 0;
      record(decision, {requests: 1, errors, response_time, user: idOf(who, asked), ...kind});
    };
    try {
      await next();
    } catch (error) {
      end(true, kindOf(error));
      throw error;
    }
    // Hono answers what was thrown by itself, and says so.
    const isAborted = context.req.raw.signal?.aborted === true;
    const {error} = context;
    const kind = error === undefined ? NO_KIND : kindOf(error);
    end(isAborted || error !== undefined || context.res.status >= 500, kind);
  };
}

function userOf<Request>(request: Request, user: MiddlewareOptions<Request>['user']): User {
  try {
    const said = user?.(request);
    if (typeof said === 'string' || typeof said === 'number') return {id: said};
    return said ?? {};
  } catch {
    // Whoever cannot be told is anonymous; a request does not fail by it.
    return {};
  }
}

/** Never throws: it is asked for when the answer is out, where nobody would catch it. */
function idOf(user: User, asked: Asked): string {
  const {address = ''} = asked;
  try {
    const {id} = user;
    const isNamed = typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint';
    return isNamed && id !== '' ? sentText(String(id), asked) : address;
  } catch {
    return address;
  }
}

/** As the framework knows it (behind a proxy it must be told to trust), else the other end of the connection. */
function addressOf(request: IncomingMessage & Extras): string | undefined {
  const address = typeof request.ip === 'string' ? request.ip : request.socket.remoteAddress;
  return plainAddress(address);
}

/** A service on Node passes its request on to hono by its environment. */
function incomingOf({env}: HonoLike) {
  const {incoming} = (env ?? {}) as {
    incoming?: {socket?: {remoteAddress?: string}; rawHeaders?: readonly string[]};
  };
  return incoming;
}

/** An IPv4 address that came by an IPv6 socket, as an edge writes it. */
function plainAddress(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/iu, '');
}

/** Calls on; whatever is thrown, now or later, is seen and goes its way. */
function watched(next: () => unknown, onThrown: (error: unknown) => void): unknown {
  try {
    const result = next();
    if (!(result instanceof Promise)) return result;
    return result.catch((error: unknown) => {
      onThrown(error);
      throw error;
    });
  } catch (error) {
    onThrown(error);
    throw error;
  }
}
