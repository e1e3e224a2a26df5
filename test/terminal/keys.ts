const escape = '\u001B';

/** What an xterm sends for each key that has a name. */
const named: ReadonlyMap<string, string> = new Map([
  ['Enter', '\r'],
  ['Tab', '\t'],
  ['Shift+Tab', `${escape}[Z`],
  ['Escape', escape],
  ['Space', ' '],
  ['Backspace', '\u007F'],
  ['Delete', `${escape}[3~`],
  ['Insert', `${escape}[2~`],
  ['PageUp', `${escape}[5~`],
  ['PageDown', `${escape}[6~`],
  ['Home', `${escape}[H`],
  ['End', `${escape}[F`],
  ['Up', `${escape}[A`],
  ['Down', `${escape}[B`],
  ['Right', `${escape}[C`],
  ['Left', `${escape}[D`],
  ['F1', `${escape}OP`],
]);

const control = /^Ctrl\+([A-Z@[\\\]^_])$/i;

/**
 * The bytes of one key: a name of the table, `Ctrl+C`, or a single character.
 *
 * @throws {RangeError} for a name no key has.
 */
export function bytesOf(key: string): string {
  const bytes = named.get(key);
  if (bytes !== undefined) {
    return bytes;
  }
  const letter = control.exec(key)?.[1];
  if (letter !== undefined) {
    return String.fromCodePoint(letter.toUpperCase().codePointAt(0)! & 0x1f);
  }
  if (Array.from(key).length !== 1) {
    throw new RangeError(`No key is called "${key}".`);
  }
  return key;
}
