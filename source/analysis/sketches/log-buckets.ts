/**
 * Buckets to the octave. Bucket i holds 2^(i/40) up to, not including, 2^((i+1)/40), so that gamma = 2^(1/40) and
 * every estimate lies within (gamma - 1) / (gamma + 1) = 0.87 % of the value it stands for. Source of the formula:
 * Masson, Rim, Lee, "DDSketch", PVLDB 12(12), 2019, arXiv 1908.10693, section 2. Forty divides by eight, so five
 * buckets are exactly one bucket of `judge`.
 */
export const BUCKETS_PER_OCTAVE = 40;

/** Values below 2^-10 ms (about a microsecond) count as 0. */
export const LOWEST = -10 * BUCKETS_PER_OCTAVE;
/** The greatest number believed, whatever it measures: 10^12 ms are 31 years. */
export const MOST_VALUE = 1e12;
export const BUCKETS = Math.floor(Math.log2(MOST_VALUE) * BUCKETS_PER_OCTAVE) - LOWEST + 1;

/** Lower edge of each bucket from `LOWEST` on, and the upper edge of the last. */
export const EDGES = new Float64Array(BUCKETS + 1);
for (let cell = 0; cell <= BUCKETS; cell++) EDGES[cell] = 2 ** ((cell + LOWEST) / BUCKETS_PER_OCTAVE);

/** For each 128th of an octave, the bucket its lower edge lies in: no slot reaches over two edges. */
const SLOTS = new Uint8Array(128);
for (let slot = 0; slot < 128; slot++) SLOTS[slot] = Math.log2(1 + slot / 128) * BUCKETS_PER_OCTAVE;
const bits = new DataView(new ArrayBuffer(8));

/** Cell of a value, from its exponent and the top of its mantissa; below 0 for what counts as 0. */
export function cellOf(value: number): number {
  // Plus 0, since minus 0 has its sign bit set.
  bits.setFloat64(0, value + 0);
  const top = bits.getUint32(0);
  const cell = ((top >>> 20) - 1023) * BUCKETS_PER_OCTAVE + (SLOTS[(top >>> 13) & 127] ?? 0) - LOWEST;
  return cell >= 0 && value >= (EDGES[cell + 1] ?? 0) ? cell + 1 : cell;
}

/** The point as far, relatively, from the one edge as from the other. */
export function estimateOf(cell: number): number {
  const lower = EDGES[cell] ?? 0;
  const upper = EDGES[cell + 1] ?? 0;
  return (2 * lower * upper) / (lower + upper);
}
