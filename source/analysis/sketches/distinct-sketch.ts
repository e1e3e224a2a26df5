import {base64Bytes, decodeBase64, encodeBase64} from './base64.ts';
import {ByteReader, ByteWriter} from './bytes.ts';
import {hashText} from './hash-text.ts';

/** 2^12 registers: a standard error of 1.04 / sqrt(4096) = 1.6 %. */
const PRECISION = 12;
const REGISTERS = 1 << PRECISION;
/** Bits of the 32-bit hash that are left to count leading zeros in. */
const RANK_BITS = 32 - PRECISION;
const TOP = RANK_BITS + 1;

/** First byte of an encoded sketch: what it is, and the version of its shape. */
const SPARSE = 0x81;
const DENSE = 0x82;
const DENSE_BYTES = (REGISTERS * 5) / 8;

const reader = new ByteReader();
const writer = new ByteWriter();
/** The longest text that is looked at: a sparse sketch of every register is below it. */
const LONGEST = 3 * REGISTERS;
const scratch = new Uint8Array(base64Bytes(LONGEST));

/**
 * How many different users there were, without remembering any: a HyperLogLog (Flajolet, Fusy, Gandouet, Meunier
 * 2007) with the estimator of Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", 2017,
 * arXiv 1702.01284, algorithm 6, which needs no correction tables. Standard error 1.6 %; mergeable without loss;
 * 4 kB. With a 32-bit hash it holds to some tens of millions of users.
 */
export class DistinctSketch {
  readonly #ranks = new Uint8Array(REGISTERS);
  readonly #words = new Uint32Array(this.#ranks.buffer);
  #empty = true;

  get isEmpty(): boolean {
    return this.#empty;
  }

  /** Adds a user id. */
  add(id: string): void {
    this.addHash(hashText(id));
  }

  /** Adds the 32-bit MurmurHash3 (x86, seed 0) of a user id's UTF-8 bytes. */
  addHash(hash: number): void {
    // A one below the lowest bit that counts, so that the rank ends there.
    this.#raise(hash >>> RANK_BITS, Math.clz32((hash << PRECISION) | (1 << (PRECISION - 1))) + 1);
  }

