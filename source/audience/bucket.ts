import {BYTE_ESCAPE} from './as-sent.ts';

const ENCODER = new TextEncoder();
const M = 0x5bd1e995;
/** Lengths of salt and id together, in bytes, for which the hash of the salt is kept. */
const KEPT_LENGTHS = 256;

/**
 * MurmurHash2, 32 bit, seed 0, over bytes: the hash of nginx's `split_clients`, so that SDK and edge agree
 * (Austin Appleby, MurmurHash2; nginx src/core/ngx_murmurhash.c). Unsigned.
 */
function murmurHash2(bytes: Uint8Array): number {
  const {length} = bytes;
  let hash = length;
  let index = 0;
  for (; index + 4 <= length; index += 4) hash = mix(hash, wordAt(bytes, index));
  const left = length - index;
  if (left === 3) hash ^= byte(bytes, index + 2) << 16;
  if (left >= 2) hash ^= byte(bytes, index + 1) << 8;
  if (left >= 1) hash = Math.imul(hash ^ byte(bytes, index), M);
  return finish(hash);
}

function mix(hash: number, word: number): number {
  const once = Math.imul(word, M);
  return Math.imul(hash, M) ^ Math.imul(once ^ (once >>> 24), M);
}

function finish(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 13), M);
  return (once ^ (once >>> 15)) >>> 0;
}

function wordAt(bytes: Uint8Array, index: number): number {
  return (
    byte(bytes, index) |
    (byte(bytes, index + 1) << 8) |
    (byte(bytes, index + 2) << 16) |
    (byte(bytes, index + 3) << 24)
  );
}

function byte(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}

/** Where a user stands, 0 to 2^32 - 1; the salt comes first. Bytes of a header that are no text are hashed as they are. */
export function bucketOf(salt: string, user: string): number {
  return murmurHash2(user.isWellFormed() ? ENCODER.encode(salt + user) : mixedBytes(salt, user));
}

function mixedBytes(salt: string, user: string): Uint8Array {
  const letters = Array.from(user).flatMap(letter => {
    const byte = letter.charCodeAt(0) - BYTE_ESCAPE;
    return byte >= 0x80 && byte <= 0xff ? [byte] : Array.from(ENCODER.encode(letter));
  });
  return Uint8Array.from([...ENCODER.encode(salt), ...letters]);
}

/** Of the salts seen last: the splits of a feature all have the same. */
const KNOWN = new Map<string, (user: string) => number>();
const MOST_KNOWN = 64;

/**
 * `bucketOf` for one salt and many users. Reads an ASCII id from its characters, without making a text or bytes of
 * salt and id, and hashes the salt once for each length.
 */
export function bucketer(salt: string): (user: string) => number {
  const known = KNOWN.get(salt);
  if (known !== undefined) return known;
  const made = makeBucketer(salt);
  if (KNOWN.size >= MOST_KNOWN) KNOWN.clear();
  KNOWN.set(salt, made);
  return made;
}

function makeBucketer(salt: string): (user: string) => number {
  const bytes = ENCODER.encode(salt);
  const saltLength = bytes.length;
  // Where the salt ends inside a word, its last bytes are mixed with the first of the id.
  if (saltLength % 4 !== 0) return user => bucketOf(salt, user);
  const afterSalt = (length: number): number => {
    let hash = length;
    for (let index = 0; index < saltLength; index += 4) hash = mix(hash, wordAt(bytes, index));
    return hash;
  };
  const kept = Int32Array.from({length: KEPT_LENGTHS}, (_, length) => afterSalt(length));
  return user => {
    const {length} = user;
    const total = saltLength + length;
    let hash = total < KEPT_LENGTHS ? (kept[total] ?? 0) : afterSalt(total);
    let seen = 0;
    let index = 0;
    for (; index + 4 <= length; index += 4) {
      const a = user.charCodeAt(index);
      const b = user.charCodeAt(index + 1);
      const c = user.charCodeAt(index + 2);
      const d = user.charCodeAt(index + 3);
      seen |= a | b | c | d;
      hash = mix(hash, a | (b << 8) | (c << 16) | (d << 24));
    }
    const left = length - index;
    if (left > 0) {
      const a = user.charCodeAt(index);
      const b = left > 1 ? user.charCodeAt(index + 1) : 0;
      const c = left > 2 ? user.charCodeAt(index + 2) : 0;
      seen |= a | b | c;
      hash = Math.imul(hash ^ (a | (b << 8) | (c << 16)), M);
    }
    return seen > 0x7f ? bucketOf(salt, user) : finish(hash);
  };
}

/**
 * First bucket that is not in, for a percentage of at most two decimals: `floor(n * 0xffffffff / 10000)` as nginx
 * computes it. 100 % lies above every bucket, since the edge writes it as `*`.
 */
export function boundaryOf(percent: number): number {
  if (percent >= 100) return 0x1_0000_0000;
  return Math.floor((Math.round(percent * 100) * 0xffffffff) / 10000);
}
