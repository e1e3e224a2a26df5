import {z} from 'zod';
import {isName} from '../../release/name.ts';
import {matching} from '../yaml/leaf.ts';
import {type Reading, bad, good} from '../yaml/mistake.ts';
import {type Spot, type YamlReader, child, isMapping} from '../yaml/reader.ts';
import {readBy} from '../yaml/tree.ts';
import {quote} from '../../text/quote.ts';

const NAME = /^[A-Za-z_]\w*$/u;

/** Names of variables that hooks get. */
export const hookVariables = z.array(
  matching(text => NAME.test(text), 'the name of a variable', 'AWS_PROFILE'),
);

/** Names of the environment that a file uses anywhere: `${NAME}` in a text, or `{env: NAME}`; each once, sorted. */
export function variablesOf(value: unknown): string[] {
  const found = new Set<string>();
  const walk = (part: unknown): void => {
    if (typeof part === 'string') for (const name of variablesIn(part)) found.add(name);
    if (Array.isArray(part)) for (const item of part) walk(item);
    if (!isMapping(part)) return;
    if (typeof part['env'] === 'string' && NAME.test(part['env'])) found.add(part['env']);
    for (const item of Object.values(part)) walk(item);
  };
  walk(value);
  return [...found].sort();
}

/** Reports each of `hookVariables:` that the file itself uses: it may hold a secret, and readers see what hooks print. */
export function checkHookVariables(reader: YamlReader, root: Spot, used: readonly string[]): void {
  const at = child(root, 'hookVariables');
  const names: readonly unknown[] = Array.isArray(at.value) ? at.value : [];
  for (const [index, name] of names.entries()) {
    if (typeof name !== 'string' || !used.includes(name)) continue;
    reader.mistake(child(at, index), {
      message: `${quote(name)} is used by this file, so hooks do not get it: readers see what hooks print`,
      allowed: 'another variable for the hook',
    });
  }
}

const VARIABLE = /\$\{(?<name>[A-Za-z_]\w*)\}/gu;

/**
 * An address that may hold `${NAME}` for a variable of the environment. A password must be one: it is refused as plain
 * text and never repeated.
 * @param schemes those that are allowed, with their colon
 */
export function address(schemes: readonly string[]): z.ZodType<string> {
  const allowed = `an address beginning with ${schemes.join(', ')}`;
  const read = (value: unknown): Reading<string> => {
    if (!isName(value, 1024)) return bad({message: 'this is not an address', allowed});
    const text = value.trim();
    const password = passwordOf(text);
    if (password !== null && !/^\$\{[A-Za-z_]\w*\}$/u.test(password))
      return bad({
        message: 'a password must not stand in this file',
        allowed:
          'the address without it and password: {file: PATH} next to url, or ${NAME} of a variable in its place',
        found: 'a password',
      });
    const isWhole = /^\$\{[A-Za-z_]\w*\}$/u.test(text);
    if (isWhole || schemes.some(scheme => text.startsWith(scheme) && text.length > scheme.length))
      return good(text);
    return bad({message: `${quote(text)} has none of the schemes known here`, allowed});
  };
  return readBy(read, {type: 'string', form: allowed});
}

/** What stands between `:` and `@` of an address, or behind `password=`. */
function passwordOf(text: string): string | null {
  const user = /^[a-z][a-z+.-]*:\/\/(?<user>.*)@/iu.exec(text)?.groups?.['user'];
  const colon = user?.indexOf(':') ?? -1;
  const written = user !== undefined && colon >= 0 ? user.slice(colon + 1) : null;
  const asked = /[?&](?:password|token|secret)=(?<secret>[^&#]*)/iu.exec(text)?.groups?.['secret'];
  return written === null || written === '' ? (asked ?? null) : written;
}

/** Names of the variables an address wants, in order, each once. */
export function variablesIn(text: string): string[] {
  return [...new Set([...text.matchAll(VARIABLE)].map(match => match.groups?.['name'] ?? ''))];
}

/** Puts the variables into an address, percent-encoded where they are a part of it. `missing`: the first that is not set. */
export function withVariables(
  text: string,
  find: (name: string) => string | undefined,
): {ok: true; address: string} | {ok: false; missing: string} {
  const missing = variablesIn(text).find(name => (find(name) ?? '') === '');
  if (missing !== undefined) return {ok: false, missing};
  const isWhole = /^\$\{\w+\}$/u.test(text);
  const put = (name: string): string => (isWhole ? (find(name) ?? '') : encodeURIComponent(find(name) ?? ''));
  return {ok: true, address: text.replace(VARIABLE, (_, name: string) => put(name))};
}
