/** What one read holds: events, and characters that are keys or, many at once, a paste. */

export type InputEvent =
  /** By its name in the key map. */
  | {type: 'key'; name: string}
  | {type: 'paste'; text: string}
  /** An answer of the terminal, or a part of one. */
  | {type: 'dropped'; what: 'answer' | 'unfinished' | 'rest'};

/** A character that is a key or, with many others in one read, a part of a paste. */
export type Item = InputEvent | {type: 'character'; character: string};

/** More characters than this in one read are a paste: no hand types them, and few lines join more. */
const KEYS_IN_A_READ = 8;
/** A read of so many characters is one of several that a long paste came in. */
const CHARACTERS_IN_A_PART = 256;

const NAMED: Readonly<Record<string, string>> = {'\r': 'Enter', '\n': 'Enter', '\t': 'Tab'};

/** `follows`: the read before was a part of a long paste, just now. */
export function pasteBySize(items: readonly Item[], follows: boolean): {isPaste: boolean; goesOn: boolean} {
  const count = items.filter(({type}) => type === 'character').length;
  return {
    isPaste: count > KEYS_IN_A_READ || (follows && count > 0),
    goesOn: count >= CHARACTERS_IN_A_PART,
  };
}

/** The same events; characters that stand together become one paste. */
export function joined(items: readonly Item[]): InputEvent[] {
  const events: InputEvent[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') events.push({type: 'paste', text: lineFeeds(text)});
    text = '';
  };
  for (const item of items) {
    if (item.type === 'character') text += item.character;
    else {
      flush();
      events.push(item);
    }
  }
  flush();
  return events;
}

/** The key of one character. */
export function keyOf(character: string): InputEvent {
  return {type: 'key', name: NAMED[character] ?? character};
}

/** A terminal sends a carriage return where a line ends. */
export function lineFeeds(text: string): string {
  return text.replaceAll(/\r\n?/gu, '\n');
}
