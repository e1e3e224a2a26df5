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
  hist: Histogram;
  /** What is new about people in this second; absent where the requests of this side name no person. */
  people?: PeopleTick;
  /** What each instance did in this second; absent where it is not known. */
  instances?: readonly InstanceTick[];
}

/** One instance of a side in one second; instances are taken for hosts. */
export interface InstanceTick {
  id: string;
  requests: number;
  errors: number;
  /** Response times summed, milliseconds. */
  timeSum: number;
}

/** Sparse, `[bucket, count]`: bucket i holds 2^(i/8) up to, not including, 2^((i+1)/8) ms. */
export type Histogram = readonly (readonly [bucket: number, count: number])[];

/**
 * What is new about the people of one side in one second. A person is the unit that is bucketed, of the eligible
 * cohort only. Any part may be missing. Counts are whole numbers from 0 on.
 */
export interface PeopleTick {
  /** Requests of this second that name a person; absent: all of them, or as `requestsSoFar` says. */
  requests?: number;
  /** The same, summed over the release so far. */
  requestsSoFar?: number;
  /** People first seen on this side since the split changed. */
  seen?: number;
  /** People who failed, converted, for the first time in this release, on whichever side and instance. */
  failed?: number;
  converted?: number;
  /**
   * Changes of the histograms of each person's slowest, third and tenth slowest answer in this release: a person who
   * moves from bucket a to bucket b is -1 at a (unless it is the first) and +1 at b.
   */
  slowest?: Histogram;
  third?: Histogram;
  tenth?: Histogram;
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
