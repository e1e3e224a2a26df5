import {RateLimit} from './rate.ts';

/** How often who may ask: what one of them does keeps no other from it. */
export interface Limits {
  /** By token. */
  clients: RateLimit;
  /** Feedback, by token and address: of a page every visitor has the same token. */
  writers: RateLimit;
  /** Without a token that is known, by address. */
  strangers: RateLimit;
  /** What wants no token, by address. */
  anybody: RateLimit;
}

export function openLimits(): Limits {
  return {
    clients: new RateLimit({burst: 5000, perSecond: 5000}),
    writers: new RateLimit({burst: 60, perSecond: 10}),
    strangers: new RateLimit({burst: 30, perSecond: 1}),
    anybody: new RateLimit({burst: 100, perSecond: 20}),
  };
}
