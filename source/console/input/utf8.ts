/** Stands for bytes that are no UTF-8. */
export const BROKEN = 0xfffd;

export interface Decoded {
  /** The bytes of a character whose end has not arrived yet. */
  partial: readonly number[];
  points: readonly number[];
}

/**
 * Decodes one byte after `partial`. A byte from 0x80 to 0x9F outside a character stays what it is in a terminal that
 * sends 8-bit controls: the control of that number.
 */
export function decodeByte(partial: readonly number[], byte: number): Decoded {
  const [lead] = partial;
  if (lead === undefined) {
    if (byte < 0xa0) return {partial: [], points: [byte]};
    return byte < 0xc2 || byte > 0xf4 ? {partial: [], points: [BROKEN]} : {partial: [byte], points: []};
  }
  if (byte < 0x80 || byte > 0xbf) return restarted(byte);
  const bytes = [...partial, byte];
  return bytes.length < lengthOf(lead)
    ? {partial: bytes, points: []}
    : {partial: [], points: [pointOf(lead, bytes)]};
}

/** A character was cut short: the byte that follows it begins anew. */
function restarted(byte: number): Decoded {
  const {partial, points} = decodeByte([], byte);
  return {partial, points: [BROKEN, ...points]};
}

function lengthOf(lead: number): number {
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

function pointOf(lead: number, bytes: readonly number[]): number {
  const head = lead & (0xff >> (bytes.length + 1));
  const point = bytes.slice(1).reduce((value, byte) => value * 64 + (byte & 0x3f), head);
  const least = [0, 0, 0x80, 0x800, 0x10000][bytes.length] ?? 0;
  const isSurrogate = point >= 0xd800 && point <= 0xdfff;
  return point < least || point > 0x10ffff || isSurrogate ? BROKEN : point;
}
