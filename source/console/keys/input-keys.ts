import type {Key} from 'ink';

/** Names of keys that are no letters, in the order they are looked for. */
const NAMED = [
  ['upArrow', 'Up'],
  ['downArrow', 'Down'],
  ['leftArrow', 'Left'],
  ['rightArrow', 'Right'],
  ['return', 'Enter'],
  ['escape', 'Escape'],
  ['backspace', 'Backspace'],
  ['delete', 'Delete'],
  ['pageUp', 'PageUp'],
  ['pageDown', 'PageDown'],
  ['home', 'Home'],
  ['end', 'End'],
] as const satisfies readonly (readonly [keyof Key, string])[];

/** The name in the key map of the one key that Ink was sent; null: none. */
export function keyName(input: string, key: Key): string | null {
  if (key.tab) return key.shift ? 'Shift+Tab' : 'Tab';
  for (const [flag, name] of NAMED) {
    if (key[flag]) return name;
  }
  if (input === '') return null;
  return key.ctrl ? `Ctrl+${input}` : input;
}
