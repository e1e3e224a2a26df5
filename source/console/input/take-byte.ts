/** What one byte changes: the grammar of what terminals send. */
import {BROKEN, CTRL_C, ESC, GROUND, type Mode, decodeByte, pasteAfter, sequence} from './byte-sequences.ts';
import {joined, lineFeeds, type Item} from './read-items.ts';
import {INTRODUCERS, goesOn, keyOfCsi, keyOfSs3} from './sequence-keys.ts';

const STRING_BYTES = 65_536;
const CSI_BYTES = 256;

const BEL = '\u0007';
const BACKSPACES: ReadonlySet<string> = new Set(['\u0008', '\u007F']);

/** The 8-bit controls that mean the same as Escape and these letters. */
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

/** One read on its way through the grammar. */
export interface Reader {
  mode: Mode;
  /** Bytes of a character that has not arrived whole. */
  partial: readonly number[];
  items: Item[];
  /** When the read arrived. */
  readonly at: number;
}

/** Takes one byte. */
export function takeByte(reader: Reader, byte: number): void {
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
    interrupt(reader);
    return;
  }
  switch (mode.kind) {
    case 'ground':
      takePlain(reader, character);
      return;
    case 'escape':
      takeAfterEscape(reader, character);
      return;
    case 'after-escape':
    case 'held':
    case 'after-held':
      takeRest(reader, mode, character);
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

/** Ctrl-C, whatever has begun. */
function interrupt(reader: Reader): void {
  const {mode, items} = reader;
  reader.mode = GROUND;
  switch (mode.kind) {
    case 'ground':
    case 'after-escape':
    case 'after-held':
      break;
    case 'escape':
      items.push({type: 'key', name: 'Escape'});
      break;
    case 'held':
      items.push({type: 'character', character: mode.introducer});
      break;
    case 'csi':
    case 'ss3':
    case 'string':
    case 'mouse':
    case 'paste':
      items.push({type: 'dropped', what: 'unfinished'});
  }
  items.push({type: 'key', name: 'Ctrl+c'});
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

function takeAfterEscape(reader: Reader, character: string): void {
  if (character === '\\' || INTRODUCERS.includes(character)) {
    begin(reader, character, false);
    return;
  }
  reader.mode = GROUND;
  // A terminal sends Alt with a key as Escape and that key. A person who types fast means both; Alt with Backspace is one key.
  if (!BACKSPACES.has(character)) reader.items.push({type: 'key', name: 'Escape'});
  takePlain(reader, character);
}

/** A character after an Escape that was given as a key: pressed by a person, or the rest of what was split. */
function takeRest(
  reader: Reader,
  mode: Extract<Mode, {kind: 'after-escape' | 'held' | 'after-held'}>,
  character: string,
): void {
  reader.mode = GROUND;
  if (mode.kind === 'after-escape') {
    if (mode.isEnd && character === '\\') endStray(reader);
    else if (INTRODUCERS.includes(character)) reader.mode = {kind: 'held', introducer: character};
    else takePlain(reader, character);
    return;
  }
  const isHeld = mode.kind === 'held';
  if (goesOn(mode.introducer, character, isHeld)) {
    begin(reader, mode.introducer, true);
    take(reader, character);
    return;
  }
  if (isHeld) reader.items.push({type: 'character', character: mode.introducer});
  takePlain(reader, character);
}

/** Begins the sequence that `introducer` opens after Escape. */
function begin(reader: Reader, introducer: string, isRest: boolean): void {
  if (introducer === '\\') endStray(reader);
  else reader.mode = sequence(introducer, isRest, reader.at);
}

/** The end of a string whose beginning was given up: the characters before it belong to it. */
function endStray(reader: Reader): void {
  reader.mode = GROUND;
  reader.items = reader.items.filter(({type}) => type !== 'character');
  reader.items.push({type: 'dropped', what: 'rest'});
}

/** The sequence breaks off at a character that cannot be in it, which begins anew. */
function abandon(reader: Reader, character: string): void {
  reader.items.push({type: 'dropped', what: 'unfinished'});
  reader.mode = GROUND;
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
  reader.mode = GROUND;
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
    reader.mode = GROUND;
    reader.items.push({type: 'dropped', what: 'answer'});
  } else if (mode.isEnding && character !== ESC) {
    // Escape and anything but a backslash: the string was cut off, and something else has begun.
    reader.items.push({type: 'dropped', what: 'unfinished'});
    takeAfterEscape(reader, character);
  } else if (mode.bytes >= STRING_BYTES) abandon(reader, character);
  else reader.mode = {...mode, bytes: mode.bytes + 1, isEnding: character === ESC};
}

function takeMouse(reader: Reader, mode: Extract<Mode, {kind: 'mouse'}>): void {
  if (mode.left > 1) {
    reader.mode = {...mode, left: mode.left - 1};
    return;
  }
  reader.mode = GROUND;
  reader.items.push({type: 'dropped', what: 'answer'});
}

function takeInPaste(reader: Reader, before: Extract<Mode, {kind: 'paste'}>, character: string): void {
  const {mode, isOver} = pasteAfter(before, character);
  reader.mode = mode;
  if (isOver === 'interrupted') interrupt(reader);
  if (isOver !== 'ended') return;
  reader.mode = GROUND;
  finishPaste(reader, mode.text);
}

/** Gives a paste, as far as it is kept. */
export function finishPaste({items}: Reader, text: string): void {
  items.push({type: 'paste', text: lineFeeds(text)});
}
