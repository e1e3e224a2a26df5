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
