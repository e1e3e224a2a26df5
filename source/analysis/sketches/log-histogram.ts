import {BUCKETS, BUCKETS_PER_OCTAVE, EDGES, LOWEST, MOST_VALUE, cellOf, estimateOf} from './log-buckets.ts';
import {base64Bytes, decodeBase64, encodeBase64} from './base64.ts';
import {ByteReader, ByteWriter} from './bytes.ts';

/** First byte of an encoded histogram: what it is, and the version of its shape. */
const VERSION = 0x01;
/** A greater count, in one bucket or in all, is not believed. */
const MOST_COUNT = 1e15;
/** The longest text that is looked at as a sketch; every bucket in use with large counts is below it. */
export const LONGEST_SKETCH = 24_576;

const reader = new ByteReader();
const writer = new ByteWriter();
const scratch = new Uint8Array(base64Bytes(LONGEST_SKETCH));
const NO_CELLS = new Float64Array(0);

/**
 * A distribution of values from 0 to 10^12 (milliseconds for times), mergeable without loss. Quantiles are within
 * 0.87 % of the exact ones; count and sum are exact. Memory follows the range of the values, 8 bytes a bucket.
 */
export class LogHistogram {
  /** Values added. */
  count = 0;
  /** Sum of the values added. */
  sum = 0;
  /** How many of them were below a microsecond. */
  #zeros = 0;
  /** Counts of the cells from `#base` on; cell 0 is bucket `LOWEST`. */
  #counts: Float64Array = NO_CELLS;
  #base = 0;
  /** Cells in use, both inclusive. */
  #low = BUCKETS;
  #high = -1;

