import type {Split} from '../release/split.ts';

/** The split of a feature without a gray route: what a router does that was told, or has to believe, that gray is taken back. */
export function prodForEveryone(split: Split): Split {
  return {
    ...split,
    gray: null,
    live: false,
    percent: 0,
    tiers: [],
    include: {users: [], rules: []},
    deny: [],
    whenStale: 'prod',
  };
}
