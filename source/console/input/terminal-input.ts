/**
 * What a terminal sends, read byte by byte: keys, pastes, and answers that no person typed. A pure step from one state
 * to the next, so that Ink and the key map see nothing but whole keys.
 */
import {GROUND, type Mode} from './byte-sequences.ts';
import {joined, keyOf, pasteBySize, type InputEvent} from './read-items.ts';
import {holdMs} from './sequence-keys.ts';
import {finishPaste, takeByte, type Reader} from './take-byte.ts';

/** A lone Escape is the Escape key once nothing has followed it for this long, ms. */
export const ESCAPE_MS = 50;
/** For this long after the last byte, ms, what comes is taken for the rest of a sequence or of a paste. */
export const SPLIT_MS = 1000;
/** The same once Escape was given as a key. Shorter: what a person presses next may look like the rest of a sequence. */
export const REST_MS = 500;
/** A sequence without an end is given up after this time, ms, however steadily bytes arrive. */
export const SEQUENCE_MS = 5000;
export const PASTE_MS = 10_000;

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
  mode: GROUND,
  partial: [],
  until: null,
  pastedUntil: -Infinity,
};

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
  const isSame = bytes.length === 0 && reader.mode === state.mode && reader.partial === state.partial;
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
    case 'after-held':
      return at + REST_MS;
    case 'held':
      return at + holdMs(mode.introducer);
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
  reader.mode = GROUND;
  switch (mode.kind) {
    case 'ground':
    case 'after-escape':
    case 'after-held':
      return;
    case 'escape':
      items.push({type: 'key', name: 'Escape'});
      reader.mode = {kind: 'after-escape', isEnd: false};
      return;
    case 'held':
      items.push({type: 'character', character: mode.introducer});
      reader.mode = {kind: 'after-held', introducer: mode.introducer};
      return;
    case 'paste':
      finishPaste(reader, mode.text);
      // A part of the mark has come: the rest of it is no key.
      if (mode.held !== '') reader.mode = restOf(mode.held, reader.at);
      return;
    case 'string':
      items.push({type: 'dropped', what: 'unfinished'});
      if (mode.isEnding) reader.mode = {kind: 'after-escape', isEnd: true};
      return;
    case 'csi':
    case 'ss3':
    case 'mouse':
      items.push({type: 'dropped', what: 'unfinished'});
  }
}

function restOf(held: string, since: number): Mode {
  return held.length === 1
    ? {kind: 'after-escape', isEnd: false}
    : {kind: 'csi', body: held.slice(2), isRest: true, since};
}
