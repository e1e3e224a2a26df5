/** What evidence says. Logarithms are natural. */

/** Which way of a ratio is the bad one. */
export type Worse = 'more' | 'less';

export interface EvidenceOptions {
  /** Probability of a false alarm over all metrics and all looks of a release, above 0 and below 1. */
  falseAlarms: number;
  /** Relative difference that does not matter, from 0 on: gray's rate may be this much worse than prod's. */
  margin: number;
  /** The ratios of `SideTick.ratios` that are judged, and which way is bad. Others are not looked at. */
  ratios?: Readonly<Record<string, Worse>>;
}

/** `none`: nothing that could not be chance. Only `gray-worse` ever decides. */
export type Direction = 'gray-worse' | 'gray-better' | 'none';

export interface MetricEvidence {
  /** `error_rate`, `conversion_rate`, `response_time`, or the name of a ratio. */
  metric: string;
  /** Log of this metric's own e-value, before it is weighed with the others. */
  logE: number;
  direction: Direction;
  /**
   * Rates of both sides, 0–1, over the time the evidence is about (from the likeliest onset on); null without
   * requests. For `response_time` the part of the requests slower than `thresholdMs`.
   */
  prod: number | null;
  gray: number | null;
  /** Requests behind those rates. */
  samples: {prod: number; gray: number};
  /** Seconds that those rates are about. */
  seconds: number;
  /** The limit that tells the sides apart best, milliseconds; only for `response_time`. */
  thresholdMs?: number;
  /** How many events come at once, learned from prod: 1 when they come one by one. */
  clustering: number;
  /** Standard deviation of the log of a side's rate from minute to minute, learned from prod: 0 when calm. */
  noise: number;
}

export interface EvidenceReading {
  /** Of the tick that was observed. */
  t: number;
  /** Log of the e-value over all metrics now. */
  logE: number;
  /** The greatest `logE` so far; exp(-peak), at most 1, is an anytime-valid p-value (Ville 1939). */
  peak: number;
  /** ln(1 / falseAlarms): what `logE` has to reach. */
  limit: number;
  /** `limit` was reached, now or before: gray is worse. It stays true. */
  decided: boolean;
  /** Second at which it was; null until then. */
  decidedAt: number | null;
  /** The metric that speaks most against gray; null before there is any. */
  worst: string | null;
  /** Of the worst metric when that is `gray-worse`, else `gray-better` when some metric is, else `none`. */
  direction: Direction;
  /** One entry a metric, in an order that does not change. */
  metrics: MetricEvidence[];
  /** Seconds until `limit` at the growth of late; null when evidence does not grow or it has decided. */
  forecastSeconds: number | null;
}

/** A checkpoint: plain JSON, for the same version of the program. */
export interface EvidenceSnapshot {
  schema: 'graydeck.evidence/2';
  /** Second of the last tick that is inside; null before the first. */
  t: number | null;
  state: unknown;
}
