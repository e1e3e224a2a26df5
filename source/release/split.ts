import type {Rule, WhenStale} from './plan.ts';

/** Whether a value is a percent that a router can express: 0–100, at most two decimals. */
export function isPercent(value: unknown): value is number {
  if (typeof value !== 'number' || !(value >= 0 && value <= 100)) return false;
  // Exact comparison, so that no third decimal reaches a router. -0 would not survive JSON.
  return Math.round(value * 100) / 100 === value && !Object.is(value, -0);
}

/** Percents of one step up or down by hand, for a release without a ramp. */
const RUNGS = [0, 1, 2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100] as const;

/** The percent one step up or down from `percent`, 0–100. */
export function stepFrom(percent: number, direction: 'up' | 'down', stepPercent?: number): number {
  if (stepPercent !== undefined) {
    const moved = direction === 'up' ? percent + stepPercent : percent - stepPercent;
    return Math.round(Math.min(100, Math.max(0, moved)) * 100) / 100;
  }
  if (direction === 'up') return RUNGS.find(rung => rung > percent) ?? 100;
  return RUNGS.findLast(rung => rung < percent) ?? 0;
}

/** A share of an audience: users of `audience` whose bucket lies below `percent` get gray. */
export interface Tier {
  /** Null for everyone. Group names are resolved. */
  audience: Rule | null;
  /** 0–100, at most two decimals. */
  percent: number;
}

/**
 * What a router needs to decide for a user. Derived from state and stored with every commit, so that a router
 * reads only the newest commit.
 */
export interface Split {
  schema: 1;
  feature: string;
  /** The release that it is about; null before the first. */
  release: string | null;
  /** Versions that gray and prod serve; null if unknown. */
  gray: string | null;
  prod: string | null;
  /** Whether any user may get gray. If false, the fields below route no user to gray. */
  live: boolean;
  /** The percent of the newest tier, which the screen shows; 0 if not live. */
  percent: number;
  /** Hashed before the user id. A multiple of 4 bytes, the same for all releases of a feature unless a plan names another. */
  salt: string;
  /** Attribute that is hashed in place of the user id; absent: the id, and the address where there is none. */
  bucketBy?: string;
  /** Newest phase last. Earlier phases stay, so that a raise never takes gray from a user. */
  tiers: Tier[];
  include: {users: string[]; rules: Rule[]};
  deny: string[];
  forced: {headers: string[]; cookies: string[]};
  whenStale: WhenStale;
  /** Milliseconds without a written report after which a router does what `whenStale` says. */
  staleAfterMs: number;
  /** Newest releases that were rolled back. A router never serves their gray again. */
  rolledBack: string[];
}

/** Milliseconds without a written report until a router is stale (promise 3 of the design). */
export const STALE_AFTER_MS = 15_000;
