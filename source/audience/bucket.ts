const ENCODER = new TextEncoder();
const M = 0x5bd1e995;

/**
 * MurmurHash2, 32 bit, seed 0, over bytes: the hash of nginx's `split_clients`, so that SDK and edge agree
 * (Austin Appleby, MurmurHash2; nginx src/core/ngx_murmurhash.c). Unsigned.
 */
function murmurHash2(bytes: Uint8Array): number {
  const {length} = bytes;
  let hash = length;
  let index = 0;
  for (; index + 4 <= length; index += 4) {
    let word =
      byte(bytes, index) |
      (byte(bytes, index + 1) << 8) |
      (byte(bytes, index + 2) << 16) |
      (byte(bytes, index + 3) << 24);
    word = Math.imul(word, M);
    word ^= word >>> 24;
    hash = Math.imul(hash, M) ^ Math.imul(word, M);
  }
  const left = length - index;
  if (left === 3) hash ^= byte(bytes, index + 2) << 16;
  if (left >= 2) hash ^= byte(bytes, index + 1) << 8;
  if (left >= 1) hash = Math.imul(hash ^ byte(bytes, index), M);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, M);
  return (hash ^ (hash >>> 15)) >>> 0;
}

function byte(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}

/** Where a user stands, 0 to 2^32 - 1; the salt comes first. */
export function bucketOf(salt: string, user: string): number {
  return murmurHash2(ENCODER.encode(salt + user));
}

/**
 * First bucket that is not in, for a percentage of at most two decimals: `floor(n * 0xffffffff / 10000)` as nginx
 * computes it. 100 % lies above every bucket, since the edge writes it as `*`.
 */
export function boundaryOf(percent: number): number {
  if (percent >= 100) return 0x1_0000_0000;
  return Math.floor((Math.round(percent * 100) * 0xffffffff) / 10000);
}
