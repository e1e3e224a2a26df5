import type {Command} from './command.ts';
import {freezeWords, isFrozen} from './freeze.ts';
import {closedHours} from './raise-hours.ts';
import {refuse, type Decision} from './refusal.ts';
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
