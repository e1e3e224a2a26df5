import type {AlertLevel} from '../../release/plan.ts';
import type {Reason} from '../../release/state.ts';
import type {EvidenceReading} from '../evidence/reading.ts';
import type {Loudest} from '../windows/instances.ts';
import type {CriterionReading} from './criteria.ts';
import type {GuardrailReading} from './guardrails.ts';
import type {Judgement} from './judge.ts';
import {bothSidesReason, evidenceReason, guardrailReason, ratioReason} from './reasons.ts';
import type {Situation} from './situation.ts';
import {isFiring} from './verdict.ts';

/** A judgement, and what it is about: of another release or split it says nothing. */
export interface Judged {
  release: string;
  /** When the split began that was judged, the store's clock. */
  since: number;
  judgement: Judgement;
}

/** What was judged of this release and its split; null: nothing, or it was another release, or before the split changed. */
export function judgementOf(
  judged: Judged | null,
  release: {id: string; splitChangedAt: number} | null,
): Judgement | null {
  const isOurs = judged?.release === release?.id && judged?.since === release?.splitChangedAt;
  return isOurs ? (judged?.judgement ?? null) : null;
}

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

/** Gray's share of the eligible requests against what the split asks for. */
export interface RatioReading {
  /** Percent, of late; null without requests. */
  observed: number | null;
  /** Percent that is still chance, from and to; null where the split says nothing. */
  expected: {low: number; high: number} | null;
  /** What was counted of late: people where they are known, else requests. */
  requests: number;
  by: 'people' | 'requests';
  windowSeconds: number;
  /** It is not what the split asks for. */
  isOff: boolean;
}

/** Whether anything is heard of a side. */
export interface Hearing {
  /** Age of the newest data, milliseconds; null when nothing was heard for minutes. */
  ageMs: number | null;
  isSilent: boolean;
}

/** All that was found at a look, before it is weighed. */
export interface Findings {
  guardrails: GuardrailReading[];
  /** Of the phase that runs. */
  criteria: CriterionReading[];
  ratio: RatioReading;
  gray: Hearing;
  /** An instance of gray that outshouts all others; null: none does. */
  shouting: Loudest | null;
  prod: Hearing;
  evidence: EvidenceReading | null;
}
