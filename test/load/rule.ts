/** How a service under test answers: by side, and for some people always worse. */

/** What a side does with a request. Shares are from 0 to 1. */
export interface SideRule {
  /** Share of the requests that fail. */
  errors: number;
  /** Share of the people for whom a third of the requests fail, always the same people. */
  unlucky: number;
  /** Median of the response time in milliseconds, log-normal. */
  medianMs: number;
}

export interface ServiceRule {
  prod: SideRule;
  gray: SideRule;
  /** The service tells when the first request of gray fails under this rule. */
  isWatched: boolean;
}

/** Nothing fails. */
export const WELL: SideRule = {errors: 0, unlucky: 0, medianMs: 10};

/** A path that fails on either side: the fault lies in the request, not in the version. */
export const FAILING_PATH = 'report-of-1970';

/** From a test to a service. */
export interface RuleMessage {
  feature: string;
  rule: ServiceRule;
}

/** From a service to a test. Moments are milliseconds since 1970. */
export type ServiceMessage = {type: 'listens'; port: number} | {type: 'failed'; feature: string; at: number};
