import type {Split} from '../../source/release/split.ts';

/** Whether any user may get gray. */
export function exposesUsers({live, tiers, include}: Split): boolean {
  return live && (tiers.some(({percent}) => percent > 0) || include.users.length + include.rules.length > 0);
}

/**
 * Whether any user may get gray after the change who could not before. Forced routing needs only a live
 * split.
 */
export function isRaise(before: Split, after: Split): boolean {
  if (!after.live) return false;
  if (!before.live) return true;
  if (before.release !== after.release) return true;
  const isCovered = (tier: Split['tiers'][number]) =>
    tier.percent === 0 ||
    before.tiers.some(
      old =>
        old.percent >= tier.percent && (old.audience === null || json(old.audience) === json(tier.audience)),
    );
  const rules = new Set(before.include.rules.map(json));
  return !(
    after.tiers.every(isCovered) &&
    after.include.users.every(user => before.include.users.includes(user)) &&
    after.include.rules.every(rule => rules.has(json(rule))) &&
    before.deny.every(user => after.deny.includes(user))
  );
}

function json(value: unknown): string {
  return JSON.stringify(value);
}
