import type {Guardrail} from '../../release/plan.ts';
import {isClear, isOver, isProdSickToo} from './clear.ts';
import {judgeCondition} from './judge-condition.ts';
import {judgeForAlarm, judgeForRaise} from './criteria.ts';
import type {WindowReader} from './window-reader.ts';
import type {Outcome} from './outcome.ts';
import {follow, type Sighting, type HoldTimer} from './hold-timer.ts';

/** How it stands with one guardrail at a look. */
export interface GuardrailReading {
  guardrail: Guardrail;
  /** The same for the same guardrail in every release of a plan: alerts go by it. */
  key: string;
  outcome: Outcome;
  /** How long it has held without a break, milliseconds; null while it does not. */
  heldMs: number | null;
  /** It was held for its duration, and there was no break since. */
  isOn: boolean;
  /** A person resumed although it had paused the release: it holds, and does not pause for the same breach. */
  isOverruled: boolean;
  /** Prod breaks the same limit about as badly. */
  isProdSickToo: boolean;
}

export type HoldTimers = Readonly<Record<string, HoldTimer>>;

/** Looks at every guardrail. Hold timers outlive a change of the split: raising must not shake a guardrail off. */
export function judgeGuardrails(
  guardrails: readonly Guardrail[],
  look: WindowReader,
  before: HoldTimers,
  longestGapMs: number,
): {readings: GuardrailReading[]; tracks: HoldTimers} {
  const tracks: Record<string, HoldTimer> = {};
  const readings = guardrails.map((guardrail): GuardrailReading => {
    const {when, forMs} = guardrail;
    const key = keyOf(guardrail);
    const outcome = JUDGES[guardrail.then](when, look);
    const {at, since} = look.frame;
    const dataAt = outcome.ageMs === null ? null : at - outcome.ageMs;
    const track = follow(before[key] ?? null, {
      at,
      dataAt,
      sighting: sightingOf(outcome, at - since < when.overMs),
      forMs,
      isOver: () => isOver(when, look.endingAt(dataAt ?? at)),
      longestGapMs,
    });
    tracks[key] = track;
    const {heldMs, isOn, isOverruled} = track;
    return {guardrail, key, outcome, heldMs, isOn, isOverruled, isProdSickToo: isProdSickToo(when, outcome)};
  });
  return {readings, tracks};
}

/** Down needs suspicion, up needs proof; between them an alarm must not be chance. */
const JUDGES: Readonly<Record<Guardrail['then'], typeof judgeCondition>> = {
  rollback: judgeCondition,
  pause: judgeForAlarm,
  alert: judgeForAlarm,
  advance: judgeForRaise,
};

function keyOf({when, forMs, then}: Guardrail): string {
  return `${then} ${when.text} for ${forMs}`;
}

/** Whether the guardrail with this key pauses. */
export function pauses(key: string): boolean {
  return key.startsWith('pause ');
}

/**
 * @param isFilling the window has begun anew with the split. Too few requests then are no break: otherwise every change of
 *   the percentage or the audience would begin anew what a guardrail has held already.
 */
function sightingOf(outcome: Outcome, isFilling: boolean): Sighting {
  switch (outcome.kind) {
    case 'holds':
      return 'holds';
    case 'fails':
      return isClear(outcome) ? 'clear' : 'between';
    case 'not-applicable':
      return 'clear';
    case 'undecided':
      if (outcome.why === 'within-chance' || outcome.why === 'not-shown') return 'between';
      return isFilling ? 'between' : 'blind';
    case 'cannot-measure':
      return 'blind';
  }
}
