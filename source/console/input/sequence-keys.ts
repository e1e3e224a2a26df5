/**
 * Escape, a pause, then `[`: a person who presses two keys, or a sequence that a slow line has split. What follows tells
 * them apart. A terminal sends a sequence in one piece, and a line splits it once: its rest comes together. What a
 * person presses comes alone. Where it is not certain, a letter that could change something is dropped, not taken.
 */

/** Letters after Escape that begin a sequence. */
export const INTRODUCERS = '[O]P_^X';

/**
 * How long after Escape such a letter waits for what follows it, milliseconds. `P` is the only one that changes
 * something: it resumes. A person who means it does not notice the wait.
 */
export function holdMs(introducer: string): number {
  return introducer === 'P' ? 250 : 50;
}

/** What terminals send next after an introducer, when both come together. */
const TOGETHER: Readonly<Record<string, RegExp>> = {
  '[': /[\d;:?<>=A-FHIMO-SZ[a-d]/u,
  O: /[\dA-FHIMP-SXa-dj-y]/u,
  ']': /[\d;lL]/u,
  P: /[\d;:!<=>?]/u,
  // No answers that any terminal gives, and no keys: whatever comes together with them belongs to them.
  _: /[ -~]/u,
  '^': /[ -~]/u,
  X: /[ -~]/u,
};
/** The same once the introducer was given as a key: what a sequence surely goes on with, and what a cursor key ends in. */
const LATER: Readonly<Record<string, RegExp>> = {
  '[': /[\d;?<>=A-DFHIMOZ]/u,
  O: /[\dA-FHIMP-SXa-dj-y]/u,
  ']': /[\dlL]/u,
  P: /[\d!>]/u,
  _: /G/u,
};

/** Whether `character` goes on with the sequence that `introducer` may have begun. */
export function goesOn(introducer: string, character: string, isTogether: boolean): boolean {
  return (isTogether ? TOGETHER : LATER)[introducer]?.test(character) ?? false;
}

/** Keys that a terminal sends as a sequence; every other sequence is an answer and no key. */

/** `CSI 1 ; modifiers LETTER`; rxvt sends the small letters for a key with Shift or Ctrl. */
const BY_LETTER: Readonly<Record<string, string>> = {
  A: 'Up',
  B: 'Down',
  C: 'Right',
  D: 'Left',
  H: 'Home',
  F: 'End',
};
const BY_SMALL_LETTER: Readonly<Record<string, string>> = {a: 'Up', b: 'Down', c: 'Right', d: 'Left'};

/** `CSI NUMBER ; modifiers ~`. */
const BY_NUMBER: Readonly<Record<string, string>> = {
  1: 'Home',
  3: 'Delete',
  4: 'End',
  5: 'PageUp',
  6: 'PageDown',
  7: 'Home',
  8: 'End',
};

/** Code points by which the keyboard protocol of kitty names keys that are no characters. */
const BY_CODE: Readonly<Record<number, string>> = {
  9: 'Tab',
  13: 'Enter',
  27: 'Escape',
  127: 'Backspace',
  57414: 'Enter',
  57417: 'Left',
  57418: 'Right',
  57419: 'Up',
  57420: 'Down',
  57421: 'PageUp',
  57422: 'PageDown',
  57423: 'Home',
  57424: 'End',
  57426: 'Delete',
};
const KEYPAD_DIGITS = {from: 57399, to: 57408};
/** Codes of keys such as F13 or Caps Lock. */
const PRIVATE_USE = {from: 0xe000, to: 0xf8ff};

/** Bits of a modifier parameter, after 1 is subtracted. */
const SHIFT = 1;
const CTRL = 4;
/** Alt, Super, Hyper and Meta: no key is bound to them. */
const UNBOUND = 2 | 8 | 16 | 32;
const RELEASE = 3;

/** The key that `CSI body` is, by its name in the key map; null: none. `body` includes the final byte. */
export function keyOfCsi(body: string): string | null {
  const final = body.at(-1) ?? '';
  const parameters = body.slice(0, -1);
  if (!/^[\d;:]*$/u.test(parameters)) return null;
  const [first = '', held = '', third = ''] = parameters.split(';');
  const {modifiers, isRelease} = modifiersOf(held);
  if (isRelease) return null;
  if (final === 'u') return keyOfCode(first, modifiers, third);
  // What xterm sends with modifyOtherKeys.
  if (final === '~' && first === '27' && third !== '') return keyOfCode(third, modifiers, '');
  if (final === '~') return BY_NUMBER[first] ?? null;
  if (final === 'Z') return 'Shift+Tab';
  if (parameters === '') return BY_LETTER[final] ?? BY_SMALL_LETTER[final] ?? null;
  return first === '1' ? (BY_LETTER[final] ?? null) : null;
}

/** The key that `SS3 body` is, as in application cursor mode. */
export function keyOfSs3(body: string): string | null {
  const final = body.at(-1) ?? '';
  return BY_LETTER[final] ?? BY_SMALL_LETTER[final] ?? null;
}

function modifiersOf(parameter: string): {modifiers: number; isRelease: boolean} {
  const [bits = '', event = ''] = parameter.split(':');
  return {modifiers: Math.max(0, (Number(bits) || 1) - 1), isRelease: Number(event) === RELEASE};
}

/** `code`: CODE, CODE:SHIFTED or CODE:SHIFTED:CODE-ON-A-LATIN-LAYOUT; `text`: what the key writes, as code points. */
function keyOfCode(code: string, modifiers: number, text: string): string | null {
  const [plain = 0, shifted = 0, latin = 0] = code.split(':').map(Number);
  const named = BY_CODE[plain];
  if (named === 'Tab') return modifiers & SHIFT ? 'Shift+Tab' : 'Tab';
  if (named !== undefined) return named;
  if (plain >= KEYPAD_DIGITS.from && plain <= KEYPAD_DIGITS.to) return String(plain - KEYPAD_DIGITS.from);
  if (plain < 0x20 || (plain >= PRIVATE_USE.from && plain <= PRIVATE_USE.to)) return null;
  if (modifiers & UNBOUND) return null;
  if (modifiers & CTRL) return `Ctrl+${characterOf(latin || plain).toLowerCase()}`;
  const written = text.split(':').map(Number)[0] ?? 0;
  if (written >= 0x20) return characterOf(written);
  if (!(modifiers & SHIFT)) return characterOf(plain) || null;
  return (shifted > 0 ? characterOf(shifted) : characterOf(plain).toUpperCase()) || null;
}

function characterOf(point: number): string {
  const isCharacter =
    point <= 0x10ffff && !(point >= 0x7f && point < 0xa0) && !(point >= 0xd800 && point <= 0xdfff);
  return isCharacter ? String.fromCodePoint(point) : '';
}
