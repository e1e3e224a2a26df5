/** Where in what a terminal sends the reader is, between two bytes. */
export type Mode =
  | {kind: 'ground'}
  /** Escape has come; the next byte says whether it is a key or begins a sequence. */
  | {kind: 'escape'}
  /** Escape was given as a key; the rest of a sequence may still come. `isEnd`: what was cut off is the end of a string. */
  | {kind: 'after-escape'; isEnd: boolean}
  /** A letter that is a key or goes on with that sequence: what follows tells. */
  | {kind: 'held'; introducer: string}
  /** That letter was given as a key, too. */
  | {kind: 'after-held'; introducer: string}
  /** `isRest`: its Escape was given as a key, so that the sequence itself is none. */
  | {kind: 'csi' | 'ss3'; body: string; isRest: boolean; since: number}
  | {kind: 'string'; isOsc: boolean; bytes: number; isEnding: boolean; isRest: boolean; since: number}
  /** The three bytes of an X10 mouse report, or three characters of its UTF-8 form. */
  | {kind: 'mouse'; left: number; since: number}
  | PasteMode;

/** `held` may become the mark that ends the paste. */
export type PasteMode = {kind: 'paste'; text: string; held: string; since: number};

export const GROUND: Mode = {kind: 'ground'};

export const ESC = '\u001B';
export const CTRL_C = '\u0003';

/** The mode in the sequence that `introducer` opens after Escape. */
export function sequence(introducer: string, isRest: boolean, since: number): Mode {
  if (introducer === '[') return {kind: 'csi', body: '', isRest, since};
  if (introducer === 'O') return {kind: 'ss3', body: '', isRest, since};
  return {kind: 'string', isOsc: introducer === ']', bytes: 0, isEnding: false, isRest, since};
}

/** Stands for bytes that are no UTF-8. */
export const BROKEN = 0xfffd;

export interface Decoded {
  /** The bytes of a character whose end has not arrived yet. */
  partial: readonly number[];
  points: readonly number[];
}

/**
 * Decodes one byte after `partial`. A byte from 0x80 to 0x9F outside a character stays what it is in a terminal that
 * sends 8-bit controls: the control of that number.
 */
export function decodeByte(partial: readonly number[], byte: number): Decoded {
  const [lead] = partial;
  if (lead === undefined) {
    if (byte < 0xa0) return {partial: [], points: [byte]};
    return byte < 0xc2 || byte > 0xf4 ? {partial: [], points: [BROKEN]} : {partial: [byte], points: []};
  }
  if (byte < 0x80 || byte > 0xbf) return restarted(byte);
  const bytes = [...partial, byte];
  return bytes.length < lengthOf(lead)
    ? {partial: bytes, points: []}
    : {partial: [], points: [pointOf(lead, bytes)]};
}

/** A character was cut short: the byte that follows it begins anew. */
function restarted(byte: number): Decoded {
  const {partial, points} = decodeByte([], byte);
  return {partial, points: [BROKEN, ...points]};
}

function lengthOf(lead: number): number {
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

function pointOf(lead: number, bytes: readonly number[]): number {
  const head = lead & (0xff >> (bytes.length + 1));
  const point = bytes.slice(1).reduce((value, byte) => value * 64 + (byte & 0x3f), head);
  const least = [0, 0, 0x80, 0x800, 0x10000][bytes.length] ?? 0;
  const isSurrogate = point >= 0xd800 && point <= 0xdfff;
  return point < least || point > 0x10ffff || isSurrogate ? BROKEN : point;
}

/** What is kept of one paste; the rest of it is read and dropped. */
const PASTE_CHARACTERS = 65_536;
const PASTE_END = `${ESC}[201~`;
const KITTY_CTRL_C = `${ESC}[99;5u`;

/** One character of a paste between its marks. `isOver`: by its mark, or by Ctrl-C in the form that kitty sends. */
export function pasteAfter(
  mode: PasteMode,
  character: string,
): {mode: PasteMode; isOver: 'ended' | 'interrupted' | null} {
  const held = mode.held + character;
  if (held === PASTE_END) return {mode, isOver: 'ended'};
  if (held === KITTY_CTRL_C) return {mode, isOver: 'interrupted'};
  if (PASTE_END.startsWith(held) || KITTY_CTRL_C.startsWith(held))
    return {mode: {...mode, held}, isOver: null};
  const room = mode.text.length < PASTE_CHARACTERS;
  if (mode.held === '') return {mode: room ? {...mode, text: mode.text + character} : mode, isOver: null};
  // It was no mark: what was held is text, and the character may begin another one.
  return pasteAfter({...mode, text: room ? mode.text + mode.held : mode.text, held: ''}, character);
}
