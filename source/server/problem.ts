import type {MiddlewareHandler} from 'hono';
import {bodyLimit} from 'hono/body-limit';
import type {ContentfulStatusCode} from 'hono/utils/http-status';
import {StoreFault} from '../store/fault.ts';

/** An error answer to a request: status, code, message and remedy. */
export class HttpProblem extends Error {
  readonly status: ContentfulStatusCode;
  readonly code: string;
  /** What to do about it. */
  readonly next: string;
  readonly more: {mistakes?: {field: string; message: string}[]; headers?: Record<string, string>};

  constructor(
    status: ContentfulStatusCode,
    code: string,
    message: string,
    next: string,
    more: HttpProblem['more'] = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.next = next;
    this.more = more;
  }
}

/**
 * Returns any error as a problem. Unexpected errors are answered with 500 and no details, because they may
 * hold anything.
 */
export function httpProblemOf(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof StoreFault)
    return new HttpProblem(503, error.code, 'the store cannot be reached', 'try again later', {
      headers: {'retry-after': '2'},
    });
  return new HttpProblem(
    500,
    'fault',
    'unexpected error of the server',
    'its operator finds the error on its stderr',
  );
}

/** The JSON document of an error. */
export function problemDocument({code, message, next, more}: HttpProblem): object {
  const {mistakes} = more;
  return {schema: 'graydeck.error/1', code, message, next, ...(mistakes === undefined ? {} : {mistakes})};
}

export function tooOften(afterMs: number): HttpProblem {
  return new HttpProblem(429, 'too-often', 'too many requests', 'wait for the seconds in Retry-After', {
    headers: {'retry-after': String(Math.max(1, Math.ceil(afterMs / 1000)))},
  });
}

/** Largest request body, bytes. */
const MOST_BYTES = 64 * 1024;

/** Refuses a body of more bytes. A length that is said is believed: Node reads no more of the body. */
export function limitBody(maxSize: number): MiddlewareHandler {
  const tooLarge = (): never => {
    const message = `the body is larger than ${maxSize} bytes`;
    // The rest of the body is not read, so the connection is closed.
    throw new HttpProblem(413, 'too-large', message, `send at most ${maxSize} bytes`, {
      headers: {connection: 'close'},
    });
  };
  // For a body whose length is not said before.
  const counted = bodyLimit({maxSize, onError: tooLarge});
  return async (context, next) => {
    const length = context.req.header('content-length');
    if (length === undefined || context.req.header('transfer-encoding') !== undefined)
      return await counted(context, next);
    if (Number(length) > maxSize) return tooLarge();
    return await next();
  };
}

/** Refuses a body that is too large for anything but a command. */
export const limitedBody = limitBody(MOST_BYTES);