  /** Adds everybody that `other` holds. */
  merge(other: DistinctSketch): void {
    if (other.#empty) return;
    mergeWords(this.#words, other.#words);
    this.#empty = false;
  }

  clear(): void {
    if (!this.#empty) this.#ranks.fill(0);
    this.#empty = true;
  }

  /** Estimated number of different users, not rounded. */
  estimate(): number {
    const counts = new Float64Array(TOP + 1);
    for (const rank of this.#ranks) counts[rank] = (counts[rank] ?? 0) + 1;
    let z = REGISTERS * tau(1 - (counts[TOP] ?? 0) / REGISTERS);
    for (let rank = RANK_BITS; rank >= 1; rank--) z = (z + (counts[rank] ?? 0)) / 2;
    z += REGISTERS * sigma((counts[0] ?? 0) / REGISTERS);
    return (REGISTERS * REGISTERS) / (2 * Math.LN2 * z);
  }

  /** While few registers are in use: gap and rank of each. Else five bits for every register. */
  toBytes(): Uint8Array {
    let used = 0;
    for (let index = 0; index < REGISTERS; index++) used += (this.#ranks[index] ?? 0) > 0 ? 1 : 0;
    return used > REGISTERS / 4 ? this.#packDense() : this.#packSparse();
  }

  /** What is wrong with these bytes, or null when they are a sketch that `mergeBytes` may take. */
  static fault(bytes: Uint8Array, from: number, to: number): string | null {
    if (to > from && bytes[from] === DENSE)
      return to - from - 1 === DENSE_BYTES ? null : 'users sketch of a wrong length';
    if (to <= from || bytes[from] !== SPARSE) return 'not a users sketch of a known version';
    reader.over(bytes, from + 1, to);
    let index = -1;
    while (reader.at < reader.end) {
      const token = reader.varint();
      if (token < 0) return 'users sketch cut short';
      index += 1 + Math.floor(token / 32);
      if (index >= REGISTERS || token % 32 === 0 || token % 32 > TOP) return 'users sketch out of range';
    }
    return null;
  }

  /** Adds an encoded sketch; the bytes must have passed `fault`. */
  mergeBytes(bytes: Uint8Array, from: number, to: number): void {
    if (bytes[from] === DENSE) return this.#mergeDense(bytes, from + 1);
    reader.over(bytes, from + 1, to);
    let index = -1;
    while (reader.at < reader.end) {
      const token = reader.varint();
      index += 1 + Math.floor(token / 32);
      this.#raise(index, token % 32);
    }
  }

  /** The sketch as samples carry it: `~` and base64. */
  encode(): string {
    return `~${encodeBase64(this.toBytes())}`;
  }

  /** Reads a sketch; null if the text is none. */
  static decode(text: string): DistinctSketch | null {
    if (text.charCodeAt(0) !== 126 || text.length > LONGEST) return null;
    const end = decodeBase64(text, 1, scratch, 0);
    if (end < 0 || DistinctSketch.fault(scratch, 0, end) !== null) return null;
    const sketch = new DistinctSketch();
    sketch.mergeBytes(scratch, 0, end);
    return sketch;
  }

  #raise(index: number, rank: number): void {
    if (rank > (this.#ranks[index] ?? 0)) this.#ranks[index] = rank;
    this.#empty = false;
  }

  #packSparse(): Uint8Array {
    writer.clear();
    writer.byte(SPARSE);
    let next = 0;
    for (let index = 0; index < REGISTERS; index++) {
      const rank = this.#ranks[index] ?? 0;
      if (rank === 0) continue;
      writer.varint((index - next) * 32 + rank);
      next = index + 1;
    }
    return writer.take();
  }

  #packDense(): Uint8Array {
    const bytes = new Uint8Array(1 + DENSE_BYTES);
    bytes[0] = DENSE;
    let at = 1;
    let bits = 0;
    let held = 0;
    for (let index = 0; index < REGISTERS; index++) {
      bits |= (this.#ranks[index] ?? 0) << held;
      held += 5;
      if (held < 8) continue;
      bytes[at++] = bits;
      bits >>>= 8;
      held -= 8;
    }
    return bytes;
  }

  /** Five bytes hold eight registers. */
  #mergeDense(bytes: Uint8Array, from: number): void {
    let at = from;
    for (let index = 0; index < REGISTERS; index += 8) {
      const low = byteAt(bytes, at) | (byteAt(bytes, at + 1) << 8) | (byteAt(bytes, at + 2) << 16);
      const high = byteAt(bytes, at + 3) | (byteAt(bytes, at + 4) << 8);
      unpacked[index] = low & 31;
      unpacked[index + 1] = (low >>> 5) & 31;
      unpacked[index + 2] = (low >>> 10) & 31;
      unpacked[index + 3] = (low >>> 15) & 31;
      unpacked[index + 4] = ((low >>> 20) | (high << 4)) & 31;
      unpacked[index + 5] = (high >>> 1) & 31;
      unpacked[index + 6] = (high >>> 6) & 31;
      unpacked[index + 7] = (high >>> 11) & 31;
      at += 5;
    }
    mergeWords(this.#words, unpackedWords);
    this.#empty = false;
  }
}

const unpacked = new Uint8Array(REGISTERS);
const unpackedWords = new Uint32Array(unpacked.buffer);

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

/** The highest bit of each byte, and the highest rank in each. */
const HIGH = 0x80808080 | 0;
const TOPS = TOP * 0x01010101;

/**
 * Raises registers to those of `from`, none beyond the top, four at once and without a branch: whether one is higher is
 * chance, and a report of days merges a hundred thousand sketches.
 */
function mergeWords(into: Uint32Array, from: Uint32Array): void {
  for (let index = 0; index < into.length; index++) {
    const word = from[index] ?? 0;
    const known = word ^ TOPS ^ higher(word, TOPS);
    into[index] = higher(into[index] ?? 0, known);
  }
}

/** The higher one in each of four bytes that are below 128: the difference of two keeps the highest bit where the first is. */
function higher(a: number, b: number): number {
  const isFirst = (((a | HIGH) - b) & HIGH) >>> 7;
  const mask = (isFirst << 8) - isFirst;
  return (a & mask) | (b & ~mask);
}

/** Ertl's sigma: x + the sum over k ≥ 1 of x^(2^k) · 2^(k-1). */
function sigma(x: number): number {
  if (x === 1) return Number.POSITIVE_INFINITY;
  let power = x;
  let factor = 1;
  let sum = x;
  for (let before = -1; before !== sum; factor *= 2) {
    before = sum;
    power *= power;
    sum += power * factor;
  }
  return sum;
}

/** Ertl's tau: (1 - x - the sum over k ≥ 1 of (1 - x^(2^-k))² · 2^-k) / 3. */
function tau(x: number): number {
  if (x === 0 || x === 1) return 0;
  let root = x;
  let factor = 1;
  let sum = 1 - x;
  for (let before = -1; before !== sum;) {
    before = sum;
    root = Math.sqrt(root);
    factor /= 2;
    sum -= (1 - root) * (1 - root) * factor;
  }
  return sum / 3;
}
