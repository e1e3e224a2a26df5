import type {StepOutcome, VerdictAction} from './command.ts';
import type {Dispatch} from './dispatch.ts';
import type {AlertLevel, Plan} from './plan.ts';

/** Every state of a release, in the order of its life. */
export const RELEASE_STATES = [
  'deploying',
  'rolling',
  'paused',
  'promoting',
  'rolling_back',
  'completed',
  'rolled_back',
  'failed',
] as const;
export type ReleaseState = (typeof RELEASE_STATES)[number];

/** Runs of steps in the life of a release. */
export type RunName = 'deploy' | 'phase' | 'promotion' | 'rollback';

export type StepName =
  | 'backup'
  | 'deploy'
  /** All users to the side the run needs, confirmed by the routers. */
  | 'traffic'
  | 'promote'
  | 'verify'
  | 'traffic-to-prod'
  | 'cleanup'
  | 'demote'
  | 'stop'
  | 'restore'
  | 'notify'
  | 'snapshot'
  /** Hooks of phases. */
  | 'before'
  | 'after'
  | 'confirm';

/** One effect on the world: intent, deadline, outcome. Run at least once, in order, by whoever holds it. */
export interface Step {
  /** `rollback.stop`: unique within the release. */
  id: string;
  run: RunName;
  name: StepName;
  state: 'pending' | 'running' | StepOutcome;
  attempts: number;
  startedAt: number | null;
  /** Until when the runner may be trusted to be alive. */
  deadline: number | null;
  endedAt: number | null;
  by: string | null;
  error: string | null;
  /** Numbers worth keeping: routers confirmed, requests that reached gray after the key. */
  facts: Record<string, number>;
}

export interface Reason {
  code: string;
  metric: string | null;
  value: number | null;
  threshold: number | null;
  samples: number | null;
  windowSeconds: number | null;
  text: string;
}

export interface Verdict {
  action: VerdictAction;
  reasons: Reason[];
  at: number;
  /** Second at which a regression most probably began, milliseconds since 1970; null or absent: evidence names none. */
  onset?: number | null;
  /** What evidence rests on; null or absent: no evidence is gathered. */
  footing?: 'people' | 'requests' | 'history' | null;
}

/**
 * A finding of the judge that paused a release. `key` is the guardrail's key in the judge's memory. `metric` is the one
 * that evidence decided on; null when evidence named none.
 */
export type PauseCause = {kind: 'evidence'; metric: string | null} | {kind: 'guardrail'; key: string};

/** A person resumed a release although the guard had paused it. */
export interface Overruling {
  /** Counts from 1 within the release, so that a judge applies each one once. */
  number: number;
  /** The store's clock, milliseconds since 1970. */
  at: number;
  because: PauseCause[];
}

/** How long the phase has really run: only rolling time with data and applied = set counts. */
export interface PhaseClock {
  ranMs: number;
  /** Since when it runs; null while it stands. */
  since: number | null;
  /** Why it stands while rolling, if it does. */
  held: string | null;
}

/** A start that waits until the release before it has been taken back. */
export interface QueuedStart {
  release: string;
  version: string;
  over: string | null;
  plan: Plan;
  by: string;
}

/** A phase that is about to be entered, once the hooks before it have ended. */
export interface Opening {
  /** Index into `plan.phases`; their number: promotion. */
  to: number;
  left: {phase: number; criteria: {text: string; outcome: string}[]};
  /** Ids of the steps on the way there. Those of an earlier try are nobody's turn any more. */
  steps: string[];
  /** Who wanted it: what a guard wanted happens only while its verdict still says so. */
  wantedBy: 'person' | 'guard';
}

export interface Release {
  id: string;
  version: string;
  /** The version prod serves meanwhile; null where nobody said. */
  over: string | null;
  state: ReleaseState;
  plan: Plan;
  /** Index into `plan.phases`; -1 before the first. */
  phase: number;
  phaseEnteredAt: number | null;
  clock: PhaseClock;
  /** Set percent, 0–100. */
  percent: number;
  /** When the split last changed, so that windows can begin there. */
  splitChangedAt: number;
  include: string[];
  deny: string[];
  startedAt: number;
  startedBy: string;
  endedAt: number | null;
  pausedReason: string | null;
  /** What the guard found when it paused the release; empty after a pause by a person or a failed step. */
  pausedBecause: PauseCause[];
  /** Newest last, bounded: what the judge must not pause for once more. */
  overruled: Overruling[];
  steps: Step[];
  /** What each phase left behind had shown, and the percent that its audience keeps. */
  left: {phase: number; at: number; percent: number; criteria: {text: string; outcome: string}[]}[];
  /** Null: it stays where it is. */
  opening: Opening | null;
  /** True from the moment prod itself may have been changed by the promote hook. */
  prodChanged: boolean;
  rollback: {at: number; by: string; reason: string | null; fromPercent: number} | null;
  next: QueuedStart | null;
  /** What the guard judged of this very split; null since it last changed. */
  verdict: Verdict | null;
}

export interface Alert {
  id: string;
  level: AlertLevel;
  message: string;
  /** Alerts with one key are one alert with a life. */
  key: string;
  /** What the message says, in a code and numbers; absent of what people raise, and in older logs. */
  cause?: Reason;
  raisedAt: number;
  raisedBy: string;
  /** How often it was raised again while open. */
  repeats: number;
  acknowledgedBy: string | null;
  acknowledgedAt: number | null;
  resolvedAt: number | null;
  silenced: boolean;
  /** How often it came back right after it was over, and when last; null: never. */
  reopenings: number;
  reopenedAt: number | null;
  /** How often it was told again because nobody acknowledged it, and when last; null: never. */
  escalations: number;
  escalatedAt: number | null;
}

export interface Silence {
  id: string;
  match: string;
  until: number;
  by: string;
  reason: string | null;
}

/** A release that has given way to a newer one. */
export interface PastRelease {
  id: string;
  version: string;
  state: ReleaseState;
  startedAt: number;
  endedAt: number | null;
}

/** All that is true of a feature, folded from its log. */
export interface State {
  feature: string;
  release: Release | null;
  past: PastRelease[];
  /** The version of the last completed release. */
  prodVersion: string | null;
  /** Newest last, bounded; see `split.ts`. */
  rolledBack: string[];
  guard: {epoch: number; name: string; since: number; left: boolean} | null;
  alerts: Alert[];
  silences: Silence[];
  /** What people are told by the channels, newest last, bounded. */
  outbox: Dispatch[];
  /** The first event that changes state and that this version does not know. */
  unknownEvent: string | null;
}

export function initialState(feature: string): State {
  return {
    feature,
    release: null,
    past: [],
    prodVersion: null,
    rolledBack: [],
    guard: null,
    alerts: [],
    silences: [],
    outbox: [],
    unknownEvent: null,
  };
}

const LIVE: ReadonlySet<ReleaseState> = new Set(['deploying', 'rolling', 'paused', 'promoting', 'failed']);

/** Whether the release still needs somebody: not ended, not on its way back. */
export function isLive(release: Release): boolean {
  return LIVE.has(release.state);
}
