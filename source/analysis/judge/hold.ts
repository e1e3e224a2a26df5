import {closedHours} from '../../release/raise-hours.ts';
import type {Reason} from '../../release/state.ts';
import {amount, timeWords} from '../../text/amounts.ts';
import {earlierUnmet, unmet} from './criteria.ts';
import type {Findings, Hearing} from './findings.ts';
import type {GuardrailReading} from './guardrails.ts';
import {
  aheadReason,
  criterionReason,
  guardrailReason,
  ratioReason,
  reason,
  shoutingReason,
} from './reasons.ts';
import type {Situation} from './situation.ts';

/** Everything that keeps a release where it is, the weightiest first; empty: it may go on. */
export function holdReasons(situation: Situation, findings: Findings): Reason[] {
  const standing = stateReason(situation);
  if (standing !== null && situation.state === 'deploying') return [standing];
  return [
    ...guardReasons(findings.guardrails),
    ...dataReasons(situation, findings),
    ...unmet(findings.criteria).map(criterionReason),
    ...(standing === null ? gateReasons(situation, findings) : [standing]),
  ];
}

/** Why it went on. */
export function advanceReason(situation: Situation, {guardrails, criteria}: Findings): Reason {
  const early = guardrails.find(reading => letsGoOn(reading, situation));
  const isWanted = timeLeft(situation) > 0 || holdsEqual(situation);
  if (early !== undefined && isWanted) return guardrailReason('advance_early', early);
  const {plan, phase, ranMs} = situation;
  const held = criteria.filter(({criterion}) => !criterion.dryRun).length;
  const criteriaWords =
    held === 0 ? '' : held === 1 ? ', its criterion holds' : `, its ${held} criteria hold`;
  const {name = 'phase', durationMs = null} = plan.phases[phase] ?? {};
  return reason('phase_served', `${name} has run ${timeWords(ranMs)}${criteriaWords}`, {
    value: Math.floor(ranMs / 1000),
    threshold: durationMs === null ? null : durationMs / 1000,
  });
}

function stateReason({state, phase}: Situation): Reason | null {
  switch (state) {
    case 'rolling':
      return phase < 0 ? reason('deploying', 'gray is being deployed') : null;
    case 'deploying':
      return reason('deploying', 'gray is being deployed');
    case 'paused':
      return reason('paused', 'the release is paused: a person resumes it');
    case 'promoting':
      return reason('promoting', 'the release is being promoted');
    case 'failed':
      return reason('failed', 'a step failed: a person retries it or rolls back');
    case 'completed':
    case 'rolling_back':
    case 'rolled_back':
      return reason('over', 'the release is over');
  }
}

/**
 * Guardrails that stop, and keep the release where it is without stopping it: not held long enough yet, not judgeable,
 * or overruled by a person for as long as the breach lasts.
 */
function guardReasons(guardrails: readonly GuardrailReading[]): Reason[] {
  return guardrails.flatMap((reading): Reason[] => {
    const {guardrail, outcome, isOn} = reading;
    if (guardrail.then !== 'rollback' && guardrail.then !== 'pause') return [];
    const isOverruled = guardrail.then === 'pause' && isOn && reading.isOverruled;
    switch (outcome.kind) {
      case 'undecided':
      case 'cannot-measure':
        if (guardrail.whenUnknown === 'ignore') return [];
        return [
          guardrailReason(
            outcome.kind === 'undecided' ? 'guardrail_undecided' : 'guardrail_unmeasured',
            reading,
          ),
        ];
      case 'holds':
      case 'fails':
        if (isOverruled) return [guardrailReason('guardrail_overruled', reading)];
        return isOn || outcome.kind === 'fails' ? [] : [guardrailReason('guardrail_holds', reading)];
      case 'not-applicable':
        return [];
    }
  });
}

