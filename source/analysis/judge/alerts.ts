import type {AlertLevel} from '../../release/plan.ts';
import type {Reason} from '../../release/state.ts';
import type {Findings} from './findings.ts';
import {bothSidesReason, evidenceReason, guardrailReason, ratioReason} from './reasons.ts';
import {isFiring} from './verdict.ts';
import type {Situation} from './situation.ts';

/** An alert that ought to be open. One that is open, has a key of the judge and is not among these is over. */
export interface DueAlert {
  /** Alerts with one key are one alert with a life. */
  key: string;
  level: AlertLevel;
  message: string;
  /** The same as a code with numbers, for other languages; absent if there is no code for it. */
  cause?: Reason;
}

/** Every key of the judge begins so: what it did not raise it does not resolve. */
export const JUDGE_KEY = 'judge ';

/** The alerts that ought to be open after a look. */
export function dueAlerts({percent}: Situation, findings: Findings): DueAlert[] {
  const {guardrails, ratio, evidence} = findings;
  const due: DueAlert[] = [];
  const put = (key: string, level: AlertLevel, cause: Reason) =>
    due.push({key: `${JUDGE_KEY}${key}`, level, message: cause.text, cause});
  for (const reading of guardrails)
    if (reading.isOn && reading.guardrail.then !== 'advance')
      put(reading.key, reading.guardrail.level, guardrailReason('guardrail', reading));
  const both = guardrails.find(reading => isFiring(reading) && reading.isProdSickToo);
  if (both !== undefined) put('both_sides', 'critical', bothSidesReason(both));
  if (evidence?.decided === true) put('evidence', 'critical', evidenceReason(evidence));
  if (ratio.isOff) put('sample_ratio', 'warning', ratioReason(ratio, percent));
  return due;
}
