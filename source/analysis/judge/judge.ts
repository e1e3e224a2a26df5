import type {PauseCause, Verdict} from '../../release/state.ts';
import {type DueAlert, type Findings, type Hearing, dueAlerts} from './findings.ts';
import {criteriaLeft, judgeCriteria} from './criteria.ts';
import type {Loudest} from '../windows/instances.ts';
import {judgeGuardrails, pauses, type HoldTimers} from './guardrails.ts';
import {WindowReader} from './window-reader.ts';
import {NO_RATIO_STATE, readRatio, type RatioState} from './read-ratio.ts';
import type {Situation} from './situation.ts';
import {staleAfterMs} from './judge-condition.ts';
import {pauseCauses, verdictOf} from './verdict.ts';

/**
 * What the judge remembers from look to look. Plain JSON: a checkpoint. Another release begins with none; of evidence
 * there is a checkpoint of its own.
 */
export interface JudgeState {
  schema: 'graydeck.judge/1';
  release: string;
  tracks: HoldTimers;
  ratio: RatioState;
  /** Index of the phase of the last look; absent in checkpoints of older versions. */
  phase?: number;
}

/** What comes of a look. */
export interface Judgement extends Findings {
  verdict: Verdict;
  /** What a verdict of `pause` rests on; empty for any other. */
  because: PauseCause[];
  /** Alerts that ought to be open; those with the judge's key that are not among them are over. */
  alerts: DueAlert[];
  /** What `advance` means: the next phase, or completion; null while it is not to go on. */
  next: 'phase' | 'complete' | null;
  /** The criteria of this phase as `next` takes them along. */
  left: {text: string; outcome: string}[];
  /** Why the phase clock has to stand; null: it may run. */
  heldClock: 'no-data' | 'not-applied' | null;
}

export interface JudgeOptions {
  /** Longest time between two looks that counts as looking, milliseconds. */
  longestGapMs?: number;
}

const LONGEST_GAP_MS = 5000;
/** A side is listened for over this much, milliseconds. */
const HEARD_MS = 300_000;

/**
 * Judges one moment. The answer depends on state and situation alone; nothing is changed.
 * A state of another release, or of another version of this program, is taken for none.
 */
export function judge(
  before: JudgeState | null,
  situation: Situation,
  {longestGapMs = LONGEST_GAP_MS}: JudgeOptions = {},
): {state: JudgeState; judgement: Judgement} {
  const {release, plan, at, since, percent, measured, external, traits, evidence, applied} = situation;
  const isOurs = before?.schema === 'graydeck.judge/1' && before.release === release;
  const state: JudgeState = isOurs ? before : fresh(release);
  const {phase, phaseSince = since} = situation;
  const look = new WindowReader({at, since, phaseSince, percent, measured, external, traits});
  const known = state.phase === undefined || state.phase === phase ? state.tracks : armed(state.tracks);
  const {readings, tracks} = judgeGuardrails(plan.guardrails, look, known, longestGapMs);
  const ratio = readRatio(state.ratio, situation, look);
  const findings: Findings = {
    guardrails: readings,
    criteria: judgeCriteria(plan.phases[phase]?.criteria ?? [], look),
    ratio: ratio.reading,
    gray: hearing(look, 'gray'),
    shouting: shouting(measured.loudest?.('gray', at) ?? null),
    prod: look.alone === null ? hearing(look, 'prod') : {ageMs: null, isSilent: false},
    evidence: plan.evidence === null ? null : evidence,
  };
  const verdict = verdictOf(situation, findings);
  const isLast = phase >= plan.phases.length - 1;
  return {
    state: {...state, ratio: ratio.state, tracks, phase},
    judgement: {
      ...findings,
      verdict,
      because: verdict.action === 'pause' ? pauseCauses(situation, findings) : [],
      alerts: dueAlerts(situation, findings),
      next: verdict.action !== 'advance' ? null : isLast ? 'complete' : 'phase',
      left: criteriaLeft(findings.criteria),
      heldClock: applied !== percent ? 'not-applied' : findings.gray.isSilent ? 'no-data' : null,
    },
  };
}

function shouting(loudest: Loudest | null): Loudest | null {
  return loudest?.isAlone === true ? loudest : null;
}

/**
 * A person resumed although these guardrails had paused the release. Each of them that is still on does not pause again
 * until it was clearly well, or another phase begins; it holds meanwhile. Guardrails that roll back are never touched.
 * @param keys of guardrails, as in `GuardrailReading`
 */
export function overrule(state: JudgeState, keys: readonly string[]): JudgeState {
  const tracks = Object.fromEntries(
    Object.entries(state.tracks).map(([key, track]) => [
      key,
      track.isOn && keys.includes(key) && pauses(key) ? {...track, isOverruled: true} : track,
    ]),
  );
  return {...state, tracks};
}

/** Another phase has begun: what was overruled in the phase before pauses again. */
function armed(tracks: HoldTimers): HoldTimers {
  return Object.fromEntries(
    Object.entries(tracks).map(([key, track]) => [key, {...track, isOverruled: false}]),
  );
}

function fresh(release: string): JudgeState {
  return {
    schema: 'graydeck.judge/1',
    release,
    tracks: {},
    ratio: NO_RATIO_STATE,
  };
}

function hearing(look: WindowReader, side: 'prod' | 'gray'): Hearing {
  const heardAt = look.heardAt(side, HEARD_MS);
  if (heardAt === null) return {ageMs: null, isSilent: true};
  const ageMs = Math.max(0, look.frame.at - heardAt);
  return {ageMs, isSilent: ageMs > staleAfterMs(look, side, HEARD_MS)};
}
