/** In JSON, one of the halves by which UTF-16 writes an emoji: `\ud83d`, in capitals where others have written it. */
const HALF = /\\u[dD][89a-fA-F]/;
/** A whole pair, one half alone, or any other escape; an escaped backslash is no beginning of an escape. */
const ESCAPE =
  /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(?<half>\\u[dD][89a-fA-F][\da-fA-F]{2})|\\[^]/g;

/** The beginning of a text, at most `most` UTF-16 units long. Never ends in the middle of a letter's code point. */
export function startOf(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, isPair(text, most) ? most - 1 : most);
}

/** The end of a text, at most `most` UTF-16 units long. Never begins in the middle of a letter's code point. */
export function endOf(text: string, most: number): string {
  const from = text.length - most;
  return from <= 0 ? text : text.slice(isPair(text, from) ? from + 1 : from);
}

/** Whether the units before and at `index` are the two halves of one code point. */
function isPair(text: string, index: number): boolean {
  return (text.codePointAt(index - 1) ?? 0) > 0xffff;
}

/**
 * A value as JSON that every reader accepts. Half a surrogate pair becomes U+FFFD, in values and in names: Node reads it
 * back, but Redis and most other readers refuse the whole text. Everything that goes into a store is written by this.
 */
export function toJson(value: unknown): string {
  return wellFormedJson(JSON.stringify(value));
}

/** Reads JSON; half a surrogate pair, as an older version may have written it, is U+FFFD. @throws SyntaxError */
export function fromJson(text: string): unknown {
  return JSON.parse(wellFormedJson(text));
}

/** The same JSON with U+FFFD for each half of a surrogate pair that stands alone. */
export function wellFormedJson(text: string): string {
  const whole = text.toWellFormed();
  if (!HALF.test(whole)) return whole;
  return whole.replaceAll(ESCAPE, (escape: string, half: string | undefined) =>
    half === undefined ? escape : '\ufffd',
  );
}
