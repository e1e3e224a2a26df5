import type {Split} from '../release/split.ts';
import {own} from '../release/name.ts';

/** Headers as Node gives them, names in lower case, or an object of the Fetch standard. */
export type HeadersLike =
  Readonly<Record<string, string | readonly string[] | undefined>> | {get(name: string): string | null};

/** What a request says beside the user. */
export interface Asked {
  /** One character for each byte, as Node and the Fetch standard have them. */
  readonly headers?: HeadersLike | undefined;
  /** Names and values of the headers in turn, as they came: Node's `rawHeaders`. Tells a header that was sent twice. */
  readonly lines?: readonly string[] | undefined;
  /** Cookies by name, for where the header `cookie` is not at hand: that header counts where it is there. */
  readonly cookies?: Readonly<Record<string, string | undefined>> | undefined;
  /** The client's address: stands for the id of a user who has none. */
  readonly address?: string | undefined;
}

/**
 * The side a request asks for: the first header that says `true` or `false`, then the first such cookie. Any other
 * value, also of other case, says nothing; names are of any case. Of a header that was sent several times the first value
 * counts. Undefined where nothing is asked for.
 */
export function forcedReader({
  headers,
  cookies,
}: Split['forced']): (asked: Asked) => 'prod' | 'gray' | undefined {
  const headerNames = headers.map(name => name.toLowerCase());
  const cookieNames = cookies.map(name => name.toLowerCase());
  return asked => {
    if (asked.headers !== undefined) {
      for (const name of headerNames) {
        const side = sideOf(headerOf(asked.headers, name)?.split(', ', 1)[0]);
        if (side !== undefined) return side;
      }
    }
    const line = asked.headers === undefined ? undefined : headerOf(asked.headers, 'cookie');
    const given = line === undefined ? asked.cookies : undefined;
    if (line === undefined && given === undefined) return undefined;
    const small = line?.toLowerCase() ?? '';
    for (const name of cookieNames) {
      const side = sideOf(
        line === undefined ? givenCookie(given ?? {}, name) : cookieOf({line, small}, name),
      );
      if (side !== undefined) return side;
    }
    return undefined;
  };
}

/** How long a browser keeps the cookie of a visitor without an id, seconds. */
export const VISITOR_S = 31_536_000;

/** The value of a cookie, read as an edge reads it; empty where it is not sent. */
export function cookieIn(headers: HeadersLike, name: string): string {
  const line = headerOf(headers, 'cookie');
  return line === undefined ? '' : (cookieOf({line, small: line.toLowerCase()}, name.toLowerCase()) ?? '');
}

function sideOf(value: unknown): 'prod' | 'gray' | undefined {
  return value === 'true' ? 'gray' : value === 'false' ? 'prod' : undefined;
}

/** The value of a header; of several the first, as an edge reads it. */
function headerOf(headers: HeadersLike, name: string): string | undefined {
  if ('get' in headers && typeof headers.get === 'function') return headers.get(name) ?? undefined;
  const value = own(headers as Readonly<Record<string, unknown>>, name);
  if (typeof value === 'string') return value;
  const first: unknown = Array.isArray(value) ? value[0] : undefined;
  return typeof first === 'string' ? first : undefined;
}

function givenCookie(given: NonNullable<Asked['cookies']>, name: string): string | undefined {
  return Object.entries(given).find(([other]) => other.toLowerCase() === name)?.[1];
}

/**
 * A cookie's value as it was sent, not decoded; of several of that name the first. Read as nginx reads it
 * (ngx_http_parse_multi_header_lines): names of any case, a value up to the next semicolon with the blanks at its end,
 * and a comma ends what is another cookie. `small`: the line in small letters, as is the name.
 */
function cookieOf({line, small}: {line: string; small: string}, name: string): string | undefined {
  for (let at = 0; at < line.length;) {
    if (small.startsWith(name, at)) {
      const equals = afterBlanks(line, at + name.length);
      if (line[equals] === '=') {
        const begin = afterBlanks(line, equals + 1);
        const end = line.indexOf(';', begin);
        return line.slice(begin, end < 0 ? undefined : end);
      }
    }
    while (at < line.length && line[at] !== ';' && line[at] !== ',') at++;
    at = afterBlanks(line, at + 1);
  }
  return undefined;
}

function afterBlanks(line: string, from: number): number {
  let at = from;
  while (line[at] === ' ') at++;
  return at;
}
