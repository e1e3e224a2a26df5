import type {Asked, HeadersLike} from './forced.ts';
import type {User} from './rule.ts';

const NOT_ASCII = /[^\0-\x7f]/;
const BEYOND_BYTES = /[^\0-\xff]/;
const UTF8 = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});
/** A byte that belongs to no text is kept as half a surrogate pair, 0xDC80 to 0xDCFF, which no text holds. */
export const BYTE_ESCAPE = 0xdc00;

/**
 * The text that a header's value was sent as. Node and the Fetch standard hand out one character for each byte; an edge
 * compares and hashes the bytes, which are UTF-8. Bytes that are no UTF-8 stay bytes: they equal no text of a list, and
 * are hashed as they were sent. A value that holds more than bytes is a text already.
 */
export function headerText(value: string): string {
  if (!NOT_ASCII.test(value) || BEYOND_BYTES.test(value)) return value;
  try {
    return UTF8.decode(Uint8Array.from(value, letter => letter.charCodeAt(0)));
  } catch {
    return value.replaceAll(/[\x80-\xff]/g, byte => String.fromCharCode(BYTE_ESCAPE + byte.charCodeAt(0)));
  }
}

/**
 * A text of a user as the request sent it. Only what stands in one of the headers is read as bytes: an id that an
 * application has from elsewhere stays as it is. A header that was sent several times counts by its first line.
 */
export function sentText(text: string, {headers, lines}: Asked): string {
  const isBytes = NOT_ASCII.test(text) && !BEYOND_BYTES.test(text);
  const isJoined = lines !== undefined && text.includes(', ');
  if (headers === undefined || !(isBytes || isJoined)) return text;
  const first = isJoined ? firstLine(text, lines) : text;
  return isBytes && isIn(headers, text) ? headerText(first) : first;
}

/**
 * Reads the id of a user and these attributes as the request sent them; every other property stays. The user itself where
 * nothing differs.
 */
export function sentReader(attributes: readonly string[]): (user: User, asked: Asked) => User {
  const names = ['id', ...attributes];
  return (user, asked) => {
    if (asked.headers === undefined) return user;
    const read: [name: string, property: PropertyDescriptor][] = [];
    for (const name of names) {
      const value = user[name];
      const sent = Array.isArray(value)
        ? value.map((one: unknown) => asSent(one, asked))
        : asSent(value, asked);
      if (sent !== value) read.push([name, {value: sent, enumerable: true}]);
    }
    return read.length === 0 ? user : (Object.create(user, Object.fromEntries(read)) as User);
  };
}

function asSent(value: unknown, asked: Asked): unknown {
  return typeof value === 'string' ? sentText(value, asked) : value;
}

/** `lines`: names and values in turn, as they came. */
function firstLine(text: string, lines: readonly string[]): string {
  const byName = new Map<string, string[]>();
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const name = (lines[at] ?? '').toLowerCase();
    byName.set(name, [...(byName.get(name) ?? []), lines[at + 1] ?? '']);
  }
  for (const values of byName.values())
    if (values.length > 1 && values.join(', ') === text) return values[0] ?? '';
  return text;
}

function isIn(headers: HeadersLike, text: string): boolean {
  const values: Iterable<unknown> =
    'values' in headers && typeof headers.values === 'function'
      ? (headers.values as () => Iterable<unknown>)()
      : Object.values(headers);
  for (const value of values) {
    const all: unknown[] = Array.isArray(value) ? value : [value];
    if (all.some(one => typeof one === 'string' && one.includes(text))) return true;
  }
  return false;
}
