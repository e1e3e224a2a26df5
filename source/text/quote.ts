const QUOTED_AT_MOST = 60;

/** Text fit for a terminal: no control or bidi characters, no password of an address. */
export function safe(text: string): string {
  return text.replace(/:\/\/\S*@/gu, '://***@').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, escape);
}

/** The same, and short. */
export function shown(text: string): string {
  const letters = Array.from(safe(text));
  return letters.length <= QUOTED_AT_MOST
    ? letters.join('')
    : `${letters.slice(0, QUOTED_AT_MOST - 1).join('')}…`;
}

/** The same between quotation marks. */
export function quote(text: string): string {
  return `"${shown(text)}"`;
}

function escape(letter: string): string {
  if (letter === '\n') return '\\n';
  if (letter === '\t') return '\\t';
  return `\\u{${(letter.codePointAt(0) ?? 0).toString(16)}}`;
}

/** Edits between two words: letters put in, left out, changed, or two neighbours swapped (Damerau's restricted distance). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({length: b.length + 1}, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? (before[j - 2] ?? 0) + 1
          : Infinity;
      row.push(Math.min(change, swapped, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    before = above;
    above = row;
  }
  return above[b.length] ?? 0;
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[\s_-]/gu, '');
}

/**
 * The word of `known` that was probably meant, if any is near enough: a third of its letters may differ.
 * `otherNames` are words people use for a known one.
 */
export function nearest(
  word: string,
  known: readonly string[],
  otherNames: Readonly<Record<string, string>> = {},
): string | null {
  if (word.length > 64) return null;
  const meant = Object.entries(otherNames).find(([other]) => plain(other) === plain(word))?.[1];
  if (meant !== undefined) return meant;
  const [best] = known
    .map(name => ({name, away: distance(plain(word), plain(name))}))
    .filter(({name, away}) => away <= Math.max(1, Math.floor(plain(name).length / 3)))
    .sort((a, b) => a.away - b.away);
  return best?.name ?? null;
}
