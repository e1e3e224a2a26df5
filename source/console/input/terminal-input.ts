/**
 * What a terminal sends, read byte by byte: keys, pastes, and answers that no person typed. A pure step from one state
 * to the next, so that Ink and the key map see nothing but whole keys.
 */
import {joined, keyOf, lineFeeds, pasteBySize, type InputEvent, type Item} from './read-items.ts';
import {keyOfCsi, keyOfSs3} from './sequence-keys.ts';
import {BROKEN, decodeByte} from './utf8.ts';

/** A lone Escape is the Escape key once nothing has followed it for this long, ms. */
export const ESCAPE_MS = 50;
/** For this long after the last byte, ms, what comes is taken for the rest of a sequence or of a paste. */
export const SPLIT_MS = 1000;
/** The same once Escape was given as a key. Shorter: `[` or `P` after Escape may also be what a person presses next. */
export const REST_MS = 500;
/** A sequence without an end is given up after this time, ms, however steadily bytes arrive. */
export const SEQUENCE_MS = 5000;
export const PASTE_MS = 10_000;

const STRING_BYTES = 65_536;
const CSI_BYTES = 256;
const PASTE_CHARACTERS = 65_536;

const ESC = '\u001B';
const CTRL_C = '\u0003';
const BEL = '\u0007';
const BACKSPACES: ReadonlySet<string> = new Set(['\u0008', '\u007F']);
const PASTE_END = `${ESC}[201~`;
const KITTY_CTRL_C = `${ESC}[99;5u`;

/** Letters after Escape that begin a sequence, and the 8-bit controls that mean the same. */
const STRING_LETTERS = ']P_^X';
const CONTROLS_OF_8_BITS: Readonly<Record<string, string>> = {
  '\u008F': 'O',
  '\u0090': 'P',
  '\u0098': 'X',
  '\u009B': '[',
  '\u009C': '\\',
  '\u009D': ']',
  '\u009E': '^',
  '\u009F': '_',
};

type Mode =
  | {kind: 'ground'}
  /** Escape has come; the next byte says whether it is a key or begins a sequence. */
  | {kind: 'escape'}
  /** Escape was given as a key; the rest of a sequence may still come. */
  | {kind: 'after-escape'}
  /** `isRest`: its Escape was given as a key, so that the sequence itself is none. */
  | {kind: 'csi' | 'ss3'; body: string; isRest: boolean; since: number}
  | {kind: 'string'; isOsc: boolean; bytes: number; isEnding: boolean; isRest: boolean; since: number}
  /** The three bytes of an X10 mouse report, or three characters of its UTF-8 form. */
  | {kind: 'mouse'; left: number; since: number}
  /** `held` may become the mark that ends the paste. */
  | {kind: 'paste'; text: string; held: string; since: number};

export interface InputState {
  readonly mode: Mode;
  /** Bytes of a character that has not arrived whole. */
  readonly partial: readonly number[];
  /** When something is decided although nothing more comes, on the clock of `readInput`; null: never. */
  readonly until: number | null;
  /** Until then characters belong to the long paste of the read before. */
  readonly pastedUntil: number;
}

export const NO_INPUT: InputState = {
  mode: {kind: 'ground'},
  partial: [],
  until: null,
  pastedUntil: -Infinity,
};

interface Reader {
  mode: Mode;
  partial: readonly number[];
  items: Item[];
  readonly at: number;
}

/** Reads `bytes` that arrived at `at`, milliseconds on a clock that never goes back; none: time has passed. */
export function readInput(
  state: InputState,
  bytes: Uint8Array,
  at: number,
): {state: InputState; events: InputEvent[]} {
  const reader: Reader = {mode: state.mode, partial: state.partial, items: [], at};
  if (state.until !== null && at > state.until) expire(reader);
  for (const byte of bytes) takeByte(reader, byte);
  const {isPaste, goesOn} = pasteBySize(reader.items, at <= state.pastedUntil);
  const isSame = bytes.length === 0 && reader.mode === state.mode;
  return {
    state: {
      mode: reader.mode,
      partial: reader.partial,
      until: isSame ? state.until : deadlineOf(reader),
      pastedUntil: goesOn ? at + ESCAPE_MS : state.pastedUntil,
    },
    events: isPaste
      ? joined(reader.items)
      : reader.items.map(item => (item.type === 'character' ? keyOf(item.character) : item)),
  };
}

