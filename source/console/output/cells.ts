/** A row of the screen as the terminal holds it: one cell for each column. */

export interface Cell {
  /** The letter that begins in this column, with its marks and joiners; empty: the second column of the letter before. */
  readonly letter: string;
  /** Parameters of Select Graphic Rendition that make its look from the terminal's own, as `1;31`; empty: its own. */
  readonly look: string;
}

export const BLANK: Cell = {letter: ' ', look: ''};

/** Select Graphic Rendition is the only sequence that Ink leaves in a row. */
// oxlint-disable-next-line no-control-regex -- matches control sequences
const STYLES = /\u001B\[([\d;:]*)m/gu;
const LETTERS = new Intl.Segmenter(undefined, {granularity: 'grapheme'});
/** Text in which every code unit is one letter. */
const ASCII = /^[\u0020-\u007E]*$/u;

/**
 * The cells of one row of a frame.
 * @param columnsOf columns that a letter takes, 0 to 2
 */
export function cellsOf(row: string, columnsOf: (letter: string) => number): Cell[] {
  const cells: Cell[] = [];
  const looks = new Looks();
  let from = 0;
  const add = (text: string): void => {
    const look = looks.text();
    for (const letter of lettersOf(text)) {
      const columns = columnsOf(letter);
      if (columns > 0) cells.push({letter, look});
      if (columns > 1) cells.push({letter: '', look});
    }
  };
  for (const style of row.matchAll(STYLES)) {
    add(row.slice(from, style.index));
    looks.apply(style[1] ?? '');
    from = style.index + style[0].length;
  }
  add(row.slice(from));
  return cells;
}

function lettersOf(text: string): Iterable<string> {
  return ASCII.test(text) ? text : Array.from(LETTERS.segment(text), ({segment}) => segment);
}

/** Codes that end a look, and what they end. */
const ENDS: Readonly<Record<number, readonly Kind[]>> = {
  22: ['bold', 'dim'],
  23: ['italic'],
  24: ['underline'],
  27: ['inverse'],
  29: ['struck'],
  39: ['front'],
  49: ['back'],
};
const BEGINS: Readonly<Record<number, Kind>> = {
  1: 'bold',
  2: 'dim',
  3: 'italic',
  4: 'underline',
  7: 'inverse',
  9: 'struck',
};
const KINDS = ['bold', 'dim', 'italic', 'underline', 'inverse', 'struck', 'front', 'back'] as const;
type Kind = (typeof KINDS)[number];

/** Which looks are on at a place of a row. */
class Looks {
  readonly #on = new Map<Kind, string>();

  apply(parameters: string): void {
    const codes = parameters.split(';');
    for (let index = 0; index < codes.length; index++) {
      const code = Number(codes[index]);
      const kind = kindOf(code);
      if (code === 38 || code === 48) {
        // A colour by number has one parameter more, one by its parts three.
        const length = codes[index + 1] === '5' ? 3 : 5;
        this.#on.set(code === 38 ? 'front' : 'back', codes.slice(index, index + length).join(';'));
        index += length - 1;
      } else if (kind !== null) this.#on.set(kind, String(code));
      else if (code === 0) this.#on.clear();
      else for (const ended of ENDS[code] ?? []) this.#on.delete(ended);
    }
  }

  text(): string {
    return KINDS.flatMap(kind => this.#on.get(kind) ?? []).join(';');
  }
}

function kindOf(code: number): Kind | null {
  if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) return 'front';
  if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) return 'back';
  return BEGINS[code] ?? null;
}
