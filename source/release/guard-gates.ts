import type {Command} from './command.ts';
import {freezeWords, isFrozen} from './freeze.ts';
import {closedHours} from './raise-hours.ts';
import {type Decision, refuse} from './refusal.ts';
import type {Release} from './state.ts';

/**
 * Refuses a raise while the store is frozen, while the release is disabled, and, by a guard,
 * outside of the raise hours. A person is asked about the hours before the command, and answers for it. Whatever takes
 * exposure away never comes here.
 */
export function raiseGate(
  release: Release | null,
  {by, at, freeze = null}: Pick<Command, 'by' | 'at' | 'freeze'>,
): Decision | null {
  if (freeze !== null && isFrozen(freeze, at))
    return refuse('frozen', freezeWords(freeze), 'wait for its end, or: graydeck freeze lift');
  if (release === null) return null;
  if (release.disabled !== null)
    return refuse('disabled', `${release.version} is disabled: prod for everyone`, 'graydeck enable');
  const closed = by.kind === 'guard' ? closedHours(release.plan.raise, at) : null;
  if (closed === null) return null;
  return refuse('outside-hours', `raises are allowed ${closed.text}`, 'the guard goes on in these hours');
}

/** Refuses a guard's command, because a person must answer for it. `what` completes "only a person ...". */
export function personGate({by}: Command, what: string): Decision | null {
  if (by.kind === 'person') return null;
  return refuse('needs-person', `only a person ${what}`, 'a person must do it by hand');
}

/**
 * Refuses a guard's raise unless the release is rolling and the verdict is `advance`. A person is not
 * checked.
 */
export function verdictGate(release: Release, {by}: Command): Decision | null {
  if (by.kind !== 'guard') return null;
  if (release.state === 'rolling' && release.verdict?.action === 'advance') return null;
  const action = release.verdict?.action ?? 'none';
  return refuse(
    'verdict-against',
    `the verdict is ${action} and the release is ${release.state}`,
    'a guard needs a verdict of advance on a rolling release',
  );
}
