import type {Chance} from './chance.ts';

/** How much traffic launches have, and how much of it gray gets. */
export interface Mix {
  /** Requests of both sides in a second. */
  requestsPerSecond: (chance: Chance) => number;
  /** Gray's part, 0–1. */
  share: (chance: Chance) => number;
}

/**
 * Services of all sizes, 5 to 2000 requests a second, and gray's share from 1 to 50 %. How the share is spread decides how
 * long anybody needs, for it is gray's requests that show what gray is like:
 *
 * - `even`: any share is as likely as another. A judge who knows how bad gray is then needs 7 s for 5 % errors instead of 0.5 %, 1 s
 *   for half, and sees a loss of 5 % of the conversions in 35 % of the launches within half an hour, of 10 % in
 *   58 %: close to the launches that the goals were measured on (7 s, 1 s, 33 %, 53 %).
 * - `thin`: as many launches between 1 and 7 % as between 7 and 50 %. Gray has little, and everybody needs about twice as long.
 */
export const MIXES = {
  even: {
    requestsPerSecond: chance => chance.logBetween(5, 2000),
    share: chance => chance.between(0.01, 0.5),
  },
  thin: {
    requestsPerSecond: chance => chance.logBetween(5, 2000),
    share: chance => chance.logBetween(0.01, 0.5),
  },
} satisfies Record<string, Mix>;
