import type {ValueParts} from './metrics.ts';
import type {DataFault} from './people/faults.ts';

/** What is read off windows: numbers of one side. An unknown number is null, never 0. */
export interface SideNumbers {
  requests: number;
  requestsPerSecond: number | null;
  errors: number | null;
  /** Percent of requests. */
  errorRate: number | null;
  conversions: number | null;
  /** Percent of requests. */
  conversionRate: number | null;
  /** Percent of requests that were answered; null unless a sample reports `unavailable`. */
  availability: number | null;
  /** Milliseconds. */
  responseTime: ValueParts;
  /** Distinct users in the window, estimated; null unless a sample reports `users`. */
  activeUsers: number | null;
  /** Every other counter by name, summed. */
  counters: Record<string, number>;
  /** Every other gauge by name, newest value. */
  gauges: Record<string, number>;
}

export type Side = 'prod' | 'gray';
export const SIDES: readonly Side[] = ['prod', 'gray'];

/** How a user came to a side. */
export type Cohort = 'eligible' | 'chosen' | 'outside';
export const COHORTS: readonly Cohort[] = ['eligible', 'chosen', 'outside'];

/** A stretch of time, milliseconds since 1970, `to` exclusive. */
export interface Span {
  from: number;
  to: number;
}

/** What the console and `status` read: windows over the samples of a feature. */
export interface WindowView {
  /** Numbers of one side over a span; all cohorts unless one is named. */
  numbers(side: Side, span: Span, cohort?: Cohort): SideNumbers;
  /**
   * A metric over time, oldest first, one value for each step of `stepMs`; null where there is none.
   * `metric` is a `MetricName` or the name of any counter (per second) or gauge.
   */
  series(side: Side, metric: string, span: Span, stepMs: number): (number | null)[];
  /** Gray's share of the eligible requests in the span, in percent; without requests that of decisions; null without any. */
  observedPercent(span: Span): number | null;
  /** Names of the counters and gauges seen beyond the standard ones. */
  otherNames(): string[];
  /** Time of the newest sample of a side, milliseconds since 1970; null without any. */
  newestAt(side: Side): number | null;
  /** What of the data does not count, by name; absent: it is not counted here. */
  faults?(): readonly DataFault[];
}

/** What is known of the arriving stream beside its numbers. */
export interface StreamStatus {
  /** Entries read, repeats dropped by instance and sequence, entries that did not parse. */
  entries: number;
  repeats: number;
  junk: number;
  /** One of the entries that did not parse, sanitised, with the reason. */
  lastJunk: string | null;
  /** When that one came, the store's clock, milliseconds since 1970; null or absent: none came. */
  lastJunkAt?: number | null;
  /** Why the store's stream cannot be read at the moment. */
  away: string | null;
  /** Set when the stream's newest id lies ahead of the store's clock, in milliseconds. */
  aheadMs: number | null;
}
