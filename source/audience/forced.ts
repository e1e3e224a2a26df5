import type {Split} from '../release/split.ts';
import {own} from '../release/own.ts';

/** Headers as Node gives them, names in lower case, or an object of the Fetch standard. */
export type HeadersLike =
  Readonly<Record<string, string | readonly string[] | undefined>> | {get(name: string): string | null};

/** What a request says beside the user. */
export interface Asked {
  readonly headers?: HeadersLike | undefined;
  /** Cookies by name; where left out, they are read from the header `cookie`. */
  readonly cookies?: Readonly<Record<string, string | undefined>> | undefined;
  /** The client's address: stands for the id of a user who has none. */
  readonly address?: string | undefined;
}

/**
 * The side a request asks for: the first header that says `true` or `false`, then the first such cookie. Any other
 * value, also of other case, says nothing. Undefined where nothing is asked for.
 */
export function forcedReader({
  headers,
  cookies,
}: Split['forced']): (asked: Asked) => 'prod' | 'gray' | undefined {
  const headerNames = headers.map(name => name.toLowerCase());
  return asked => {
    if (asked.headers !== undefined) {
      for (const name of headerNames) {
        const side = sideOf(headerOf(asked.headers, name));
        if (side !== undefined) return side;
      }
    }
    const given = asked.cookies;
    if (given === undefined && asked.headers === undefined) return undefined;
    const line = given === undefined ? headerOf(asked.headers ?? {}, 'cookie') : undefined;
    if (given === undefined && line === undefined) return undefined;
    for (const name of cookies) {
      const side = sideOf(given === undefined ? cookieOf(line ?? '', name) : own(given, name));
      if (side !== undefined) return side;
    }
    return undefined;
  };
}

function sideOf(value: unknown): 'prod' | 'gray' | undefined {
  return value === 'true' ? 'gray' : value === 'false' ? 'prod' : undefined;
}

/** The value of a header; of several the first, as an edge reads it. */
function headerOf(headers: HeadersLike, name: string): string | undefined {
  if ('get' in headers && typeof headers.get === 'function') return headers.get(name) ?? undefined;
  const value = (headers as Readonly<Record<string, unknown>>)[name];
  if (typeof value === 'string') return value;
  const first: unknown = Array.isArray(value) ? value[0] : undefined;
  return typeof first === 'string' ? first : undefined;
}

/** A cookie's value as it was sent, not decoded; of several of that name the first. */
function cookieOf(line: string, name: string): string | undefined {
  for (const part of line.split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim();
  }
  return undefined;
}
