import type {Judgement} from '../../../analysis/judge/judge.ts';
import type {GuardrailReading} from '../../../analysis/judge/guardrails.ts';
import {
  bothSidesReason,
  criterionReason,
  guardrailReason,
  type ReasonCode,
} from '../../../analysis/judge/reasons.ts';
import type {Outcome} from '../../../analysis/judge/outcome.ts';
import type {Reason} from '../../../release/state.ts';

/** Codes that say no more than that time or a person is waited for: nothing is wrong with gray. */
const BENIGN: ReadonlySet<string> = new Set<ReasonCode>([
  'phase_time',
  'manual_gate',
  'gate_closed',
  'raise_hours',
  'open_phase',
  'equal_sides',
  'complete_by_hand',
  'phase_served',
  'advance_early',
  'paused',
  'deploying',
  'promoting',
  'over',
]);
const SILENCE: ReadonlySet<string> = new Set<ReasonCode>(['no_data', 'no_prod_data']);
const OF_SILENCE: ReadonlySet<string> = new Set(['stale', 'no-data', 'no-prod']);

export function isBenign({code}: Pick<Reason, 'code'>): boolean {
  return BENIGN.has(code);
}

/** What a guardrail or criterion named by a reason has come to; null where none is named, or it is not known here. */
export function outcomeOf({code, text}: Reason, judgement: Judgement | null): Outcome | null {
  if (judgement === null) return null;
  const {guardrails, criteria} = judgement;
  // The judge wrote the reason from one of these readings, in these words.
  const named = code as ReasonCode;
  return (
    guardrails.find(reading => wordsOf(named, reading) === text)?.outcome ??
    criteria.find(reading => criterionReason(reading).text === text)?.outcome ??
    null
  );
}

function wordsOf(code: ReasonCode, reading: GuardrailReading): string {
  return (code === 'both_sides' ? bothSidesReason(reading) : guardrailReason(code, reading)).text;
}

/** Reasons that keep a release where it is or take it back. What only follows from a silence is not told beside it. */
export function weighty(reasons: readonly Reason[], judgement: Judgement | null): Reason[] {
  const all = reasons.filter(reason => !isBenign(reason));
  const silence = all.filter(({code}) => SILENCE.has(code));
  if (silence.length === 0) return all;
  const others = all.filter(reason => {
    const outcome = outcomeOf(reason, judgement);
    return !SILENCE.has(reason.code) && !(outcome?.kind === 'cannot-measure' && OF_SILENCE.has(outcome.why));
  });
  return [...silence, ...others];
}

/** Metrics that the verdict speaks of, where to look: those with a limit, the weightiest first, and those of evidence. */
export function metricsToSee(judgement: Judgement | null): {byLimit: string[]; byEvidence: string[]} {
  const found: {byLimit: string[]; byEvidence: string[]} = {byLimit: [], byEvidence: []};
  if (judgement === null) return found;
  for (const {code, metric} of weighty(judgement.verdict.reasons, judgement)) {
    if (metric === null) continue;
    const plain = metric.replace(/_improvement$/u, '');
    // Evidence compares response times as a whole; p95 shows best what is slow.
    if (code === 'evidence_slow') found.byEvidence.push('response_time_p95');
    else if (code === 'evidence') found.byEvidence.push(plain);
    else found.byLimit.push(plain === 'response_time_avg' ? 'response_time' : plain);
  }
  return found;
}
