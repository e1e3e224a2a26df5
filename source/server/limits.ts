import {RateLimit} from './rate.ts';

/** Rate limits. Each client is limited alone, so that no client delays another. */
export interface Limits {
  /** Requests with a token, by token. */
  clients: RateLimit;
  /** Feedback, by token and address, because all visitors of a page share its token. */
  writers: RateLimit;
  /** Requests without a known token, by address. */
  strangers: RateLimit;
  /** Paths that need no token, by address. */
  open: RateLimit;
}

export function openLimits(): Limits {
  return {
    clients: new RateLimit({burst: 5000, perSecond: 5000}),
    writers: new RateLimit({burst: 60, perSecond: 10}),
    strangers: new RateLimit({burst: 30, perSecond: 1}),
    open: new RateLimit({burst: 100, perSecond: 20}),
  };
}
