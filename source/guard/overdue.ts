import {timeWords} from '../analysis/judge/amounts.ts';
import type {Release} from '../release/state.ts';

/** A phase may take this many times its duration, and this much more, before it counts as stuck; milliseconds. */
const TIMES = 2;
const MORE_MS = 600_000;

/**
 * That a phase makes no progress, in words; null while it does. Time a person has ordered (paused, a phase that waits for
 * one) is no lack of progress.
 */
export function overdue(
  {plan, phase, state, phaseEnteredAt, splitChangedAt}: Release,
  now: number,
): string | null {
  const {name, durationMs, manual} = plan.phases[phase] ?? {};
  if (state !== 'rolling' || phaseEnteredAt === null || durationMs === undefined) return null;
  if (durationMs === null || manual === true) return null;
  const isLast = phase === plan.phases.length - 1;
  if (isLast && plan.complete === 'manual') return null;
  // An operator who sets the percentage has looked at the release.
  const sinceMs = now - Math.max(phaseEnteredAt, splitChangedAt);
  if (sinceMs < TIMES * durationMs + MORE_MS) return null;
  return `${name ?? 'the phase'} was to take ${timeWords(durationMs)} and has been there for ${timeWords(sinceMs)}`;
}