function deadlineOf({mode, partial, at}: Reader): number | null {
  switch (mode.kind) {
    case 'ground':
      return partial.length > 0 ? at + SPLIT_MS : null;
    case 'escape':
      return at + ESCAPE_MS;
    case 'after-escape':
      return at + REST_MS;
    case 'csi':
    case 'ss3':
    case 'string':
      return Math.min(at + (mode.isRest ? REST_MS : SPLIT_MS), mode.since + SEQUENCE_MS);
    case 'mouse':
      return Math.min(at + SPLIT_MS, mode.since + SEQUENCE_MS);
    case 'paste':
      return Math.min(at + SPLIT_MS, mode.since + PASTE_MS);
  }
}

/** Nothing more has come in time. */
function expire(reader: Reader): void {
  const {mode, items} = reader;
  reader.partial = [];
  reader.mode = {kind: 'ground'};
  switch (mode.kind) {
    case 'ground':
    case 'after-escape':
      return;
    case 'escape':
      items.push({type: 'key', name: 'Escape'});
      reader.mode = {kind: 'after-escape'};
      return;
    case 'paste':
      finishPaste(reader, mode.text);
      // A part of the mark has come: the rest of it is no key.
      if (mode.held !== '') reader.mode = restOf(mode.held, reader.at);
      return;
    case 'string':
      items.push({type: 'dropped', what: 'unfinished'});
      if (mode.isEnding) reader.mode = {kind: 'after-escape'};
      return;
    case 'csi':
    case 'ss3':
    case 'mouse':
      items.push({type: 'dropped', what: 'unfinished'});
  }
}

function restOf(held: string, since: number): Mode {
  return held.length === 1 ? {kind: 'after-escape'} : {kind: 'csi', body: held.slice(2), isRest: true, since};
}

function takeByte(reader: Reader, byte: number): void {
  // Coordinates of an X10 report are bytes, whatever the encoding of the text.
  if (reader.mode.kind === 'mouse' && byte >= 0x20 && byte < 0x80 && reader.partial.length === 0) {
    takeMouse(reader, reader.mode);
    return;
  }
  const {partial, points} = decodeByte(reader.partial, byte);
  reader.partial = partial;
  for (const point of points) take(reader, String.fromCodePoint(point));
}

function take(reader: Reader, character: string): void {
  const {mode} = reader;
  if (character === CTRL_C) {
    if (mode.kind === 'escape') reader.items.push({type: 'key', name: 'Escape'});
    else if (mode.kind !== 'ground' && mode.kind !== 'after-escape')
      reader.items.push({type: 'dropped', what: 'unfinished'});
    reader.mode = {kind: 'ground'};
    reader.items.push({type: 'key', name: 'Ctrl+c'});
    return;
  }
  switch (mode.kind) {
    case 'ground':
      takePlain(reader, character);
      return;
    case 'escape':
    case 'after-escape':
      takeAfterEscape(reader, character, mode.kind === 'after-escape');
      return;
    case 'csi':
    case 'ss3':
      takeInSequence(reader, mode, character);
      return;
    case 'string':
      takeInString(reader, mode, character);
      return;
    case 'mouse':
      if (character >= ' ') takeMouse(reader, mode);
      else abandon(reader, character);
      return;
    case 'paste':
      takeInPaste(reader, mode, character);
  }
}

function takePlain(reader: Reader, character: string): void {
  const {items} = reader;
  const introducer = CONTROLS_OF_8_BITS[character];
  if (character === ESC) reader.mode = {kind: 'escape'};
  else if (introducer !== undefined) begin(reader, introducer, false);
  else if (character === BEL) endStray(reader);
  else if (BACKSPACES.has(character)) items.push({type: 'key', name: 'Backspace'});
  else if (character >= ' ' || '\r\n\t'.includes(character)) {
    if (character.codePointAt(0) !== BROKEN && !isControlOf8Bits(character))
      items.push({type: 'character', character});
  } else if (character >= '\u0001' && character <= '\u001A')
    items.push({type: 'key', name: ctrlName(character)});
}

function isControlOf8Bits(character: string): boolean {
  return character >= '\u0080' && character <= '\u009F';
}

function ctrlName(character: string): string {
  return `Ctrl+${String.fromCodePoint((character.codePointAt(0) ?? 0) | 0x60)}`;
}

/** `isRest`: Escape was given as a key already. */
function takeAfterEscape(reader: Reader, character: string, isRest: boolean): void {
  if (`[O\\${STRING_LETTERS}`.includes(character)) {
    begin(reader, character, isRest);
    return;
  }
  reader.mode = {kind: 'ground'};
  // A terminal sends Alt with a key as Escape and that key. A person who types fast means both; Alt with Backspace is one key.
  if (!isRest && !BACKSPACES.has(character)) reader.items.push({type: 'key', name: 'Escape'});
  takePlain(reader, character);
}

