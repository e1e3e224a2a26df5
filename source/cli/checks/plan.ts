import type {HookName, Plan} from '../../release/plan.ts';
import {doubt, type Finding} from './finding.ts';

const CHECK = 'plan';

/** Hooks without the one that belongs to them, and what that means. */
const PAIRS: readonly {has: HookName; lacks: HookName; means: string}[] = [
  {
    has: 'promote',
    lacks: 'verify',
    means: 'prod is taken for healthy as soon as promote ends with 0',
  },
  {
    has: 'promote',
    lacks: 'demote',
    means: 'a rollback after promotion cannot bring the older version back to prod',
  },
  {has: 'deploy', lacks: 'stop', means: 'gray goes on running after a rollback'},
  {has: 'restore', lacks: 'backup', means: 'restore does not get a backup to restore'},
];

/** Parts that a complete plan probably lacks by mistake. Pure. */
export function checkPlan({hooks}: Pick<Plan, 'hooks'>): Finding[] {
  return PAIRS.filter(({has, lacks}) => hooks[has] !== undefined && hooks[lacks] === undefined).map(
    ({has, lacks, means}) =>
      doubt(
        CHECK,
        `there is a ${has} hook and no ${lacks} hook: ${means}`,
        `hooks: {${lacks}: [program, …]}`,
      ),
  );
}
