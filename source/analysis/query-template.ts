/** Placeholders for a name: they stand inside "…" or '…' of a query. */
const NAMES = ['side', 'version', 'feature', 'release'] as const;
export type PlaceholderName = (typeof NAMES)[number];
/** All of them; `window` is a duration, `match` label matchers inside `{…}`. */
const PLACEHOLDERS = [...NAMES, 'window', 'match'] as const;

/** A piece of a query. */
export type QueryPart =
  | {kind: 'text'; text: string}
  /** `isPattern`: it is compared by `=~` or `!~`, so the value must be taken letter by letter there. */
  | {kind: 'name'; name: PlaceholderName; quote: '"' | "'"; isPattern: boolean}
  | {kind: 'window'}
  | {kind: 'match'};

/** A PromQL query with placeholders, read once, so that nothing put in can change what it asks. */
export interface QueryTemplate {
  text: string;
  parts: readonly QueryPart[];
}

/** What is wrong with a template, and where in its text. */
export interface TemplateProblem {
  message: string;
  allowed: string;
  at: number;
  found: string;
}

/** A label and the values it may have: `instance` in `web-1:9100`, `web-2:9100`. */
export interface Matcher {
  label: string;
  values: readonly string[];
}

/** What the placeholders stand for at the moment; null: nothing. */
export interface QueryValues extends Record<PlaceholderName, string | null> {
  windowMs: number;
  match: readonly Matcher[];
}

const EVERY = PLACEHOLDERS.map(name => `{{${name}}}`).join(', ');
const PLACEHOLDER = /\{\{\s*(?<name>[a-z_]+)\s*\}\}/uy;
const LABEL = /^[A-Za-z_]\w*$/u;

/** Where in a query a letter stands: outside of strings, in a comment, or in a string with this quote. */
type Place = 'code' | '#' | '"' | "'" | '`';

/** Reads a template; never throws. What Prometheus itself would refuse in it is left for Prometheus to say. */
export function readTemplate(
  text: string,
): {ok: true; template: QueryTemplate} | {ok: false; problem: TemplateProblem} {
  const parts: QueryPart[] = [];
  let plain = '';
  let place: Place = 'code';
  let braces = 0;
  let isPattern = false;
  let opened = 0;
  for (let index = 0; index < text.length; index++) {
    const letter = text[index] ?? '';
    PLACEHOLDER.lastIndex = index;
    const found = text.startsWith('{{{', index) ? null : PLACEHOLDER.exec(text);
    if (found !== null) {
      const name = found.groups?.['name'] ?? '';
      const part = partOf(name, place, braces, isPattern);
      if (typeof part === 'string') return wrong(part, index, found[0]);
      parts.push({kind: 'text', text: plain}, part);
      plain = '';
      index += found[0].length - 1;
      continue;
    }
    plain += letter;
    if (place === 'code') {
      if (text.startsWith('{{', index) && !text.startsWith('{{{', index))
        return wrong('this is no placeholder', index, text.slice(index, index + 12));
      if (letter === '{') braces++;
      if (letter === '}') braces--;
      if (letter === '#') place = '#';
      if (letter === '"' || letter === "'" || letter === '`') {
        place = letter;
        opened = index;
        isPattern = /[=!]~\s*$/u.test(text.slice(0, index));
      }
    } else if (place === '#') {
      if (letter === '\n') place = 'code';
    } else if (letter === '\\' && place !== '`') {
      plain += text[++index] ?? '';
    } else if (letter === place) place = 'code';
  }
  if (place !== 'code' && place !== '#')
    return wrong('this text is never closed', opened, text.slice(opened, opened + 12), `a closing ${place}`);
  parts.push({kind: 'text', text: plain});
  return {
    ok: true,
    template: {text, parts: parts.filter(part => part.kind !== 'text' || part.text !== '')},
  };
}

/** Names of the placeholders a template uses. */
export function placeholdersOf({parts}: QueryTemplate): Set<string> {
  return new Set(
    parts.flatMap(part => (part.kind === 'text' ? [] : 'name' in part ? [part.name] : [part.kind])),
  );
}

/** The query to ask, or the first placeholder that stands for nothing. @throws TypeError for a label that is none */
export function fillTemplate(
  {parts}: QueryTemplate,
  values: QueryValues,
): {ok: true; query: string} | {ok: false; missing: PlaceholderName} {
  let query = '';
  for (const part of parts)
    switch (part.kind) {
      case 'text':
        query += part.text;
        break;
      case 'window':
        query += durationText(values.windowMs);
        break;
      case 'match':
        query += values.match.map(matcherText).join(',');
        break;
      case 'name': {
        const value = values[part.name];
        if (value === null || value === '') return {ok: false, missing: part.name};
        query += quoted(part.isPattern ? literal(value) : value, part.quote);
      }
    }
  return {ok: true, query};
}

/** Milliseconds as PromQL writes them. */
function durationText(ms: number): string {
  return `${Math.max(1, Math.round(ms))}ms`;
}

/** `side="gray"`, or `instance=~"a|b"` for several values; with none it matches nothing. */
function matcherText({label, values}: Matcher): string {
  if (!LABEL.test(label)) throw new TypeError('not the name of a label');
  const [first, ...others] = values;
  if (first === undefined) return `${label}="",${label}!=""`;
  if (others.length === 0) return `${label}="${quoted(first, '"')}"`;
  return `${label}=~"${quoted(values.map(literal).join('|'), '"')}"`;
}

function partOf(name: string, place: Place, braces: number, isPattern: boolean): QueryPart | string {
  const known = NAMES.find(one => one === name);
  if (known === undefined && name !== 'window' && name !== 'match') return `{{${name}}} stands for nothing`;
  if (place === '#') return `{{${name}}} stands in a comment`;
  if (known !== undefined) {
    if (place === '"' || place === "'") return {kind: 'name', name: known, quote: place, isPattern};
    return `{{${name}}} is a text and must stand between " and "`;
  }
  if (place !== 'code') return `{{${name}}} must not stand in a text`;
  if (name === 'window') return {kind: 'window'};
  return braces === 1 ? {kind: 'match'} : '{{match}} stands for label matchers: it belongs between { and }';
}

function wrong(
  message: string,
  at: number,
  found: string,
  allowed = EVERY,
): {ok: false; problem: TemplateProblem} {
  return {ok: false, problem: {message, allowed, at, found}};
}

/** A value as a regular expression of RE2 that matches only itself. */
function literal(value: string): string {
  return value.replaceAll(/[\\.+*?()|[\]{}^$]/gu, String.raw`\$&`);
}

/** A value inside a string of PromQL, which has the escapes of Go: no quote, backslash or control character is left. */
function quoted(value: string, quote: '"' | "'"): string {
  return value
    .toWellFormed()
    .replaceAll(/[\\"']/gu, letter => (letter === '\\' || letter === quote ? `\\${letter}` : letter))
    .replaceAll(/[\p{Cc}\u{2028}\u{2029}]/gu, letter => escapeCode(letter.codePointAt(0) ?? 0));
}

function escapeCode(code: number): string {
  return String.raw`\u${code.toString(16).padStart(4, '0')}`;
}
