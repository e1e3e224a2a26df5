import {BYTE_ESCAPE} from './as-sent.ts';

const ENCODER = new TextEncoder();

/**
 * Reads a pattern once, for any number of texts. `parts` are the texts between its stars, each of which stands for any letters
 * or none. A text is searched from left to right and never twice, so no text makes it slow.
 */
export function likeOf(parts: readonly string[]): (text: string) => boolean {
  const asText = matcher(parts);
  const asBytes = matcher(parts.map(escapedBytes));
  // Bytes of a header that are no text are compared as bytes, as an edge does.
  return text => (text.isWellFormed() ? asText(text) : asBytes(text));
}

function matcher(parts: readonly string[]): (text: string) => boolean {
  const [first = '', ...others] = parts;
  const last = others.pop();
  if (last === undefined) return text => text === first;
  return text => {
    const end = text.length - last.length;
    if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    let at = first.length;
    for (const part of others) {
      const found = text.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= end;
  };
}

/** A text as a header that holds other bytes, too, is kept: see `headerText`. */
function escapedBytes(text: string): string {
  const letters = Array.from(ENCODER.encode(text), byte =>
    String.fromCharCode(byte < 0x80 ? byte : BYTE_ESCAPE + byte),
  );
  return letters.join('');
}
