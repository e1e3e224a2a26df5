import {Buffer} from 'node:buffer';

/** Something of a split that an nginx cannot do. A value: the edge then has prod for everyone of that feature. */
export interface EdgeRefusal {
  feature: string;
  /** What it is, by name. */
  message: string;
  remedy: string;
}

/** How one part of a configuration tells another that it cannot be written; never leaves this room. */
export class Unwritable extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** A word of a configuration has to fit nginx's buffer of 4096 bytes, quotes included. */
const LONGEST_WORD = 3800;
/** `$` begins a variable and cannot be escaped: this variable is one. See `DOLLAR_BLOCK`. */
const DOLLAR = '${gray_dollar}';
const SPECIAL = new Set(['default', 'include', 'hostnames', 'volatile']);

/** `geo` takes its values as they stand: the only way to have a dollar sign. */
export const DOLLAR_BLOCK = 'geo $gray_dollar {\n  default "$";\n}\n';

/** The left side of a map's line, for exactly this text, whatever it holds. @throws Unwritable */
export function keyWord(text: string): string {
  const first = text.charAt(0);
  return word(first === '\\' || first === '~' || SPECIAL.has(text) ? `\\${text}` : text, text);
}

/** The left side of a map's line: this text and no other, capitals counted, by a regular expression. @throws Unwritable */
export function exactWord(text: string): string {
  return word(`~^${pattern(text)}\\z`, text);
}

/**
 * The left side of a map's line: a pattern, whose parts are the texts between its stars. Each part but the last is looked for once, so
 * the expression does not go back to it.
 * @throws Unwritable
 */
export function likeWord(parts: readonly string[]): string {
  const [first = '', ...others] = parts;
  const last = others.pop() ?? '';
  const middle = others.map(part => `(?>(?s:.)*?${pattern(part)})`).join('');
  return word(`~^${pattern(first)}${middle}(?s:.)*${pattern(last)}\\z`, parts.join('*'));
}

/** A value that stands for itself. @throws Unwritable */
export function valueWord(text: string): string {
  return word(text, text).replaceAll('$', DOLLAR);
}

/** Bytes of a text as it reaches nginx. */
export function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}

/** The same for texts that a map without regular expressions cannot tell apart: it folds ASCII letters, and only those. */
export function folded(text: string): string {
  return text.replaceAll(/[A-Z]/g, letter => letter.toLowerCase());
}

function pattern(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N}_]/gu, letter => {
    const code = letter.charCodeAt(0);
    if (letter.length === 1 && code < 0x20) return `\\x${code.toString(16).padStart(2, '0')}`;
    return code < 0x80 ? `\\${letter}` : letter;
  });
}

function word(written: string, meant: string): string {
  if (meant.includes('\0'))
    throw new Unwritable(
      `${shownId(meant)} holds a zero byte`,
      'take it off the list: no request can carry it',
    );
  const escaped = written
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  if (bytesOf(escaped) > LONGEST_WORD)
    throw new Unwritable(
      `${shownId(meant)} has ${meant.length} letters, more than a line of nginx holds`,
      'take it off the list, or give that user another id',
    );
  return `"${escaped}"`;
}

/** The beginning of an id, in quotation marks, with nothing in it that a terminal acts on. */
function shownId(text: string): string {
  const plain = text.slice(0, 24).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '·');
  return `"${plain}${text.length > 24 ? '…' : ''}"`;
}
