/** What evidence is made of: one second of both sides, people of the eligible cohort only. */

/** One side in one second. Counts are whole numbers from 0 on. */
export interface SideTick {
  requests: number;
  errors: number;
  conversions: number;
  /** Any other ratio by name: `hits` of `of` trials. */
  ratios?: Record<string, {hits: number; of: number}>;
  /** Milliseconds, summed; for display only, evidence reads `hist`. */
  latencySumMs?: number;
  /** Sparse, `[bucket, count]` ascending: bucket i holds 2^(i/8) up to, not including, 2^((i+1)/8) ms. */
  hist: readonly (readonly [bucket: number, count: number])[];
}

export interface EvidenceTick {
  /** Seconds, ascending; a gap is time without data. The origin is of no importance. */
  t: number;
  /** Gray's share that the split asks for, 0–1; null when unknown. Evidence rests on the requests seen, not on it. */
  grayShare: number | null;
  prod: SideTick;
  gray: SideTick;
}

/** A second of prod before the release. */
export interface HistoryTick {
  t: number;
  prod: SideTick;
}
