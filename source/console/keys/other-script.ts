/** What an input method or another keyboard layout makes of a key. */

/** Punctuation that Chinese and Japanese input methods write for these keys, whatever their width. */
const PUNCTUATION: Readonly<Record<string, string>> = {
  '\u3000': ' ',
  '。': '.',
  '【': '[',
  '】': ']',
  '「': '[',
  '」': ']',
  '《': '<',
  '》': '>',
  '〈': '<',
  '〉': '>',
};
const FULL_WIDTH = {first: 0xff01, last: 0xff5e, toAscii: 0xfee0};

/** The key itself where the letter can only be that one; any other name stays as it is. */
export function plainKey(key: string): string {
  const point = key.codePointAt(0) ?? 0;
  return point >= FULL_WIDTH.first && point <= FULL_WIDTH.last
    ? String.fromCodePoint(point - FULL_WIDTH.toAscii)
    : (PUNCTUATION[key] ?? key);
}

/**
 * Whether the letter belongs to a script that no key of ours is named in. Which key was pressed is then not known: one
 * layout has `р` where another has `h`, and a key that looks like `p` may be meant as neither.
 */
export function isOtherScript(key: string): boolean {
  return /^(?!\p{Script=Latin})\p{L}\p{M}*$/u.test(key) || /^[\u3001-\u303F]$/u.test(key);
}
