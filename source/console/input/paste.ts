import {ESC, type PasteMode} from './modes.ts';

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
