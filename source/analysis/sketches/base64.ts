const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Value of each ASCII letter, 0–63; 255 for what is none. */
const VALUES = new Uint8Array(128).fill(255);
for (let value = 0; value < 64; value++) VALUES[LETTERS.charCodeAt(value)] = value;

/** Standard base64 (RFC 4648, section 4) with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const bits = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    text += LETTERS.charAt(bits >> 18) + LETTERS.charAt((bits >> 12) & 63);
    text += left > 1 ? LETTERS.charAt((bits >> 6) & 63) : '=';
    text += left > 2 ? LETTERS.charAt(bits & 63) : '=';
  }
  return text;
}

/** Most bytes that `length` letters of base64 can hold. */
export function base64Bytes(length: number): number {
  return Math.ceil((length * 3) / 4);
}

/**
 * Decodes `text` from letter `start` into `out` from byte `at`, without making anything: samples arrive by the
 * hundred thousand. Padding may be left out.
 * @returns the byte after the last one written, or -1 when it is no base64 or does not fit.
 */
export function decodeBase64(text: string, start: number, out: Uint8Array, at: number): number {
  let end = text.length;
  if (end > start && text.charCodeAt(end - 1) === 61) end--;
  if (end > start && text.charCodeAt(end - 1) === 61) end--;
  const rest = (end - start) & 3;
  if (rest === 1 || at + (((end - start) * 3) >> 2) > out.length) return -1;
  const whole = end - rest;
  let from = start;
  let bad = 0;
  for (; from < whole; from += 4) {
    const a = valueAt(text, from);
    const b = valueAt(text, from + 1);
    const c = valueAt(text, from + 2);
    const d = valueAt(text, from + 3);
    bad |= a | b | c | d;
    out[at++] = (a << 2) | (b >> 4);
    out[at++] = (b << 4) | (c >> 2);
    out[at++] = (c << 6) | d;
  }
  if (rest > 0) {
    const a = valueAt(text, from);
    const b = valueAt(text, from + 1);
    const c = rest === 3 ? valueAt(text, from + 2) : 0;
    bad |= a | b | c;
    out[at++] = (a << 2) | (b >> 4);
    if (rest === 3) out[at++] = (b << 4) | (c >> 2);
  }
  return bad > 63 ? -1 : at;
}

function valueAt(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code < 128 ? (VALUES[code] ?? 255) : 255;
}
