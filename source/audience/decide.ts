import type {Split} from '../release/split.ts';
import {sentReader} from './as-sent.ts';
import {forcedReader, type Asked} from './forced.ts';
import {keyOf, placer, type Placement} from './place.ts';
import {comparedTextsOf, comparesDates, type CustomRules, type User} from './rule.ts';

/**
 * How far a router may go by the split it has. `stale`: it may not hold any more, and the phase says prod
 * then. `rolled-back`: its release was seen taken back before. `unknown`: it has none yet.
 */
export type Standing = 'fresh' | 'stale' | 'rolled-back' | 'unknown';

/** Where a user goes. Users with the same answer get the same object, as long as the split holds. */
export interface Decision {
  readonly side: Placement['side'];
  /** Beside those of a placement and of a standing: `fault`, where what was given cannot be used. */
  readonly reason: Placement['reason'] | Exclude<Standing, 'fresh'> | 'fault';
  readonly cohort: Placement['cohort'];
  /** Version of the log whose split this was decided on; 0 before any is known. */
  readonly version: number;
  /** The release it was decided for; null without one. */
  readonly release: string | null;
}

/** The reason of a decision in the words of OpenFeature. */
export const FLAG_REASONS: Readonly<Record<Decision['reason'], string>> = {
  percent: 'SPLIT',
  forced: 'TARGETING_MATCH',
  denied: 'TARGETING_MATCH',
  included: 'TARGETING_MATCH',
  outside: 'TARGETING_MATCH',
  anonymous: 'DEFAULT',
  'not-live': 'DISABLED',
  'rolled-back': 'DISABLED',
  stale: 'STALE',
  unknown: 'ERROR',
  fault: 'ERROR',
};

/** Decides for one user. `now`: milliseconds since 1970, for rules that compare dates. */
export type Decide = (user: User, now: number, asked?: Asked) => Decision;

/**
 * The one decision of every router: precedence of the contract, standing first. Reads the split once; an answer
 * then takes no memory.
 */
export function decider(
  {split, version}: {split: Split; version: number},
  standing: Standing = 'fresh',
  custom: CustomRules = {},
): Decide {
  const {release} = split;
  if (standing !== 'fresh' && (split.live || standing === 'unknown')) {
    const answer: Decision = Object.freeze({
      side: 'prod',
      reason: standing,
      // No user is on a side by percent now, so measurements must not compare these users with the others.
      cohort: 'outside',
      version,
      release,
    });
    return () => answer;
  }
  const place = placer(split, custom, (placement): Decision =>
    Object.freeze({...placement, version, release}),
  );
  const forcedBy = forcedReader(split.forced);
  const compared = comparedTextsOf(split);
  const asSent = sentReader(split.bucketBy === undefined ? compared : [...compared, split.bucketBy]);
  return (user, now, asked) => {
    if (asked === undefined) return place(user, now);
    const sent = asSent(user, asked);
    return place(sent, now, forcedBy(asked), keyOf(sent, asked.address));
  };
}

/** Whether decisions by this split depend on the time. */
export function dependsOnTime({tiers, include}: Split): boolean {
  return (
    tiers.some(({audience}) => audience !== null && comparesDates(audience)) ||
    include.rules.some(comparesDates)
  );
}