/** Begins the sequence that `introducer` opens after Escape. */
function begin(reader: Reader, introducer: string, isRest: boolean): void {
  const since = reader.at;
  if (introducer === '[') reader.mode = {kind: 'csi', body: '', isRest, since};
  else if (introducer === 'O') reader.mode = {kind: 'ss3', body: '', isRest, since};
  else if (introducer === '\\') endStray(reader);
  else reader.mode = {kind: 'string', isOsc: introducer === ']', bytes: 0, isEnding: false, isRest, since};
}

/** The end of a string whose beginning was given up: the characters before it belong to it. */
function endStray(reader: Reader): void {
  reader.mode = {kind: 'ground'};
  reader.items = reader.items.filter(({type}) => type !== 'character');
  reader.items.push({type: 'dropped', what: 'rest'});
}

/** The sequence breaks off at a character that cannot be in it, which begins anew. */
function abandon(reader: Reader, character: string): void {
  reader.items.push({type: 'dropped', what: 'unfinished'});
  reader.mode = {kind: 'ground'};
  takePlain(reader, character);
}

function takeInSequence(reader: Reader, mode: Extract<Mode, {kind: 'csi' | 'ss3'}>, character: string): void {
  if (character < ' ' || character > '~' || mode.body.length >= CSI_BYTES) {
    abandon(reader, character);
    return;
  }
  const body = mode.body + character;
  // A second bracket is a part of a function key of the Linux console, not the end.
  const isEnd = mode.kind === 'csi' ? character >= '@' && body !== '[' : /[A-Za-z]/u.test(character);
  if (!isEnd) {
    reader.mode = {...mode, body};
    return;
  }
  reader.mode = {kind: 'ground'};
  if (mode.kind === 'csi' && body === 'M') reader.mode = {kind: 'mouse', left: 3, since: mode.since};
  else if (mode.kind === 'csi' && body === '200~')
    reader.mode = {kind: 'paste', text: '', held: '', since: reader.at};
  else if (mode.kind === 'csi' && body === '201~') reader.items = joined(reader.items);
  else finishSequence(reader, mode.kind === 'csi' ? keyOfCsi(body) : keyOfSs3(body), mode.isRest);
}

function finishSequence({items}: Reader, name: string | null, isRest: boolean): void {
  if (name === null) items.push({type: 'dropped', what: 'answer'});
  else if (isRest && name !== 'Ctrl+c') items.push({type: 'dropped', what: 'rest'});
  else items.push({type: 'key', name});
}

function takeInString(reader: Reader, mode: Extract<Mode, {kind: 'string'}>, character: string): void {
  const isEnd =
    character === '\u009C' || (mode.isOsc && character === BEL) || (mode.isEnding && character === '\\');
  if (isEnd) {
    reader.mode = {kind: 'ground'};
    reader.items.push({type: 'dropped', what: 'answer'});
  } else if (mode.isEnding && character !== ESC) {
    // Escape and anything but a backslash: the string was cut off, and something else has begun.
    reader.items.push({type: 'dropped', what: 'unfinished'});
    takeAfterEscape(reader, character, false);
  } else if (mode.bytes >= STRING_BYTES) abandon(reader, character);
  else reader.mode = {...mode, bytes: mode.bytes + 1, isEnding: character === ESC};
}

function takeMouse(reader: Reader, mode: Extract<Mode, {kind: 'mouse'}>): void {
  if (mode.left > 1) {
    reader.mode = {...mode, left: mode.left - 1};
    return;
  }
  reader.mode = {kind: 'ground'};
  reader.items.push({type: 'dropped', what: 'answer'});
}

function takeInPaste(reader: Reader, mode: Extract<Mode, {kind: 'paste'}>, character: string): void {
  const held = mode.held + character;
  if (held === PASTE_END) {
    reader.mode = {kind: 'ground'};
    finishPaste(reader, mode.text);
  } else if (held === KITTY_CTRL_C) {
    reader.mode = {kind: 'ground'};
    take(reader, CTRL_C);
  } else if (PASTE_END.startsWith(held) || KITTY_CTRL_C.startsWith(held)) {
    reader.mode = {...mode, held};
  } else if (mode.held === '') {
    const room = mode.text.length < PASTE_CHARACTERS;
    reader.mode = room ? {...mode, text: mode.text + character} : mode;
  } else {
    reader.mode = {...mode, text: mode.text + mode.held, held: ''};
    takeInPaste(reader, reader.mode, character);
  }
}

function finishPaste({items}: Reader, text: string): void {
  items.push({type: 'paste', text: lineFeeds(text)});
}
