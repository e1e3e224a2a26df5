/** Half of a surrogate pair in JSON, as UTF-16 writes an emoji: `\ud83d`. Other writers may use capitals. */
const HALF = /\\u[dD][89a-fA-F]/;
/** A whole pair, a lone half, or any other escape. An escaped backslash begins no escape. */
const ESCAPE =
  /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(?<half>\\u[dD][89a-fA-F][\da-fA-F]{2})|\\[^]/g;

/** The first `most` UTF-16 units of a text. Never cuts a code point. */
export function startOf(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, isPair(text, most) ? most - 1 : most);
}

/** The last `most` UTF-16 units of a text. Never cuts a code point. */
export function endOf(text: string, most: number): string {
  const from = text.length - most;
  return from <= 0 ? text : text.slice(isPair(text, from) ? from + 1 : from);
}

/** Whether the units before and at `index` are the halves of one code point. */
function isPair(text: string, index: number): boolean {
  return (text.codePointAt(index - 1) ?? 0) > 0xffff;
}

/**
 * Writes a value as JSON that every reader accepts; all text for a store is written by this. A lone half of a
 * surrogate pair becomes U+FFFD, in values and in names, because Redis and most other readers refuse the
 * whole text.
 */
export function toJson(value: unknown): string {
  return wellFormedJson(JSON.stringify(value));
}

/**
 * Reads JSON. A lone half of a surrogate pair, which older versions may have written, becomes U+FFFD. @throws
 * SyntaxError
 */
export function fromJson(text: string): unknown {
  return JSON.parse(wellFormedJson(text));
}

/** Returns the JSON with U+FFFD for each lone half of a surrogate pair. */
export function wellFormedJson(text: string): string {
  const whole = text.toWellFormed();
  if (!HALF.test(whole)) return whole;
  return whole.replaceAll(ESCAPE, (escape: string, half: string | undefined) =>
    half === undefined ? escape : '\ufffd',
  );
}
