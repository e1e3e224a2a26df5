const ENCODER = new TextEncoder();
const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

/**
 * MurmurHash3, x86, 32 bit, over the UTF-8 bytes of a text (Austin Appleby, MurmurHash3_x86_32). Unsigned.
 * Deliberately not the hash that decides sides: users of a side are chosen by that one, and would not be spread
 * evenly over a sketch that counts by it.
 * @param seed 32 bits; hashes with different seeds have nothing in common
 */
export function hashText(text: string, seed = 0): number {
  let ascii = true;
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 127) ascii = false;
  if (!ascii) return hashBytes(ENCODER.encode(text), seed);
  const {length} = text;
  const whole = length & ~3;
  let hash = seed;
  for (let index = 0; index < whole; index += 4)
    hash = mixWord(
      hash,
      text.charCodeAt(index) |
        (text.charCodeAt(index + 1) << 8) |
        (text.charCodeAt(index + 2) << 16) |
        (text.charCodeAt(index + 3) << 24),
    );
  let tail = 0;
  for (let index = length - 1; index >= whole; index--) tail = (tail << 8) | text.charCodeAt(index);
  return finish(hash ^ scramble(tail), length);
}

function hashBytes(bytes: Uint8Array, seed: number): number {
  const {length} = bytes;
  const whole = length & ~3;
  let hash = seed;
  for (let index = 0; index < whole; index += 4) hash = mixWord(hash, word(bytes, index, 4));
  return finish(hash ^ scramble(word(bytes, whole, length - whole)), length);
}

function word(bytes: Uint8Array, from: number, length: number): number {
  let value = 0;
  for (let index = from + length - 1; index >= from; index--) value = (value << 8) | (bytes[index] ?? 0);
  return value;
}

/** 0 for 0, so that an empty tail changes nothing. */
function scramble(word: number): number {
  const product = Math.imul(word, C1);
  return Math.imul((product << 15) | (product >>> 17), C2);
}

function mixWord(hash: number, word: number): number {
  const mixed = hash ^ scramble(word);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(hash: number, length: number): number {
  let mixed = hash ^ length;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