  /**
   * Adds a value, or `times` equal ones (a whole number).
   * @returns false, and adds nothing, when the value is NaN, negative or above 10^12.
   */
  add(value: number, times = 1): boolean {
    if (!(value >= 0 && value <= MOST_VALUE && times > 0)) return false;
    const cell = cellOf(value);
    if (cell < 0) this.#zeros += times;
    else {
      if (cell < this.#low || cell > this.#high) this.#reach(cell, cell);
      const index = cell - this.#base;
      this.#counts[index] = (this.#counts[index] ?? 0) + times;
    }
    this.count += times;
    this.sum += value * times;
    return true;
  }

  /** Adds everything that `other` holds. */
  merge(other: LogHistogram): void {
    if (other.count === 0) return;
    if (other.#high >= other.#low) {
      this.#reach(other.#low, other.#high);
      const from = other.#counts;
      const into = this.#counts;
      const shift = other.#base - this.#base;
      const last = other.#high - other.#base;
      for (let index = other.#low - other.#base; index <= last; index++)
        into[index + shift] = (into[index + shift] ?? 0) + (from[index] ?? 0);
    }
    this.#zeros += other.#zeros;
    this.count += other.count;
    this.sum += other.sum;
  }

  /** Forgets everything but keeps its memory for the next use. */
  clear(): void {
    if (this.#high >= this.#low) this.#counts.fill(0, this.#low - this.#base, this.#high - this.#base + 1);
    this.#low = BUCKETS;
    this.#high = -1;
    this.#zeros = 0;
    this.count = 0;
    this.sum = 0;
  }

  /** Null without values. */
  mean(): number | null {
    return this.count === 0 ? null : this.sum / this.count;
  }

  /** Standard deviation and third standardised moment of the values, to the precision of a bucket; 0 where they are all alike. */
  spread(): {deviation: number; skewness: number} {
    if (this.count < 2) return {deviation: 0, skewness: 0};
    let [mean, square, cube] = [0, 0, 0];
    for (let cell = this.#low; cell <= this.#high; cell++)
      mean += ((this.#counts[cell - this.#base] ?? 0) * estimateOf(cell)) / this.count;
    const add = (value: number, times: number) => {
      square += times * (value - mean) ** 2;
      cube += times * (value - mean) ** 3;
    };
    add(0, this.#zeros);
    for (let cell = this.#low; cell <= this.#high; cell++) {
      const times = this.#counts[cell - this.#base] ?? 0;
      if (times > 0) add(estimateOf(cell), times);
    }
    const deviation = Math.sqrt(square / (this.count - 1));
    return {deviation, skewness: deviation > 0 ? cube / this.count / deviation ** 3 : 0};
  }

  /** The value at rank ceil(p × count), 0 ≤ p ≤ 1; null without values. */
  quantile(p: number): number | null {
    if (this.count === 0) return null;
    // 0.07 × 100 is a hair above 7 in binary; the rank meant is 7.
    const rank = Math.max(1, Math.ceil(p * this.count * (1 - 1e-12)));
    let left = rank - this.#zeros;
    if (left <= 0) return 0;
    for (let cell = this.#low; cell <= this.#high; cell++) {
      left -= this.#counts[cell - this.#base] ?? 0;
      if (left <= 0) return estimateOf(cell);
    }
    return estimateOf(this.#high);
  }

  /** How many values were at or below `limit`, to the precision of a bucket. */
  countUpTo(limit: number): number {
    if (!(limit >= 0)) return 0;
    let below = this.#zeros;
    for (let cell = this.#low; cell <= this.#high && (EDGES[cell] ?? 0) <= limit; cell++)
      below += this.#counts[cell - this.#base] ?? 0;
    return below;
  }

  /**
   * Sparse counts in buckets of `perOctave` to the octave (a divisor of 40), `[bucket, count]` in ascending order:
   * bucket i holds 2^(i/perOctave) to 2^((i+1)/perOctave). Values below a microsecond are in the lowest bucket.
   */
  buckets(perOctave: number = BUCKETS_PER_OCTAVE): [number, number][] {
    const step = BUCKETS_PER_OCTAVE / perOctave;
    const found: [number, number][] = [];
    const put = (bucket: number, count: number) => {
      const last = found.at(-1);
      if (last?.[0] === bucket) last[1] += count;
      else found.push([bucket, count]);
    };
    if (this.#zeros > 0) put(Math.floor(LOWEST / step), this.#zeros);
    for (let cell = this.#low; cell <= this.#high; cell++) {
      const count = this.#counts[cell - this.#base] ?? 0;
      if (count > 0) put(Math.floor((cell + LOWEST) / step), count);
    }
    return found;
  }

  /** Sparse bytes: version, sum, count of zeros, then gap and count of each bucket in use. */
  toBytes(): Uint8Array {
    writer.clear();
    writer.byte(VERSION);
    writer.double(this.sum);
    writer.varint(this.#zeros);
    let next = 0;
    for (let cell = this.#low; cell <= this.#high; cell++) {
      const count = this.#counts[cell - this.#base] ?? 0;
      if (count <= 0) continue;
      // One byte for most: an even token is the count of the next bucket; an odd one skips buckets and counts to 3.
      if (cell === next) writer.varint((count - 1) * 2);
      else {
        writer.varint((cell - next - 1) * 8 + Math.min(count - 1, 3) * 2 + 1);
        if (count > 3) writer.varint(count - 4);
      }
      next = cell + 1;
    }
    return writer.take();
  }

  /** Sum of the values of a sketch that `fault` found nothing wrong with. */
  static sumOf(bytes: Uint8Array, from: number): number {
    return reader.over(bytes, from + 1, bytes.length).double();
  }

  /** How many values a sketch holds that `fault` found nothing wrong with. */
  static countOf(bytes: Uint8Array, from: number, to: number): number {
    reader.over(bytes, from + 1, to).double();
    let count = reader.varint();
    while (reader.at < reader.end) {
      const token = reader.varint();
      if (token % 2 === 0) count += 1 + token / 2;
      else count += 1 + ((token >> 1) & 3) + (token % 8 === 7 ? reader.varint() : 0);
    }
    return count;
  }

  /**
   * What is wrong with these bytes, or null when they are a histogram that `mergeBytes` may take: the shape, the
   * range of every bucket, the size of the counts, and that the sum can be the sum of such values.
   */
  static fault(bytes: Uint8Array, from: number, to: number): string | null {
    if (to <= from || bytes[from] !== VERSION) return 'not a distribution sketch of a known version';
    const sum = reader.over(bytes, from + 1, to).double();
    let count = reader.varint();
    if (count < 0) return 'distribution sketch cut short';
    let least = 0;
    let most = count * (EDGES[0] ?? 0);
    let cell = -1;
    while (reader.at < reader.end) {
      const token = reader.varint();
      const more = token % 8 === 7 ? reader.varint() : 0;
      if (token < 0 || more < 0) return 'distribution sketch cut short';
      const skips = token % 2 === 1;
      cell += skips ? 2 + Math.floor(token / 8) : 1;
      if (cell >= BUCKETS) return 'distribution sketch holds a value above 10^12';
      const times = skips ? 1 + ((token >> 1) & 3) + more : 1 + token / 2;
      count += times;
      least += times * (EDGES[cell] ?? 0);
      most += times * (EDGES[cell + 1] ?? 0);
    }
    if (count > MOST_COUNT) return 'distribution sketch counts too much';
    // Rounding only: the sum was added up in another order.
    if (!(sum >= least * (1 - 1e-6) && sum <= most * (1 + 1e-6)))
      return 'distribution sketch with a wrong sum';
    return null;
  }

  /** Adds an encoded histogram; the bytes must have passed `fault`. */
  mergeBytes(bytes: Uint8Array, from: number, to: number): void {
    this.#count(bytes, from, to, 1);
  }

  /** Takes away an encoded histogram that was merged before; `sum` then carries errors of rounding. */
  takeBytes(bytes: Uint8Array, from: number, to: number): void {
    this.#count(bytes, from, to, -1);
  }

  #count(bytes: Uint8Array, from: number, to: number, sign: 1 | -1): void {
    this.sum += sign * reader.over(bytes, from + 1, to).double();
    const zeros = reader.varint();
    this.#zeros += sign * zeros;
    let count = zeros;
    let cell = -1;
    while (reader.at < reader.end) {
      const token = reader.varint();
      const skips = token % 2 === 1;
      const more = token % 8 === 7 ? reader.varint() : 0;
      const times = skips ? 1 + ((token >> 1) & 3) + more : 1 + token / 2;
      cell += skips ? 2 + Math.floor(token / 8) : 1;
      if (cell < this.#low || cell > this.#high) this.#reach(cell, cell);
      const index = cell - this.#base;
      this.#counts[index] = (this.#counts[index] ?? 0) + sign * times;
      count += times;
    }
    this.count += sign * count;
  }

  /** The sketch as samples carry it: `~` and base64. */
  encode(): string {
    return `~${encodeBase64(this.toBytes())}`;
  }

  /** Reads a sketch; null if the text is none. */
  static decode(text: string): LogHistogram | null {
    if (text.charCodeAt(0) !== 126 || text.length > LONGEST_SKETCH) return null;
    const end = decodeBase64(text, 1, scratch, 0);
    if (end < 0 || LogHistogram.fault(scratch, 0, end) !== null) return null;
    const histogram = new LogHistogram();
    histogram.mergeBytes(scratch, 0, end);
    return histogram;
  }

  /** Makes the cells from `low` to `high` part of the range in use. */
  #reach(low: number, high: number): void {
    const wasLow = this.#low;
    const wasHigh = this.#high;
    this.#low = Math.min(wasLow, low);
    this.#high = Math.max(wasHigh, high);
    const room = this.#counts.length;
    if (this.#low >= this.#base && this.#high < this.#base + room) return;
    const used = this.#high - this.#low + 1;
    if (wasHigh < wasLow && used <= room) {
      // Memory kept by `clear`, for another range.
      this.#base = Math.max(0, this.#low - ((room - used) >> 1));
      return;
    }
    // Room on both sides, so that growing is rare; who begins with a whole range has most of it.
    const spare = wasHigh < wasLow ? 16 : Math.max(16, used >> 1);
    const base = Math.max(0, this.#low - spare);
    const cells = new Float64Array(this.#high - base + 1 + spare);
    if (wasHigh >= wasLow)
      cells.set(this.#counts.subarray(wasLow - this.#base, wasHigh - this.#base + 1), wasLow - base);
    this.#counts = cells;
    this.#base = base;
  }
}
