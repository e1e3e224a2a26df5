import type {EvidenceTick, HistoryTick} from './tick.ts';

/** What evidence says. Logarithms are natural. */

/** Which way of a ratio is the bad one. */
export type Worse = 'more' | 'less';

/**
 * What evidence rests on. `people`: everybody counts once for each finding. `requests`: no person is known, every
 * request counts, with the design effect of clusters. `history`: prod is silent, gray is held against prod's past.
 */
export type Footing = 'people' | 'requests' | 'history';

export interface EvidenceOptions {
  /** Probability of a false alarm over all metrics and all looks of a release, above 0 and below 1. */
  falseAlarms: number;
  /** Relative difference that does not matter, from 0 on: gray's rate may be this much worse than prod's. */
  margin: number;
}

/** `none`: nothing that could not be chance. Only `gray-worse` ever decides. */
export type Direction = 'gray-worse' | 'gray-better' | 'none';

export interface MetricEvidence {
  /** `error_rate`, `conversion_rate` or `response_time`. */
  metric: string;
  /** Log of the e-value of this metric on the footing in use, before its weight. */
  logE: number;
  direction: Direction;
  footing: Footing;
  /** Second at which the regression most probably began; null where nothing speaks for one. */
  onset: number | null;
  /**
   * Rates of both sides, 0–1, from the onset on, else of late; null without requests. For `response_time` the part of
   * the requests slower than `thresholdMs`.
   */
  prod: number | null;
  gray: number | null;
  /** Requests behind those rates. */
  samples: {prod: number; gray: number};
  /** People who count in that time: who failed, converted, waited longer for the first time. 0 where none is known. */
  people: {prod: number; gray: number};
  /** Seconds that those rates are about. */
  seconds: number;
  /** The limit that tells the sides apart best, milliseconds; only for `response_time`. */
  thresholdMs?: number;
  /** Requests of prod that come and fail together, learned from its 30-second windows: 1 when one by one. */
  clustering: number;
}

/** What is wrong with what evidence is told. */
export type EvidenceFault = 'people-contradict';

export interface EvidenceReading {
  /** Of the tick that was observed. */
  t: number;
  /** Log of the greatest e-value of a metric, times its weight. */
  logE: number;
  /** The greatest `logE` so far; exp(-peak), at most 1, is an anytime-valid p-value (Ville 1939). */
  peak: number;
  /** ln(1 / falseAlarms): what `logE` has to reach. */
  limit: number;
  /** A metric has reached `limit`, now or before: gray is worse. It stays true until that metric starts again. */
  decided: boolean;
  /** Second at which it did; null until then. */
  decidedAt: number | null;
  /**
   * What evidence may do at most. History may pause: it cannot tell a bad gray from bad times. So may a gray on one host
   * of many: its version cannot be told from that host.
   */
  atMost: 'rollback' | 'pause';
  /** The worst metric is one in which hosts differ, and all of gray runs on one host. */
  isOneHost: boolean;
  /** The metric that decided, else the one that speaks most against gray; null before there is any. */
  worst: string | null;
  /** Of the worst metric. */
  footing: Footing;
  onset: number | null;
  /** Of the worst metric when that is `gray-worse`, else `gray-better` when some metric is, else `none`. */
  direction: Direction;
  /** One entry a metric, in an order that does not change. */
  metrics: MetricEvidence[];
  /** Seconds until `limit` at the growth of late; null when evidence does not grow or it has decided. */
  forecastSeconds: number | null;
  faults: EvidenceFault[];
}

/** A checkpoint: plain JSON, for the same version of the program. */
export interface EvidenceSnapshot {
  schema: 'graydeck.evidence/3';
  /** Second of the last tick that is inside; null before the first. */
  t: number | null;
  options: string;
  /** How many limits were open, then the state of every part. */
  limits: number;
  state: unknown;
}

/**
 * Compares gray with prod, second by second, with one budget of false alarms for all metrics and all looks.
 * Its answer depends on the options and on what it was shown, in this order, and on nothing else.
 */
export interface EvidenceEvaluator {
  /** Prod before the release: teaches how its events scatter and how long its answers take. Before `observe`. */
  history(tick: HistoryTick): void;
  /** The next second of both sides. Seconds without requests on a side may be shown or left out. */
  observe(tick: EvidenceTick): EvidenceReading;
  /** What it says after the last second it was shown; null before the first. */
  read(): EvidenceReading | null;
  /** The finding on this metric starts again from nothing; every other metric stays as it is. */
  startAgain(metric: string): void;
  /** All it knows. An evaluator made from it goes on as if it had never stopped. */
  snapshot(): EvidenceSnapshot;
}

/** Makes an evaluator, fresh or from a checkpoint; a checkpoint of another version or other options is not used. */
export type CreateEvaluator = (options: EvidenceOptions, from?: EvidenceSnapshot) => EvidenceEvaluator;
