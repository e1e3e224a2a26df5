import type {Split} from '../release/split.ts';
import {boundaryOf, bucketer} from './bucket.ts';
import {compileRule, type CustomRules, type User} from './rule.ts';

export type {CustomRules, User} from './rule.ts';

/**
 * Why a user is where he is, in the order of precedence: no release is live; forced by header or cookie; on the list of
 * those who never get gray; on a list, or in a group, that always does; outside the audience; nothing to hash (neither id nor address,
 * or no such attribute); by percent.
 */
export type Why = 'not-live' | 'forced' | 'denied' | 'included' | 'outside' | 'anonymous' | 'percent';

/** Where a user goes, and why. */
export interface Placement {
  side: 'prod' | 'gray';
  reason: Why;
  cohort: 'eligible' | 'chosen' | 'outside';
}

/** Answers for one user. `key`: what is hashed and looked up in lists, where it is not the id. */
export type Place<T> = (user: User, now: number, forced?: 'prod' | 'gray', key?: string) => T;

/**
 * Reads a split once, then answers for any number of users. `now` (milliseconds) is what dates are compared with; any
 * number will do while no rule compares dates. `as` makes what is answered, once for each answer there can be, so that
 * an answer costs no memory.
 */
export function placer(split: Split, custom?: CustomRules): Place<Placement>;
export function placer<T>(split: Split, custom: CustomRules, as: (placement: Placement) => T): Place<T>;
export function placer(
  split: Split,
  custom: CustomRules = {},
  as: (placement: Placement) => unknown = Object.freeze,
): Place<unknown> {
  const answer = (side: Placement['side'], reason: Why, cohort: Placement['cohort']) =>
    as({side, reason, cohort});
  const notLive = answer('prod', 'not-live', 'eligible');
  if (!split.live) return () => notLive;

  const forcedGray = answer('gray', 'forced', 'chosen');
  const forcedProd = answer('prod', 'forced', 'chosen');
  const denied = answer('prod', 'denied', 'chosen');
  const included = answer('gray', 'included', 'chosen');
  const outside = answer('prod', 'outside', 'outside');
  const anonymous = answer('prod', 'anonymous', 'outside');
  const inByPercent = answer('gray', 'percent', 'eligible');
  const outByPercent = answer('prod', 'percent', 'eligible');

  const never = new Set(split.deny);
  const always = new Set(split.include.users);
  const rules = split.include.rules.map(rule => compileRule(rule, custom));
  const tiers = split.tiers.map(({audience, percent}) => ({
    fits: audience === null ? null : compileRule(audience, custom),
    boundary: boundaryOf(percent),
  }));
  const bucketFor = bucketer(split.salt);
  const {bucketBy} = split;

  return (user, now, forced, key = keyOf(user)) => {
    if (forced !== undefined) return forced === 'gray' ? forcedGray : forcedProd;
    if (never.size > 0 && never.has(key)) return denied;
    if (always.size > 0 && always.has(key)) return included;
    for (const fits of rules) if (fits(user, now)) return included;
    // Of the shares of all audiences a user is in, the greatest counts.
    let boundary = -1;
    for (const tier of tiers) {
      if (tier.boundary > boundary && (tier.fits === null || tier.fits(user, now))) boundary = tier.boundary;
    }
    if (boundary < 0) return outside;
    if (boundary > 0xffffffff) return inByPercent;
    const unit = bucketBy === undefined ? key : textOf(user[bucketBy]);
    if (unit === '') return anonymous;
    return bucketFor(unit) < boundary ? inByPercent : outByPercent;
  };
}

/** What is hashed of a user: the attribute that the split names, else the key; empty where there is neither. */
export function unitOf(split: Pick<Split, 'bucketBy'>, user: User, address = ''): string {
  return split.bucketBy === undefined ? keyOf(user, address) : textOf(user[split.bucketBy]);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : '';
}

/** A user's id as text; the address where there is none; empty where there is neither. */
export function keyOf({id}: User, address = ''): string {
  if (typeof id === 'string') return id === '' ? address : id;
  return typeof id === 'number' || typeof id === 'bigint' ? String(id) : address;
}
