import type {Plan, Rule} from './plan.ts';
import {STALE_AFTER_MS, type Split, type Tier} from './split.ts';
import type {Release, State} from './state.ts';
import {own} from './name.ts';

/**
 * Replaces named groups by their rules, so that a router needs no plan. An unknown group matches no user.
 * Groups never contain themselves here, because no plan with such a group is started or read from a log.
 */
function resolveGroups(rule: Rule, groups: Plan['groups']): Rule {
  if ('group' in rule) {
    const group = own(groups, rule.group);
    return group === undefined ? {any: []} : resolveGroups(group, groups);
  }
  if ('all' in rule) return {all: rule.all.map(part => resolveGroups(part, groups))};
  if ('any' in rule) return {any: rule.any.map(part => resolveGroups(part, groups))};
  if ('not' in rule) return {not: resolveGroups(rule.not, groups)};
  return rule;
}

/** Whether any user may get gray: from the first phase until the promotion moves traffic to prod. */
export function hasGrayRoute(release: Release | null): release is Release {
  if (release === null || release.phase < 0 || release.disabled !== null) return false;
  switch (release.state) {
    case 'rolling':
    case 'paused':
    case 'promoting':
    case 'failed':
      return !release.steps.some(step => step.name === 'traffic-to-prod' && step.attempts > 0);
    case 'deploying':
    case 'rolling_back':
    case 'completed':
    case 'rolled_back':
      return false;
  }
}

/** One tier for each audience entered so far. Earlier audiences keep the percent that they had reached. */
function tiersOf(release: Release): Tier[] {
  if (release.state === 'promoting' || release.state === 'failed') return [{audience: null, percent: 100}];
  const entered = release.plan.phases.slice(0, release.phase + 1);
  const tiers = entered.map((phase, index) => ({
    audience: phase.audience === null ? null : resolveGroups(phase.audience, release.plan.groups),
    percent: index === release.phase ? release.percent : keptBy(release, index, phase.percent),
  }));
  const isCovered = (tier: Tier, index: number) =>
    tiers.some(
      (later, laterIndex) =>
        laterIndex > index &&
        later.percent >= tier.percent &&
        (later.audience === null || JSON.stringify(later.audience) === JSON.stringify(tier.audience)),
    );
  return tiers.filter((tier, index) => !isCovered(tier, index));
}

function keptBy(release: Release, phase: number, percent: number): number {
  return release.left.findLast(one => one.phase === phase)?.percent ?? Math.min(percent, release.percent);
}

function includeOf(release: Release): Split['include'] {
  const entered = release.plan.phases.slice(0, release.phase + 1);
  const denied = new Set(release.deny);
  const users = [...entered.flatMap(phase => phase.include.users), ...release.include];
  const rules = entered.flatMap(phase =>
    phase.include.rules.map(rule => resolveGroups(rule, release.plan.groups)),
  );
  return {
    users: [...new Set(users)].filter(user => !denied.has(user)),
    rules: [...new Map(rules.map(rule => [JSON.stringify(rule), rule])).values()],
  };
}

/**
 * The text that is hashed before a user id. A multiple of 4 bytes, so that the hash state after the salt can
 * be kept. It depends on the feature alone, unless a plan names another text, so that a user stays on the same side in later releases.
 */
export function saltOf(text: string): string {
  const name = `${text}:`;
  return name.padEnd(Math.ceil(name.length / 4) * 4, '.');
}

/** Derives the split of a state. Pure: replay must reproduce every stored split. */
export function deriveSplit(state: State): Split {
  const {release} = state;
  const base = {
    schema: 1,
    feature: state.feature,
    release: release?.id ?? null,
    prod: state.prodVersion ?? release?.over ?? null,
    salt: saltOf(release?.plan.salt ?? state.feature),
    ...(release?.plan.bucketBy === undefined ? {} : {bucketBy: release.plan.bucketBy}),
    forced: {headers: release?.plan.forced.headers ?? [], cookies: release?.plan.forced.cookies ?? []},
    staleAfterMs: STALE_AFTER_MS,
    rolledBack: state.rolledBack,
  } as const;
  if (!hasGrayRoute(release)) {
    return {
      ...base,
      gray: null,
      live: false,
      percent: 0,
      tiers: [],
      include: {users: [], rules: []},
      deny: [],
      whenStale: 'prod',
    };
  }
  const tiers = tiersOf(release);
  const {percent, audience} = tiers.at(-1) ?? {percent: 0, audience: null};
  const isEveryone = percent >= 100 && audience === null;
  return {
    ...base,
    gray: release.version,
    live: true,
    percent,
    tiers,
    include: includeOf(release),
    deny: release.deny,
    // At 100 % of everyone, prod may be under change by the promotion, so stale routers keep gray unless the
    // plan says otherwise.
    whenStale:
      release.plan.phases[release.phase]?.whenStale ?? (isEveryone ? 'keep' : release.plan.whenStale),
  };
}
