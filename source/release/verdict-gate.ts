import type {Command} from './command.ts';
import {refuse, type Decision} from './refusal.ts';
import type {Release} from './state.ts';

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
