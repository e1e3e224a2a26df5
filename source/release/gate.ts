import {phaseHookOf} from './phase-change.ts';
import type {Reason, Release, Step} from './state.ts';
import {stepDue} from './step.ts';

/** After this time a gate that stays closed raises an alert, unless the plan says otherwise. */
const REMIND_MS = 30 * 60_000;

/** A gate of a phase that is asked now and has not opened. */
export interface ClosedGate {
  step: Step;
  /** Name of the phase that is left once it opens. */
  phase: string;
  /** Since when it is asked, milliseconds since 1970. */
  since: number;
  /** The last words of the gate; empty: it has said nothing. */
  words: string;
  remindMs: number;
}

/** The gate that a release waits for; null if it waits for none. */
export function closedGate(release: Release): ClosedGate | null {
  const {opening, plan} = release;
  const step = opening === null ? null : stepDue(release);
  if (opening === null || step?.name !== 'confirm') return null;
  const found = phaseHookOf(release, step);
  const phase = plan.phases[found?.phase ?? -1];
  return {
    step,
    phase: phase?.name ?? '',
    since: opening.since,
    words: step.words ?? '',
    remindMs: phase?.confirm?.remindMs ?? REMIND_MS,
  };
}

/** The alert that is due about a gate; null if none is. The guard and the process that asks the gate raise the same one. */
export function gateAlert(
  release: Release,
  at: number,
): {key: string; level: 'warning'; message: string; cause: Reason} | null {
  const gate = closedGate(release);
  if (gate === null || at - gate.since < gate.remindMs) return null;
  const cause = gateReason(gate, at);
  return {key: gateKey(release, gate.step), level: 'warning', message: cause.text, cause};
}

/** Alerts of this key are resolved by a guard once the gate is open. */
export function gateKey({id}: Pick<Release, 'id'>, {id: step}: Pick<Step, 'id'>): string {
  return `guard gate ${id} ${step}`;
}

/** A closed gate as a reason of the verdict; `value` is the time in seconds, `metric` holds the name of the phase. */
export function gateReason({phase, since, words}: ClosedGate, at: number): Reason {
  const seconds = Math.max(0, Math.floor((at - since) / 1000));
  const said = words === '' ? '' : `: ${words}`;
  return {
    code: 'gate_closed',
    metric: null,
    value: seconds,
    threshold: null,
    samples: null,
    windowSeconds: null,
    text: `the gate of ${phase} has not opened for ${timeOf(seconds)}${said}`,
  };
}

function timeOf(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
