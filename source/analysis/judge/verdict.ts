import type {VerdictAction} from '../../release/command.ts';
import type {PauseCause, Reason, ReleaseState, Verdict} from '../../release/state.ts';
import {advanceReason, holdReasons} from './hold.ts';
import type {Findings} from './findings.ts';
import type {GuardrailReading} from './guardrails.ts';
import {bothSidesReason, evidenceReason, guardrailReason} from './reasons.ts';
import type {Situation} from './situation.ts';

/** States in which gray serves people and can be taken back. */
const SERVING: ReadonlySet<ReleaseState> = new Set(['rolling', 'paused', 'promoting', 'failed']);

interface Stops {
  rollback: Reason[];
  pause: Reason[];
}

const NO_STOPS: Stops = {rollback: [], pause: []};

/**
 * Weighs what was found: rollback before pause before hold before advance. A paused release still rolls back; what
 * cannot be measured holds and never rolls back; dry runs have no say.
 */
export function verdictOf(situation: Situation, findings: Findings): Verdict {
  const {at} = situation;
  const stops = SERVING.has(situation.state) ? stopReasons(situation, findings) : NO_STOPS;
  const {evidence} = findings;
  const onset = evidence?.direction === 'gray-worse' ? evidence.onset : null;
  const found = (action: VerdictAction, reasons: Reason[]): Verdict => ({
    action,
    reasons,
    at,
    onset: onset === null ? null : onset * 1000,
    footing: evidence?.footing ?? null,
  });
  if (stops.rollback.length > 0) return found('rollback', stops.rollback);
  if (stops.pause.length > 0) return found('pause', stops.pause);
  const held = holdReasons(situation, findings);
  const both = findings.guardrails.filter(reading => isFiring(reading) && reading.isProdSickToo);
  const hold = [...both.map(bothSidesReason), ...held];
  if (hold.length > 0) return found('hold', hold);
  return found('advance', [advanceReason(situation, findings)]);
}

/** Whether a guardrail is on and was measured to be so: missing data never stops a release. */
export function isFiring({guardrail, outcome, isOn, isOverruled}: GuardrailReading): boolean {
  if (!isOn || outcome.kind === 'undecided' || outcome.kind === 'cannot-measure') return false;
  return guardrail.then === 'rollback' || (guardrail.then === 'pause' && !isOverruled);
}

/** What a verdict of `pause` rests on, for the log: a person who resumes overrules these findings and no others. */
export function pauseCauses(situation: Situation, findings: Findings): PauseCause[] {
  const {firing, against} = stopsBy('pause', situation, findings);
  return [
    ...firing.map(({key}): PauseCause => ({kind: 'guardrail', key})),
    ...(against === null ? [] : [{kind: 'evidence', metric: evidenceReason(against).metric} as const]),
  ];
}

function stopReasons(situation: Situation, findings: Findings): Stops {
  const of = (then: 'rollback' | 'pause') => {
    const {firing, against} = stopsBy(then, situation, findings);
    return [
      ...firing.map(reading => guardrailReason('guardrail', reading)),
      ...(against === null ? [] : [evidenceReason(against)]),
    ];
  };
  return {rollback: of('rollback'), pause: of('pause')};
}

/** The guardrails that stop the release in this way now, and evidence, if it does. */
function stopsBy(then: 'rollback' | 'pause', {plan}: Situation, {guardrails, evidence}: Findings) {
  const firing = guardrails.filter(
    reading => reading.guardrail.then === then && isFiring(reading) && !reading.isProdSickToo,
  );
  if (plan.evidence === null || evidence?.decided !== true) return {firing, against: null};
  const {then: planned} = plan.evidence;
  const does = planned === 'rollback' ? evidence.atMost : planned;
  return {firing, against: does === then ? evidence : null};
}
