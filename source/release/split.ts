import type {Rule, WhenStale} from './plan.ts';

/** A share of an audience: users of `audience` whose bucket lies below `percent` get gray. */
export interface Tier {
  /** null: everyone. Group names are already resolved. */
  audience: Rule | null;
  /** 0–100, at most two decimals. */
  percent: number;
}

/**
 * All a router needs to decide for one user. Derived from state, stored with every commit, so that a router
 * reads the newest commit and never folds the log.
 */
export interface Split {
  schema: 1;
  feature: string;
  /** The release it speaks of; null before the first. */
  release: string | null;
  /** Version that gray serves, and the one prod serves; null where unknown. */
  gray: string | null;
  prod: string | null;
  /** Whether anybody may get gray at all. When false nothing below routes to gray. */
  live: boolean;
  /** The percentage people see: that of the newest tier. 0 when not live. */
  percent: number;
  /** Put before the user id when hashing; a multiple of four bytes, each feature's own and the same for all its releases. */
  salt: string;
  /** Newest phase last. Earlier phases stay, so that raising never takes gray from anyone. */
  tiers: Tier[];
  include: {users: string[]; rules: Rule[]};
  deny: string[];
  forced: {headers: string[]; cookies: string[]};
  whenStale: WhenStale;
  /** A router that could not write its report for this long does what `whenStale` says, in milliseconds. */
  staleAfterMs: number;
  /** Newest releases that were rolled back: a router never serves their gray again. */
  rolledBack: string[];
}

/** See the design, promise 3. */
export const STALE_AFTER_MS = 15_000;
