/** Longest text that is looked up, in bytes. */
const LONGEST = 24;
/** Places; a power of two. Two texts at one place take turns. */
const PLACES = 4096;

/** Makes text of bytes; short text that was seen lately (names, small numbers) is not made again. */
export class KnownTexts {
  readonly #texts: string[] = Array.from({length: PLACES}, () => '');

  /** The UTF-8 text of `length` bytes at `start`. */
  read(bytes: Buffer, start: number, length: number): string {
    const end = start + length;
    if (length > LONGEST) return bytes.toString('utf8', start, end);
    let hash = length;
    let all = 0;
    for (let at = start; at < end; at++) {
      const byte = bytes[at] ?? 0;
      all |= byte;
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    if (all > 0x7f) return bytes.toString('utf8', start, end);
    const place = (hash ^ (hash >>> 15)) & (PLACES - 1);
    const known = this.#texts[place] ?? '';
    if (known.length === length && isSame(known, bytes, start)) return known;
    const text = bytes.toString('latin1', start, end);
    this.#texts[place] = text;
    return text;
  }
}

function isSame(text: string, bytes: Buffer, start: number): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) !== bytes[start + at]) return false;
  }
  return true;
}
