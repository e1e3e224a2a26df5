import {closedGate, gateReason} from '../../release/gate.ts';
import type {Plan, Unit} from '../../release/plan.ts';
import type {Reason, Release, ReleaseState} from '../../release/state.ts';
import type {EvidenceReading} from '../evidence/reading.ts';
import type {ExternalNumbers} from './read-metric.ts';
import type {Measured} from './window-reader.ts';

/** What the judge needs to know of a metric beside its numbers. */
export interface MetricTraits {
  unit: Unit;
  /** Which way is better; null where neither is. */
  better: 'lower' | 'higher' | null;
}

/** The traits of a metric by the name conditions use; null where it is not known. `config/metric-book.ts` has them. */
export type FindTraits = (name: string) => MetricTraits | null;

/** Everything a judgement depends on beside what was seen before. */
export interface Situation {
  /** Where windows end, the store's clock, milliseconds since 1970. Best a whole second that is over. */
  at: number;
  release: string;
  plan: Plan;
  state: ReleaseState;
  /** Index of the phase; -1 before the first. */
  phase: number;
  /** How long the phase has run, milliseconds; see `PhaseClock`. */
  ranMs: number;
  /** Set percent, and the one that every live router confirmed; null while any differs or none is there. */
  percent: number;
  applied: number | null;
  /** When the running split began. */
  since: number;
  /** When the phase began, the store's clock; absent: with the split. */
  phaseSince?: number;
  /** The tiers of the split, for the share that gray ought to get. */
  tiers: readonly {audience: unknown; percent: number}[];
  /** What criteria had come to when earlier phases were left. */
  left: Release['left'];
  /** The gate that is asked before the phase is left, as a reason; null or absent: none is closed. */
  closedGate?: Reason | null;
  measured: Measured;
  /** How far the stream of samples is ahead of the store's clock, milliseconds; null: it is not. */
  aheadMs: number | null;
  external: ExternalNumbers;
  traits: FindTraits;
  /** What evidence says after the last second before `at`; null where the plan has it off or nothing was observed. */
  evidence: EvidenceReading | null;
}

/** The part of a situation that stands in the release itself. */
export function ofRelease(
  release: Release,
  at: number,
): Pick<
  Situation,
  | 'release'
  | 'plan'
  | 'state'
  | 'phase'
  | 'phaseSince'
  | 'ranMs'
  | 'percent'
  | 'since'
  | 'left'
  | 'closedGate'
> {
  const {id, plan, state, phase, phaseEnteredAt, clock, percent, splitChangedAt, left} = release;
  const gate = closedGate(release);
  const runningMs = clock.since === null ? 0 : Math.max(0, at - clock.since);
  return {
    release: id,
    plan,
    state,
    phase,
    ranMs: clock.ranMs + runningMs,
    percent,
    since: splitChangedAt,
    ...(phaseEnteredAt === null ? {} : {phaseSince: phaseEnteredAt}),
    left,
    closedGate: gate === null ? null : gateReason(gate, at),
  };
}
