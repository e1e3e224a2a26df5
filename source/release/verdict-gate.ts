import type {Command} from './command.ts';
import {refuse, type Decision} from './refusal.ts';
import type {Release} from './state.ts';

/** What no verdict allows, because somebody has to answer for it. `what` completes "only a person ...". */
export function personGate({by}: Command, what: string): Decision | null {
  if (by.kind === 'person') return null;
  return refuse('needs-person', `only a person ${what}`, 'somebody who looks at it, and does it by hand');
}

/** A guard raises exposure only on a verdict that says so, and only while rolling; a person answers for themselves. */
export function verdictGate(release: Release, {by}: Command): Decision | null {
  if (by.kind !== 'guard') return null;
  if (release.state === 'rolling' && release.verdict?.action === 'advance') return null;
  const action = release.verdict?.action ?? 'none';
  return refuse(
    'verdict-against',
    `the verdict is ${action}, the release ${release.state}`,
    'a verdict of advance while rolling',
  );
}
