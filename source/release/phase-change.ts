import type {Stamp} from './command.ts';
import type {Event} from './event.ts';
import type {Hook, Phase} from './plan.ts';
import {accept, already, refuse, type Decision} from './refusal.ts';
import type {Opening, Release, Step, StepName} from './state.ts';
import {newStep, stepDue, stepsOf} from './step.ts';

/**
 * The way from the phase at hand into another: at once, or by the hooks of both first. `to`: an index of the plan's
 * phases, or their number for the promotion after the last. A person who gives a reason answers for the gate.
 */
export function leavePhase(
  release: Release,
  {to, left}: Pick<Opening, 'to' | 'left'>,
  {by, at, reason = ''}: Stamp,
): Decision {
  const isConfirmed = by.kind === 'person' && reason.trim() !== '';
  const {plan, phase, opening} = release;
  if (opening?.to === to) {
    const due = stepDue(release);
    // Its hooks are done, and it has waited for a verdict.
    if (due === null) return accept(arrival(release, opening, at));
    // A reason passes the gate, which is asked first; hooks on the way are not begun once more.
    if (!isConfirmed || due.name !== 'confirm') return already('already-so');
  }
  const from = plan.phases[phase];
  const names: StepName[] = [
    ...(from?.confirm === undefined || isConfirmed ? [] : (['confirm'] as const)),
    ...(from?.after === undefined ? [] : (['after'] as const)),
    ...(plan.phases[to]?.before === undefined ? [] : (['before'] as const)),
  ];
  if (names.length === 0) return accept(arrival(release, {to, left}, at));
  if (release.state !== 'rolling')
    return refuse('wrong-state', `${release.version} is paused, and hooks come first`, 'resume it first');
  // Once more after a pause: the steps of the first time stay as they ended.
  const before = release.steps.filter(({run}) => run === 'phase').map(({id}) => id);
  const steps = names.map(name =>
    newStep({id: freeId(`phase-${to + 1}.${name}`, before), run: 'phase', name}),
  );
  return accept({type: 'phase-opening', release: release.id, to, left, wantedBy: by.kind, steps});
}

/** What follows once the last hook on the way is done. What a guard wanted waits while its verdict says otherwise. */
export function hooksDone(release: Release, at: number): Event[] {
  const {opening, verdict} = release;
  const isWaiting = opening?.wantedBy === 'guard' && verdict?.action !== 'advance';
  return opening === null || isWaiting ? [] : [arrival(release, opening, at)];
}

function arrival(release: Release, {to, left}: Pick<Opening, 'to' | 'left'>, at: number): Event {
  const phase = release.plan.phases[to];
  return phase === undefined
    ? {type: 'promotion-started', release: release.id, steps: stepsOf('promotion', release.plan, at)}
    : {type: 'phase-entered', release: release.id, phase: to, percent: percentInto(release, phase), left};
}

/** The hook that does a step of a phase, and the index of the phase it is about; null: it is no such step. */
export function phaseHookOf(
  {plan, phase, opening}: Release,
  {name}: Pick<Step, 'name'>,
): {hook: Hook | undefined; phase: number} | null {
  switch (name) {
    case 'before': {
      // Before the first phase, deployment is the way into it.
      const into = opening?.to ?? Math.max(0, phase);
      return {hook: plan.phases[into]?.before, phase: into};
    }
    case 'after':
      return {hook: plan.phases[phase]?.after, phase};
    case 'confirm':
      return {hook: plan.phases[phase]?.confirm, phase};
    default:
      return null;
  }
}

function freeId(id: string, taken: readonly string[]): string {
  let free = id;
  for (let count = 2; taken.includes(free); count++) free = `${id}-${count}`;
  return free;
}

/**
 * A percentage that was raised by hand is kept where the next phase is for no wider audience. For a wider one it is not:
 * all of the internal testers must not become all of everyone.
 */
function percentInto(release: Release, phase: Phase): number {
  const audience = release.plan.phases[release.phase]?.audience ?? null;
  const isKept = audience === null || JSON.stringify(audience) === JSON.stringify(phase.audience);
  return isKept ? Math.max(phase.percent, release.percent) : phase.percent;
}
