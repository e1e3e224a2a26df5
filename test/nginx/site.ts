import type {EdgeSite} from '../../source/audience/latch.ts';
import type {Split} from '../../source/release/split.ts';
import {saltOf} from '../../source/release/derive-split.ts';

/** A split of a live release, with what a test is about. */
export function splitOf(feature: string, more: Partial<Split> = {}): Split {
  return {
    schema: 1,
    feature,
    release: 'r-1',
    gray: 'v2',
    prod: 'v1',
    live: true,
    percent: 10,
    salt: saltOf(feature),
    tiers: [{audience: null, percent: 10}],
    include: {users: [], rules: []},
    deny: [],
    forced: {headers: ['x-gray-release', 'x-gray-flag'], cookies: ['gray_release', 'gray_user']},
    whenStale: 'prod',
    staleAfterMs: 15_000,
    rolledBack: [],
    ...more,
  };
}

export function siteOf(features: readonly string[], more: Partial<EdgeSite> = {}): EdgeSite {
  const pair = {prod: 'app_prod', gray: 'app_gray', variable: null};
  return {
    user: {header: 'x-user-id'},
    attributes: {
      country: {header: 'x-country'},
      user_type: {header: 'x-user-type'},
      level: {cookie: 'level'},
    },
    features: Object.fromEntries(features.map(feature => [feature, pair])),
    probe: {host: '127.0.0.1', port: 9},
    ...more,
  };
}

export const splitsOf = (...splits: Split[]): Map<string, Split> =>
  new Map(splits.map(split => [split.feature, split]));

/** Text as the bytes that go over the wire, one letter a byte. */
export const wire = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