function dataReasons(
  {percent, applied, aheadMs}: Situation,
  {gray, prod, ratio, shouting}: Findings,
): Reason[] {
  const reasons: Reason[] = [];
  if (aheadMs !== null) reasons.push(aheadReason(aheadMs));
  if (ratio.isOff) reasons.push(ratioReason(ratio, percent));
  if (gray.isSilent) reasons.push(silence('no_data', 'gray', gray));
  if (shouting !== null) reasons.push(shoutingReason(shouting));
  if (prod.isSilent) reasons.push(silence('no_prod_data', 'prod', prod));
  if (applied !== percent) {
    const seen =
      applied === null
        ? 'routers have not all confirmed'
        : `routers are at ${amount(applied, 'percent')}, not at`;
    reasons.push(
      reason('not_applied', `${seen} ${amount(percent, 'percent')}`, {value: applied, threshold: percent}),
    );
  }
  return reasons;
}

function silence(code: 'no_data' | 'no_prod_data', side: string, {ageMs}: Hearing): Reason {
  const since =
    ageMs === null ? `nothing is heard of ${side}` : `${side} has been silent for ${timeWords(ageMs)}`;
  return reason(code, since, {value: ageMs === null ? null : ageMs / 1000});
}

/** What keeps a rolling release in its phase though nothing is wrong with it. */
function gateReasons(situation: Situation, {guardrails}: Findings): Reason[] {
  const {plan, phase, left, at, closedGate = null} = situation;
  const here = plan.phases[phase];
  if (here === undefined) return [];
  const next = plan.phases[phase + 1];
  const reasons: Reason[] = [];
  if (next?.needsEarlierCriteria === true) {
    const missing = earlierUnmet(plan, phase, left);
    if (missing.length > 0)
      reasons.push(
        reason(
          'entry_gate',
          `${next.name} opens when every earlier criterion held; not seen: ${missing.join('; ')}`,
        ),
      );
  }
  if (closedGate !== null) reasons.push(closedGate);
  const closed = closedHours(plan.raise, at);
  if (closed !== null) reasons.push(reason('raise_hours', `raises are allowed ${closed.text}`));
  if (here.manual) reasons.push(reason('manual_gate', `only a person leaves ${here.name}`));
  if (next === undefined && plan.complete === 'manual')
    reasons.push(reason('complete_by_hand', 'the last phase: a person completes it'));
  else if (here.durationMs === null && next !== undefined && !here.manual)
    reasons.push(reason('open_phase', `${here.name} stays until an operator says next`));
  const leftMs = timeLeft(situation);
  const isLetOn = guardrails.some(reading => letsGoOn(reading, situation));
  if (leftMs === 0 && !isLetOn && holdsEqual(situation))
    reasons.push(
      reason('equal_sides', 'gray is not shown to be better than prod: the ramp stays (equal: hold)'),
    );
  if (leftMs > 0 && !isLetOn)
    reasons.push(
      reason('phase_time', `${here.name} has ${timeWords(leftMs)} left`, {
        value: Math.floor(situation.ranMs / 1000),
        threshold: (here.durationMs ?? 0) / 1000,
      }),
    );
  return reasons;
}

/** No phase is left early before it has run so long, milliseconds. */
const EARLIEST_MS = 300_000;

/**
 * Whether a guardrail lets the release go on before its time: once in the window of its condition, never in the first five
 * minutes, and by a ramp once in a step at most.
 */
function letsGoOn({guardrail, isOn, outcome}: GuardrailReading, {plan, ranMs}: Situation): boolean {
  if (guardrail.then !== 'advance' || !isOn || outcome.kind !== 'holds') return false;
  return ranMs >= (plan.ramp?.everyMs ?? Math.max(EARLIEST_MS, guardrail.when.overMs));
}

/** Whether a ramp stays where it is while the sides are alike; its last step has nowhere to go. */
function holdsEqual({plan, phase}: Situation): boolean {
  return plan.ramp?.equal === 'hold' && phase < plan.phases.length - 1;
}

/** Time the phase has still to run, milliseconds. */
function timeLeft({plan, phase, ranMs}: Situation): number {
  return Math.max(0, (plan.phases[phase]?.durationMs ?? 0) - ranMs);
}
