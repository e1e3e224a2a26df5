import type {Stamp} from './command.ts';
import type {Event} from './event.ts';
import type {Hook, Phase} from './plan.ts';
import {raiseGate} from './guard-gates.ts';
import {accept, already, refuse, type Decision} from './refusal.ts';
import type {Opening, Release, Step, StepName} from './state.ts';
import {newStep, stepDue, stepsOf} from './step.ts';

/**
 * Moves a release from its phase into phase `to`: at once, or after the hooks of both phases. `to` is an
 * index of `plan.phases`; the number of phases means promotion. A person who gives a reason overrules the
 * confirm gate.
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
    // The hooks have ended, and the move has waited for a verdict.
    if (due === null) return accept(arrival(release, opening, at));
    // A reason overrules the gate, which runs first. Hooks that have begun are not started again.
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
  // After a pause the hooks run again. The steps of the first try keep their outcomes.
  const before = release.steps.filter(({run}) => run === 'phase').map(({id}) => id);
  const steps = names.map(name =>
    newStep({id: freeId(`phase-${to + 1}.${name}`, before), run: 'phase', name}),
  );
  return accept({type: 'phase-opening', release: release.id, to, left, wantedBy: by.kind, steps});
}

/**
 * The events after the last hook of a move has ended. A move waits while the store is frozen; one that a guard wanted also
 * while its verdict says otherwise, or outside of the raise hours.
 */
export function hooksDone(release: Release, {by, at, freeze}: Stamp): Event[] {
  const {opening, verdict} = release;
  if (opening === null) return [];
  const isGuards = opening.wantedBy === 'guard';
  const isBarred = raiseGate(release, {by: {...by, kind: opening.wantedBy}, at, freeze: freeze ?? null});
  if (isBarred !== null || (isGuards && verdict?.action !== 'advance')) return [];
  return [arrival(release, opening, at)];
}

function arrival(release: Release, {to, left}: Pick<Opening, 'to' | 'left'>, at: number): Event {
  const phase = release.plan.phases[to];
  return phase === undefined
    ? {type: 'promotion-started', release: release.id, steps: stepsOf('promotion', release.plan, at)}
    : {type: 'phase-entered', release: release.id, phase: to, percent: percentInto(release, phase), left};
}

/** The hook of a phase step, and the index of its phase; null if the step belongs to no phase. */
export function phaseHookOf(
  {plan, phase, opening}: Release,
  {name}: Pick<Step, 'name'>,
): {hook: Hook | undefined; phase: number} | null {
  switch (name) {
    case 'before': {
      // Before the first phase, deployment leads into it.
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
 * Percent on entering a phase. A percent that was raised by hand is kept if the next audience is no wider:
 * 100 % of internal testers must not become 100 % of everyone.
 */
function percentInto(release: Release, phase: Phase): number {
  const audience = release.plan.phases[release.phase]?.audience ?? null;
  const isKept = audience === null || JSON.stringify(audience) === JSON.stringify(phase.audience);
  return isKept ? Math.max(phase.percent, release.percent) : phase.percent;
}
