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

const CONTROLS: Readonly<Record<string, string>> = {
  '\r': 'Enter',
  '\n': 'Enter',
  '\t': 'Tab',
  '\u001B': 'Escape',
};

/**
 * The keys of one input event, by the names of the key map. Keys pressed faster than they are read arrive as one
 * text: each letter of it is a key of its own.
 */
export function inputKeys(input: string, key: Key): string[] {
  if (key.tab) return [key.shift ? 'Shift+Tab' : 'Tab'];
  for (const [flag, name] of NAMED) {
    if (key[flag]) return [name];
  }
  if (key.ctrl) return input === '' ? [] : [`Ctrl+${input}`];
  // A terminal sends Alt with a key as Escape and that key: whoever types fast means both, and nothing is bound to Alt.
  if (key.meta) return ['Escape', ...letters(input)];
  return letters(input);
}

function letters(input: string): string[] {
  return Array.from(input, letter => CONTROLS[letter] ?? letter).filter(letter => letter >= ' ');
}
